// The network unrolled over time: a row of cells, a lane for each state, and what flows back on it.
//
// What the cursor has not reached yet is a shadow. Widths are a pure function of the numbers.

import { element, fill, setAttributes, setText, shape } from "./dom.js";
import { scrub } from "./scrub.js";
import { widthOf } from "./tokens.js";

const SCALES = ["proportional", "logarithmic"];
const LANE = 2; // em: a lane in full
const APART = 0.5; // em: between lanes in full
const BOXES = 13; // pixels a step, from which a cell is drawn as a box,
const LINES = 4; // and from which as a line

// For looks.js.
export const widthOfLanes = (unrolled) => ({ part: "width", options: SCALES, first: SCALES[0], now: () => unrolled.scale, set: (scale) => unrolled.rescale(scale) });

// How much of its full width a lane has, from 0 to 1. `decades` is log10 of what is left, null for 0.
export function laneShare(decades, scale, largest, least) {
  if (decades === null) return 0;
  const share = scale === "logarithmic" ? (decades - least) / (largest - least) : 10 ** (decades - largest);
  return Math.min(Math.max(share, 0), 1);
}

// A ribbon round the line at height y: points are [x, width].
export function ribbon(points, y) {
  const edge = (sign) => points.map(([x, width]) => `${x.toFixed(1)} ${(y + (sign * width) / 2).toFixed(2)}`);
  return `M${edge(-1).join("L")}L${edge(1).reverse().join("L")}Z`;
}

export class Unrolled {
  constructor(data, onStep, signal) {
    Object.assign(this, { data, words: data.words, steps: data.back.length, scale: SCALES[0] });
    this.rows = data.rows.map((row) => new Row(row, this, onStep, signal));
    this.axis = element("div", { class: "strips-ticks unrolled-ticks", style: `--steps: ${this.steps}`, "aria-hidden": "true" });
    this.labels = data.back.map(() => element("span"));
    this.axis.append(...this.labels);
    scrub(this.axis, this.steps, { onStep }, signal);
    this.root = element(
      "section",
      { class: "unrolled", "aria-label": this.words.title },
      ...this.rows.map((row) => row.root),
      this.axis,
      element("p", { class: "unrolled-axis", "aria-hidden": "true" }, this.words.axis),
      this.legend(signal),
    );
  }

  legend(signal) {
    const { words, data } = this;
    const options = SCALES.map((scale) => element("option", { value: scale }, words[scale]));
    this.select = element("select", { "aria-label": words.width }, ...options);
    this.select.addEventListener("change", () => this.rescale(this.select.value), { signal });
    this.said = element("span", {});
    const split = data.rows.flatMap(({ lanes }) => lanes).find(({ along }) => along);
    const key = (name) => element("span", { class: "legend-key" }, element("i", { class: `unrolled-key ${name}`, "data-role": split.role }), words[name]);
    return element("div", { class: "legend" }, this.select, this.said, ...(split ? [key("straight"), key("through")] : []));
  }

  rescale(scale) {
    this.scale = scale;
    this.select.value = scale;
    this.measure();
  }

  show(step) {
    if (this.step !== undefined) this.labels[this.step].classList.remove("now");
    this.step = step;
    this.labels[step].classList.add("now");
    this.reach();
    for (const row of this.rows) row.show(step);
  }

  dress(dark) {
    for (const row of this.rows) row.dress(dark);
  }

  // As far as the cursor is.
  reach() {
    for (const row of this.rows) row.reach(this.step);
  }

  now(step) {
    return this.rows.map((row) => `${row.row.title}. ${row.readout(step)}`).join(" ");
  }

  measure() {
    const width = this.root.clientWidth;
    if (!width) return;
    const { words } = this;
    const em = parseFloat(getComputedStyle(this.root).fontSize);
    const left = 1.6 * em;
    this.frame = { width, em, left, column: (width - left) / this.steps };
    this.root.style.setProperty("--left", `${left}px`);
    setText(this.said, this.scale === "logarithmic" ? `${words.full} ${words.none}` : words.full);
    for (const row of this.rows) row.build(this.frame);
    this.tick();
    if (this.step !== undefined) this.reach();
  }

  // Under the last row what was read, where it has room, else the distance every so many steps.
  tick() {
    const { read, last } = this.data;
    const column = this.frame.column / (0.8 * this.frame.em);
    const fits = read.length > 0 && Math.max(...read.map(widthOf)) + 0.4 <= column;
    const every = [1, 2, 5, 10, 20, 50].find((stride) => stride * column >= 2.4) ?? 100;
    this.labels.forEach((label, step) => {
      const back = last - step;
      setText(label, fits ? read[step] : back >= 0 && back % every === 0 ? String(back) : "");
    });
  }
}

class Row {
  constructor(row, all, onStep, signal) {
    Object.assign(this, { row, all });
    this.now = element("span", { class: "unrolled-now" });
    this.svg = shape("svg", { class: "unrolled-row", role: "img" });
    this.surface = element("div", { class: "unrolled-surface" });
    this.swatch = element("i", { class: "unrolled-swatch" });
    this.root = element(
      "div",
      { class: "unrolled-network" },
      element("div", { class: "unrolled-heading" }, element("strong", {}, this.swatch, row.title), this.now),
      element("div", { class: "unrolled-frame" }, this.svg, this.surface),
    );
    scrub(this.surface, all.steps, { onStep }, signal);
  }

  dress(dark) {
    this.swatch.style.background = dark ? this.row.colour.dark : this.row.colour.light;
  }

  readout(step) {
    const { words, data } = this.all;
    const lanes = this.row.lanes.map(({ name, left, straight }) => {
      const lane = fill(words.on_lane, { lane: name, share: left[step] });
      return straight ? fill(words.with_straight, { lane, straight: straight[step] }) : lane;
    });
    return step > data.last ? `${data.back[step]}.` : fill(words.readout, { back: data.back[step], lanes: lanes.join(words.join) });
  }

  show(step) {
    const now = this.readout(step);
    setText(this.now, now);
    setAttributes(this.svg, { "aria-label": fill(this.all.words.row, { cell: this.row.title, now }) });
  }

  build(frame) {
    const { width, em, column } = frame;
    const { lanes } = this.row;
    const height = (lanes.length * (LANE + APART) + APART) * em;
    const lanesAt = lanes.map((_, index) => (APART + LANE / 2 + index * (LANE + APART)) * em);
    this.frame = frame;
    setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}`, width, height });
    const ribbons = lanes.flatMap((lane, index) => this.ribbons(lane, lanesAt[index]));
    this.cut = shape("svg", { y: 0, height, class: "unrolled-reached" }, ...ribbons.map((ribbon) => ribbon.cloneNode()));
    this.head = shape("rect", { class: "unrolled-head", y: 1, height: height - 2, width: Math.max(column, 6), rx: 3 });
    this.svg.replaceChildren(
      shape("g", { class: "unrolled-cells" }, ...this.cells(height)),
      ...lanesAt.map((y) => shape("line", { class: "unrolled-wire", x1: this.x(-0.5), x2: width, y1: y, y2: y })),
      ...lanes.map(({ name, role }, index) => shape("text", { class: "unrolled-lane-name", "data-role": role, x: 0, y: lanesAt[index] + 0.32 * em }, name)),
      shape("g", { class: "unrolled-shadow" }, ...ribbons),
      this.cut,
      this.head,
    );
  }

  x(step) {
    return this.frame.left + (step + 0.5) * this.frame.column;
  }

  cells(height) {
    const { column, em } = this.frame;
    const steps = Array.from({ length: this.all.steps }, (_, step) => step);
    if (column >= BOXES) {
      const wide = Math.min(0.66 * column, 3.4 * em);
      return steps.map((step) => shape("rect", { x: this.x(step) - wide / 2, y: 2, width: wide, height: height - 4, rx: Math.min(5, wide / 4) }));
    }
    const every = column >= LINES ? 1 : 10;
    const drawn = steps.filter((step) => (this.all.data.last - step) % every === 0);
    return drawn.map((step) => shape("line", { x1: this.x(step), x2: this.x(step), y1: 2, y2: height - 2 }));
  }

  // The whole lane, and over it the part that came straight.
  ribbons({ decades, along, role }, y) {
    const { scale, data } = this.all;
    const reached = decades.slice(0, this.row.last + 1);
    const widths = reached.map((value) => LANE * this.frame.em * laneShare(value, scale, data.largest, data.least));
    const draw = (kind, part) => shape("path", { class: kind, "data-role": role, d: ribbon(widths.map((width, step) => [this.x(step), width * part(step)]), y) });
    if (!along) return [draw("unrolled-lane", () => 1)];
    return [draw("unrolled-lane through", () => 1), draw("unrolled-lane straight", (step) => along[step])];
  }

  reach(step) {
    if (!this.cut) return;
    const { width, column } = this.frame;
    const from = this.x(step) - 0.5;
    setAttributes(this.cut, { x: from, width: Math.max(width - from, 0), viewBox: `${from} 0 ${Math.max(width - from, 0.1)} ${this.cut.getAttribute("height")}` });
    setAttributes(this.head, { x: this.x(step) - Math.max(column, 6) / 2 });
  }
}
