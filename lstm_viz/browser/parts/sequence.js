// What is read and what is expected next: symbols in a row, or numbers as a curve.

import { Curve } from "./curve.js";
import { TokenStrip } from "./tokens.js";

// `training` knows everything that may be expected at some moment of it.
export function sequenceOf({ tokens, series, words }, onStep, signal, training) {
  if (series) return new Curve(tokens, series, words, onStep, signal, training?.forecasts);
  return new TokenStrip(tokens, words, onStep, signal, training?.guesses);
}
