// What a part of a drawing is, in words: name, meaning, shape and the number of now; null where it is nothing.

import { fill } from "./dom.js";
import { writtenExactly } from "../math/numbers.js";

export function aboutNow({ about, words }, values, { step, unit }, key) {
  const known = about[key];
  if (!known) return null;
  const { name, meaning, shape } = known;
  const value = values.at(key, step, unit);
  const now = Number.isFinite(value) && key !== "x" && fill(words.value_of_unit, { unit, value: writtenExactly(value) });
  return [name, meaning, shape, now];
}
