// A sequence of numbers: what was read, and over it what had been forecast one step before. Where the
// network goes on by itself, what it reads is its own forecast, and behind it stands what was measured.

import { element, fill, setAttributes, setText, shape } from "./dom.js";
import { scrub } from "./scrub.js";
import { announcement } from "./tokens.js";

const HEIGHT = 100;

export class Curve {
  // `forecasts` are all that may ever be drawn: the scale has room for them. `other` is another run
  // that read the same.
  constructor(tokens, series, words, onStep, signal, forecasts = [series.forecast], other = null) {
    Object.assign(this, { words, unit: series.unit });
    const { read, given, measured } = series;
    const all = [read, measured, ...forecasts].flat();
    const [low, high] = [Math.min(...all), Math.max(...all)];
    this.y = (value) => HEIGHT * (0.06 + (0.88 * (high - value)) / (high - low || 1));
    this.forecast = shape("polyline", { class: "series-forecast" });
    this.tokens = tokens;
    this.tell(this.forecast, series);
    this.otherForecast = other ? shape("polyline", { class: "series-forecast other" }) : "";
    if (other) this.retellOther(other.tokens, other.series);
    this.column = element("div", { class: "curve-column" });
    this.surface = element(
      "div",
      { class: "series", style: `--steps: ${read.length}`, role: "img", "aria-label": fill(words.series, { steps: read.length, unit: series.unit }) },
      shape(
        "svg",
        { viewBox: `0 0 ${read.length} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        given < read.length ? shape("polyline", { class: "series-measured", points: this.points([read[given - 1], ...measured].slice(0, read.length - given + 1), given - 1) }) : "",
        shape("polyline", { class: "series-read", points: this.points(read.slice(0, given), 0) }),
        given < read.length ? shape("polyline", { class: "series-own", points: this.points(read.slice(given - 1), given - 1) }) : "",
        this.forecast,
        this.otherForecast,
      ),
      this.column,
    );
    this.now = element("span", { class: "series-now" });
    this.next = element("span", { class: "series-next" });
    const scale = element("span", { class: "series-scale" }, `${low.toFixed(0)}–${high.toFixed(0)} ${series.unit}`);
    this.nextOther = other ? element("span", { class: "series-next other" }) : "";
    const labels = element("div", { class: "series-labels gutter" }, this.now, this.next, this.nextOther, scale);
    this.root = element("div", { class: "tokens", role: "group", "aria-label": words.sequence }, labels, this.surface);
    scrub(this.surface, read.length, { onStep }, signal);
  }

  // What is expected, now or after other training: of each number one step before it comes.
  retell(tokens, series) {
    this.tokens = tokens;
    this.tell(this.forecast, series);
  }

  retellOther(tokens, series) {
    this.otherTokens = tokens;
    this.tell(this.otherForecast, series);
  }

  tell(line, { forecast }) {
    setAttributes(line, { points: this.points(forecast.slice(0, -1), 1) });
  }

  points(values, first) {
    return values.map((value, index) => `${index + first + 0.5},${this.y(value).toFixed(2)}`).join(" ");
  }

  show(step) {
    this.column.style.transform = `translateX(${step * 100}%)`;
    const token = this.tokens[step];
    this.now.classList.toggle("own", token.written);
    const { reads_number, reads_own_number } = this.words;
    setText(this.now, fill(token.written ? reads_own_number : reads_number, { value: token.text, unit: this.unit }));
    setText(this.next, fill(this.words.forecasts_number, { value: token.predictions[0].text }));
    if (this.otherTokens) setText(this.nextOther, fill(this.words.forecasts_number, { value: this.otherTokens[step].predictions[0].text }));
    this.surface.title = announcement(token, step, this.words);
  }

  measure() {}
}
