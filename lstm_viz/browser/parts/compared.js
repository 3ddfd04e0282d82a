// What two runs read, once: below each symbol the first guess of the one, and where the other's differs,
// that one too. Numbers are one curve with both forecasts.

import { Curve } from "./curve.js";
import { element } from "./dom.js";
import { TokenStrip } from "./tokens.js";

// `names` are what the two runs are called; `training` knows everything that the right one may expect.
export function comparedReading(left, right, names, onStep, signal, training) {
  return left.series ? new BothCurves(left, right, names, onStep, signal, training) : new BothStrips(left, right, names, onStep, signal, training);
}

class BothStrips {
  constructor(left, right, names, onStep, signal, training) {
    this.left = left;
    const guesses = [...left.tokens, ...right.tokens].flatMap(({ predictions }) => predictions.map(({ text }) => text));
    this.strip = new TokenStrip(this.both(right.tokens), left.words, onStep, signal, [...guesses, ...(training?.guesses ?? [])]);
    this.root = this.strip.root;
    const labels = names.map((name, which) => element("span", { class: which ? "token-expects other" : "token-expects" }, name));
    this.root.querySelector(".token-expects")?.replaceWith(...labels);
  }

  both(tokens) {
    return this.left.tokens.map((token, step) => {
      const other = tokens[step];
      const [one, two] = [token.predictions[0], other.predictions[0]];
      const predictions = one && two ? [one, { ...two, other: { right: other.right, same: one.text === two.text } }] : [];
      const text = token.text === other.text ? token.text : `${token.text} → ${other.text}`;
      return { ...token, text, predictions };
    });
  }

  retell(tokens) {
    this.strip.retell(this.both(tokens));
  }

  show(step) {
    this.strip.show(step);
  }

  measure() {
    this.strip.measure();
  }
}

class BothCurves extends Curve {
  constructor(left, right, names, onStep, signal, training) {
    super(left.tokens, left.series, left.words, onStep, signal, [left.series.forecast, right.series.forecast, ...(training?.forecasts ?? [])], right);
  }

  // Only the right one learns.
  retell(tokens, series) {
    this.retellOther(tokens, series);
  }
}
