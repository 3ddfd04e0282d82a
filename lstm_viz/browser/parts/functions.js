// The curve of a line's outer function, with a dot where this unit is: how far it is saturated.

import { shape } from "./dom.js";

const CURVES = {
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  tanh: Math.tanh,
  relu: (a) => Math.max(a, 0),
  softplus: (a) => Math.log1p(Math.exp(a)),
  logsigmoid: (a) => -Math.log1p(Math.exp(-a)),
  exp: Math.exp,
};
const WIDE = 5;
const [WIDTH, HEIGHT, EDGE] = [96, 52, 5];

export class FunctionCurve {
  constructor(name, label) {
    const curve = CURVES[name];
    this.known = Boolean(curve);
    if (!this.known) return;
    const inputs = Array.from({ length: 61 }, (_, index) => WIDE * (index / 30 - 1));
    const outputs = inputs.map(curve);
    [this.low, this.high] = [Math.min(0, ...outputs), Math.max(1, ...outputs)];
    const path = inputs.map((a, index) => `${index ? "L" : "M"}${this.x(a)} ${this.y(outputs[index])}`).join("");
    this.dot = shape("circle", { r: 4, class: "curve-dot" });
    this.drop = shape("path", { class: "curve-drop" });
    this.root = shape(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curve", role: "img", "aria-label": label },
      shape("path", { class: "curve-axis", d: `M${this.x(-WIDE)} ${this.y(0)}H${this.x(WIDE)}M${this.x(0)} ${EDGE}V${HEIGHT - EDGE}` }),
      shape("path", { class: "curve-line", d: path }),
      this.drop,
      this.dot,
    );
  }

  x(a) {
    return EDGE + (Math.min(Math.max(a / WIDE, -1), 1) + 1) * 0.5 * (WIDTH - 2 * EDGE);
  }

  y(value) {
    const share = (Math.min(Math.max(value, this.low), this.high) - this.low) / (this.high - this.low);
    return HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE);
  }

  show(pre, value) {
    if (!this.known || !Number.isFinite(pre)) return;
    this.dot.setAttribute("cx", this.x(pre));
    this.dot.setAttribute("cy", this.y(value));
    this.drop.setAttribute("d", `M${this.x(pre)} ${this.y(0)}V${this.y(value)}`);
  }
}
