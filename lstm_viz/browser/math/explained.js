// Where words of the glossary stand in a text.

const LATIN = /[\p{Script=Latin}\p{N}_]/u;

// What finds them: all forms in one pattern, the longest first. form -> the place of its word.
export function finder(glossary) {
  const places = new Map();
  glossary.forEach(({ forms }, place) => forms.forEach((form) => places.set(folded(form), place)));
  const forms = [...places.keys()].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|") || "(?!)", "giu");
  return { pattern, places };
}

// A single letter is a symbol, which is what it is only in its own case.
const folded = (form) => (form.length === 1 ? form : form.toLowerCase());

// [{ start, end, place }] of a text, none twice: a word counts where it is a whole one. Chinese has no
// gaps between words, and needs none.
export function found(text, { pattern, places }) {
  const seen = new Set();
  const matches = [];
  for (const match of text.matchAll(pattern)) {
    const [form] = match;
    const [start, end] = [match.index, match.index + form.length];
    const place = places.get(folded(form));
    const isPart = (at, edge) => LATIN.test(edge) && LATIN.test(text[at] ?? "");
    if (place === undefined || seen.has(place) || isPart(start - 1, form[0]) || isPart(end, form.at(-1))) continue;
    seen.add(place);
    matches.push({ start, end, place });
  }
  return matches;
}
