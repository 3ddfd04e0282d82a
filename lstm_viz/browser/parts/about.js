// What a part of a drawing is, in words: name, meaning, shape and the number of now; null where it is
// nothing. And what a whole picture shows now, for whoever hears it.

import { fill } from "./dom.js";
import { written, writtenExactly } from "../math/numbers.js";

export function aboutNow({ about, words }, values, { step, unit }, key) {
  const known = about[key];
  if (!known) return null;
  const { name, meaning, shape } = known;
  const value = values.at(key, step, unit);
  const now = Number.isFinite(value) && key !== "x" && fill(words.value_of_unit, { unit, value: writtenExactly(value) });
  return [name, meaning, shape, now];
}

// `drawing` is what the picture is of; the numbers are those of every signal of the chosen unit.
export function drawingNow(drawing, { signals, tokens, words }, values, { step, unit }) {
  const numbers = signals.map(({ name, title }) => `${title} ${written(values.at(name, step, unit))}`).join(words.comma);
  return fill(words.drawing_now, { drawing, t: step + 1, token: tokens[step].text, unit, numbers });
}

// `strip` is what the strip is of; said are the chosen unit's number now, and its least and largest one.
export function stripNow(strip, { name }, { steps }, words, values, { step, unit }) {
  const row = Array.from({ length: steps }, (_, t) => values.at(name, t, unit));
  const [low, high] = [Math.min, Math.max].map((most) => row.indexOf(most(...row)));
  const said = { strip, unit, value: written(row[step]), t: step + 1, low: written(row[low]), first: low + 1, high: written(row[high]), second: high + 1 };
  return fill(words.strip_now, said);
}
