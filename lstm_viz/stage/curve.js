// A sequence of numbers: what was read, and over it what had been forecast one step before.

import { element, fill, setText, shape } from "./dom.js";
import { scrub } from "./scrub.js";
import { announcement } from "./tokens.js";

const HEIGHT = 100;

export class Curve {
  constructor(tokens, series, words, onStep, signal) {
    Object.assign(this, { tokens, words, unit: series.unit });
    const { read, forecast } = series;
    const all = [...read, ...forecast];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const y = (value) => HEIGHT * (0.06 + (0.88 * (high - value)) / (high - low || 1));
    const line = (points, name) =>
      shape("polyline", { class: name, points: points.map(([step, value]) => `${step + 0.5},${y(value).toFixed(2)}`).join(" ") });
    this.column = element("div", { class: "curve-column" });
    this.surface = element(
      "div",
      { class: "series", style: `--steps: ${read.length}`, role: "img", "aria-label": fill(words.series, { steps: read.length, unit: series.unit }) },
      shape(
        "svg",
        { viewBox: `0 0 ${read.length} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        line(read.map((value, step) => [step, value]), "series-read"),
        line(forecast.slice(0, -1).map((value, step) => [step + 1, value]), "series-forecast"),
      ),
      this.column,
    );
    this.now = element("span", { class: "series-now" });
    this.next = element("span", { class: "series-next" });
    const scale = element("span", { class: "series-scale" }, `${low.toFixed(0)}–${high.toFixed(0)} ${series.unit}`);
    const labels = element("div", { class: "series-labels gutter" }, this.now, this.next, scale);
    this.root = element("div", { class: "tokens", role: "group", "aria-label": words.sequence }, labels, this.surface);
    scrub(this.surface, read.length, { onStep }, signal);
  }

  show(step) {
    this.column.style.transform = `translateX(${step * 100}%)`;
    const token = this.tokens[step];
    setText(this.now, fill(this.words.reads_number, { value: token.text, unit: this.unit }));
    setText(this.next, fill(this.words.forecasts_number, { value: token.predictions[0].text }));
    this.surface.title = announcement(token, step, this.words);
  }

  measure() {}
}
