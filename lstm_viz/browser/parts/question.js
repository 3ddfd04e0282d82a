// A question to a class: its options, how many chose each, and which one is right.

import { element, fill, setText } from "./dom.js";

// `choose(option)` is what a click on an option does, null where none is to be chosen.
export class Question {
  constructor({ number, text, options }, words, choose, signal) {
    this.number = number;
    this.words = words;
    this.rows = options.map((option, place) => row(option, () => choose(place), signal));
    this.said = element("p", { class: "together-said", role: "status" });
    this.root = element("div", { class: "together-question" }, element("p", { class: "together-text" }, text), element("div", { class: "together-options", role: "group", "aria-label": text }, ...this.rows.map(({ node }) => node)), this.said);
  }

  // counts: null where they are not to be seen. mine: the option that is chosen here, null for none.
  show({ counts, right }, mine, canChoose, said) {
    const most = Math.max(1, ...(counts ?? []));
    const all = Math.max(1, (counts ?? []).reduce((sum, count) => sum + count, 0));
    this.rows.forEach(({ node, bar, count, mark }, place) => {
      node.disabled = !canChoose;
      node.setAttribute("aria-pressed", String(mine === place));
      node.classList.toggle("right", right === place);
      node.classList.toggle("counted", counts !== null);
      bar.style.width = counts ? `${(100 * counts[place]) / most}%` : "0";
      setText(count, counts ? fill(this.words.count, { count: counts[place], share: Math.round((100 * counts[place]) / all) }) : "");
      setText(mark, [right === place ? this.words.right : "", mine === place ? this.words.yours : ""].filter(Boolean).join(" · "));
    });
    setText(this.said, said);
  }
}

function row(option, act, signal) {
  const [bar, count, mark] = ["share", "count", "mark"].map((name) => element("span", { class: `together-${name}` }));
  const node = element("button", { type: "button", class: "together-option" }, bar, element("span", { class: "together-name" }, option), mark, count);
  node.addEventListener("click", act, { signal });
  return { node, bar, count, mark };
}
