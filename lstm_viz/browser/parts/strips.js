// Every unit at every step, one strip a signal, under the same cursor.

import { stripNow } from "./about.js";
import { pixelsOf } from "../math/colours.js";
import { endsOf } from "../math/numbers.js";
import { element, fill, setAttributes, setText } from "./dom.js";
import { unitsInOrder } from "../math/order.js";
import { scrub } from "./scrub.js";
import { symbols } from "./symbols.js";
import { widthOf } from "./tokens.js";

const CHOSEN_ROW = 3; // the chosen unit's row is this many times as high as the others

export class Strips {
  constructor(payload, values, words, { onStep, onUnit, onPoint }, signal) {
    Object.assign(this, { payload, values, words, onStep, onUnit, onPoint });
    this.order = "number";
    this.scale = "signal";
    this.units = payload.units <= 48 ? Array.from({ length: payload.units }, (_, unit) => unit) : payload.shown;
    this.strips = payload.signals.filter(({ strip }) => strip !== false).map((one) => new Strip(one, payload, words));
    this.cursor = element("div", { class: "strips-cursor" });
    this.plot = element("div", { class: "strips-plot", style: `--steps: ${payload.steps}`, "aria-hidden": "true" }, this.cursor);
    this.axis = new Axis(payload, words);
    this.root = element(
      "section",
      { class: "strips", "aria-label": words.strips, style: `--strips: ${this.strips.length}` },
      ...this.strips.map((strip) => strip.root),
      this.plot,
      this.axis.root,
    );
    this.listen(signal);
  }

  listen(signal) {
    const { steps } = this.payload;
    for (const strip of this.strips) {
      const actions = {
        onStep: this.onStep,
        onPress: (event) => this.onUnit(this.unitAt(strip, event)),
        onPoint: (step, event) => this.onPoint({ signal: strip.signal, step, unit: this.unitAt(strip, event), event }),
        onLeave: () => this.onPoint(null),
      };
      scrub(strip.canvas, steps, actions, signal);
    }
    scrub(this.axis.ticks, steps, { onStep: this.onStep }, signal);
  }

  unitAt(strip, event) {
    const box = strip.canvas.getBoundingClientRect();
    const rows = this.rowEdges(box.height);
    const row = rows.findIndex((edge) => event.clientY - box.top < edge) - 1;
    return this.sorted[Math.min(Math.max(row, 0), this.sorted.length - 1)];
  }

  // Where the rows begin, in pixels, and at the end where the last one stops.
  rowEdges(height) {
    const chosen = this.sorted.indexOf(this.unit);
    const shares = this.sorted.map((_, row) => (row === chosen && this.sorted.length > 3 ? CHOSEN_ROW : 1));
    const whole = shares.reduce((sum, share) => sum + share, 0);
    let edge = 0;
    return [0, ...shares.map((share) => (edge += (share / whole) * height))];
  }

  show(step, unit) {
    if (unit !== this.unit) {
      this.unit = unit;
      this.paint();
    }
    this.cursor.style.transform = `translateX(${step * 100}%)`;
  }

  // What each strip shows now, for whoever hears it.
  describe(cursor) {
    for (const strip of this.strips) strip.describe(this, cursor);
  }

  arrange({ order = this.order, scale = this.scale }) {
    Object.assign(this, { order, scale });
    this.paint();
  }

  recolour(colours) {
    this.colours = colours;
    this.paint();
  }

  paint() {
    for (const strip of this.strips) strip.measure();
    this.revalue();
    this.axis.paint();
  }

  // The values are others.
  revalue() {
    if (!this.colours || this.unit === undefined) return;
    const memory = this.payload.signals.find(({ role }) => role === "memory") ?? this.payload.signals.at(-1);
    const units = this.units.includes(this.unit) ? this.units : [...this.units.slice(0, -1), this.unit];
    this.sorted = unitsInOrder(this.order, units, this.payload.steps, (step, unit) => this.values.at(memory.name, step, unit));
    const largest = Math.max(...this.payload.signals.filter(({ scale }) => scale === "signed").map(({ limit }) => limit));
    for (const strip of this.strips) strip.paint(this, largest);
  }
}

class Strip {
  constructor(signal, payload, words) {
    this.signal = signal;
    this.words = words;
    this.ends = element("span", { class: "strip-ends" });
    this.label = fill(words.strip, { name: signal.title, units: payload.units, steps: payload.steps });
    this.canvas = element("canvas", { role: "img", "data-key": signal.name, "aria-label": this.label });
    this.root = element(
      "div",
      { class: "strip", "data-key": signal.name, "data-role": signal.role },
      element(
        "div",
        { class: "strip-label gutter" },
        element("span", { class: "strip-symbol" }, symbols(signal.symbol, payload.signals)),
        this.ends,
        element("span", { class: "strip-name" }, signal.short),
      ),
      this.canvas,
    );
  }

  describe({ payload, values, words }, cursor) {
    setAttributes(this.canvas, { "aria-label": stripNow(this.label, this.signal, payload, words, values, cursor) });
  }

  // Asking costs a layout, so it is asked only when the size may have changed.
  measure() {
    const { canvas } = this;
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
    Object.assign(this, { ratio, width: Math.round(canvas.clientWidth * ratio), height: Math.round(canvas.clientHeight * ratio) });
  }

  // Rows are painted one pixel high, then each is stretched to its place: no cell is blurred.
  paint(strips, largestOfAll) {
    const { values, colours, sorted, scale } = strips;
    const { steps } = strips.payload;
    const { canvas, signal } = this;
    const { width, height, ratio } = this;
    if (!width || !height) return;
    if (this.colours !== colours) Object.assign(this, { colours, pixelOf: pixelsOf(signal, colours) });
    const { numbers, steps: changes, width: units } = values.array(signal.name);
    const limitOf = limits(signal, values, steps, scale, largestOfAll);
    const pixels = new Uint32Array(steps * sorted.length);
    let most = 0;
    sorted.forEach((unit, row) => {
      const limit = limitOf(unit);
      const column = units === 1 ? 0 : unit;
      for (let step = 0; step < steps; step++) {
        const value = numbers[changes ? step * units + column : column];
        if (Math.abs(value) > most) most = Math.abs(value);
        pixels[row * steps + step] = this.pixelOf(value / limit);
      }
    });
    const limit = limitFor(signal, scale, largestOfAll);
    setText(this.ends, scale === "unit" ? this.words.own_scale : endsOf(limit, most, signal.scale === "signed"));
    this.small ??= new OffscreenCanvas(steps, sorted.length);
    Object.assign(this.small, { width: steps, height: sorted.length });
    this.small.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), steps, sorted.length), 0, 0);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    const edges = strips.rowEdges(height).map(Math.round);
    sorted.forEach((_, row) => context.drawImage(this.small, 0, row, steps, 1, 0, edges[row], width, edges[row + 1] - edges[row]));
    this.frame(context, strips, edges, width, ratio);
  }

  // Two lines round the chosen unit's row.
  frame(context, strips, edges, width, ratio) {
    const row = strips.sorted.indexOf(strips.unit);
    if (row < 0 || strips.sorted.length < 2) return;
    context.fillStyle = strips.colours.text;
    const thick = Math.max(1, Math.round(ratio));
    if (row > 0) context.fillRect(0, edges[row], width, thick);
    if (row < strips.sorted.length - 1) context.fillRect(0, edges[row + 1] - thick, width, thick);
  }
}

// unit -> the value that is painted in full colour.
function limits(signal, values, steps, scale, largestOfAll) {
  if (scale === "unit") {
    return (unit) => {
      let most = 1e-9;
      for (let step = 0; step < steps; step++) most = Math.max(most, Math.abs(values.at(signal.name, step, unit)));
      return most;
    };
  }
  const limit = limitFor(signal, scale, largestOfAll);
  return () => limit;
}

function limitFor(signal, scale, largestOfAll) {
  return scale === "all" && signal.scale === "signed" ? largestOfAll : signal.limit;
}

// Under the strips what was read, where it has room, else the number of every so many steps.
export class Axis {
  constructor({ tokens, steps }, words) {
    this.tokens = tokens;
    this.labels = tokens.map(() => element("span"));
    this.ticks = element("div", { class: "strips-ticks", style: `--steps: ${steps}` }, ...this.labels);
    this.root = element("div", { class: "strips-axis", "aria-hidden": "true" }, element("span", { class: "gutter" }, words.step_label), this.ticks);
  }

  paint() {
    const size = parseFloat(getComputedStyle(this.ticks).fontSize);
    const column = this.ticks.clientWidth / this.tokens.length / size;
    const fits = Math.max(...this.tokens.map(({ text }) => widthOf(text))) + 0.4 <= column;
    const digits = widthOf(`0${this.tokens.length}`);
    const every = [1, 2, 5, 10, 20, 50].find((stride) => stride * column >= digits) ?? 100;
    this.labels.forEach((label, step) => {
      const numbered = (step + 1) % every === 0 || (step === 0 && every < 3);
      setText(label, fits ? this.tokens[step].text : numbered ? String(step + 1) : "");
    });
  }
}
