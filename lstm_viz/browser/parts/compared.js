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
    const { both, others } = this.compare(right.tokens);
    this.strip = new TokenStrip(both, left.words, onStep, signal, [...guesses, ...(training?.guesses ?? [])], others);
    this.root = this.strip.root;
    const labels = names.map((name, which) => element("span", { class: which ? "token-expects other" : "token-expects" }, name));
    this.root.querySelector(".token-expects")?.replaceWith(...labels);
  }

  compare(tokens) {
    const [both, others] = [[], []];
    this.left.tokens.forEach((token, step) => {
      const other = tokens[step];
      const [one, two] = [token.predictions[0], other.predictions[0]];
      const text = token.text === other.text ? token.text : `${token.text} → ${other.text}`;
      both.push({ ...token, text, predictions: one && two ? [one, two] : [] });
      if (one && two) others[step] = { right: other.right, same: one.text === two.text };
    });
    return { both, others };
  }

  retell(tokens) {
    const { both, others } = this.compare(tokens);
    this.strip.retell(both, null, others);
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
