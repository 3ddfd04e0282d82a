// The curve of a line's outer function, with a dot where this unit is: how far it is saturated.

import { evaluate } from "../math/arithmetic.js";
import { shape } from "./dom.js";

const WIDE = 5;
const [WIDTH, HEIGHT, EDGE] = [96, 52, 5];

// The points of a function's curve, from its formula over a.
export function pointsOf(tree) {
  return Array.from({ length: 61 }, (_, index) => {
    const a = WIDE * (index / 30 - 1);
    return [a, evaluate(tree, { a })];
  });
}

export class FunctionCurve {
  constructor(tree, label) {
    // A logarithm begins behind 0.
    const points = pointsOf(tree).filter(([, value]) => Number.isFinite(value));
    const values = points.map(([, value]) => value);
    [this.low, this.high] = [Math.min(0, ...values), Math.max(1, ...values)];
    const path = points.map(([a, value], index) => `${index ? "L" : "M"}${this.x(a)} ${this.y(value)}`).join("");
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
    if (!Number.isFinite(pre) || !Number.isFinite(value)) return;
    this.dot.setAttribute("cx", this.x(pre));
    this.dot.setAttribute("cy", this.y(value));
    this.drop.setAttribute("d", `M${this.x(pre)} ${this.y(0)}V${this.y(value)}`);
  }
}
