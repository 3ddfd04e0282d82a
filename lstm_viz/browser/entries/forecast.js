// A forecast of many steps: what was measured and what was expected over time, and beside it how far
// off that is by how far ahead.
//
// All numbers come from Python. Pointing says them; a press, where a stage on the page reads the same,
// takes it to that step, and its step is marked here.

import { SHOWN, showStep } from "../state/address.js";
import { element, fill, setAttributes, setText, shape } from "../parts/dom.js";
import { themed } from "../math/colours.js";
import { scrub } from "../parts/scrub.js";
import { viewIn } from "../parts/view.js";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [230, 46, 12, 10, 38];
const [NARROWEST, BESIDE] = [260, 720]; // pixels: of a plot, and of both beside each other
const DASHES = { network: "", last: "2 4", period: "7 4" };
const TICKS = 4;

export default function mount({ data: [payload], parentElement }) {
  const root = parentElement.querySelector(".forecast");
  viewIn(root, payload.id, () => new Forecast(root, payload));
  return () => root.view?.leave();
}

class Forecast {
  constructor(root, payload) {
    Object.assign(this, { root, payload, source: payload.id, abort: new AbortController(), step: null });
    const { signal } = this.abort;
    const { words } = payload;
    this.first = 0;
    this.end = payload.given + payload.steps; // one behind the last step that is drawn
    this.time = element("div", { class: "forecast-plot" });
    this.far = element("div", { class: "forecast-plot" });
    this.now = element("output", { class: "forecast-now" });
    this.distance = element("output", { class: "forecast-now" });
    const key = element("div", { class: "forecast-key" }, ...this.keyed());
    const said = element("p", { class: "forecast-said" }, payload.said);
    const judged = element("p", { class: "forecast-judged" }, words.judged);
    const left = element("section", { class: "forecast-time" }, key, this.time, this.now);
    const right = element("section", { class: "forecast-far" }, judged, this.far, this.distance);
    root.replaceChildren(left, right, said);
    const names = payload.address;
    const goes = "step" in names ? { onStep: (step) => showStep(names, this.first + step) } : { onStep: () => {} };
    scrub(this.surface(this.time), this.end - this.first, { ...goes, onPoint: (step) => this.point(this.first + step), onLeave: () => this.point(this.step) }, signal);
    scrub(this.surface(this.far), payload.errors[0].values.length, { onStep: () => {}, onPoint: (ahead) => this.pointFar(ahead), onLeave: () => this.pointFar(null) }, signal);
    if ("step" in names) window.addEventListener(SHOWN, ({ detail }) => this.show(detail), { signal });
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(root);
    this.dress();
    const asked = Number(new URL(window.location.href).searchParams.get(names.step));
    this.show("step" in names && asked ? asked - 1 : payload.given);
    this.pointFar(null);
  }

  // What is pressed and pointed at lies over a plot, from its first step to its last.
  surface(plot) {
    const node = element("div", { class: "forecast-surface" });
    plot.append(node);
    return (plot.surface = node);
  }

  keyed() {
    const { lines, fan, words } = this.payload;
    const named = [{ name: words.measured, kind: "measured" }, ...lines, ...(fan.length ? [{ name: words.fan, kind: "fan" }] : [])];
    return named.map(({ name, kind }) => {
      const line = shape("line", { x1: 1, x2: 23, y1: 6, y2: 6, class: `forecast-line ${kind}`, "stroke-dasharray": DASHES[kind] || null });
      return element("span", { "data-kind": kind }, shape("svg", { width: 24, height: 12, "aria-hidden": "true" }, line), name);
    });
  }

  dress() {
    const { dark } = themed(this.root);
    for (const { kind, colour } of this.payload.lines) this.root.style.setProperty(`--of-${kind}`, dark ? colour.dark : colour.light);
    this.draw();
  }

  draw() {
    const whole = this.root.clientWidth;
    if (!whole) return;
    this.root.classList.toggle("beside", whole >= BESIDE);
    for (const [plot, drawn] of [[this.time, () => this.overTime()], [this.far, () => this.byDistance()]]) {
      this.width = Math.max(plot.clientWidth, NARROWEST);
      plot.svg?.remove();
      plot.svg = drawn();
      plot.prepend(plot.svg);
      setAttributes(plot.surface, { style: `left: ${LEFT}px; width: ${this.width - LEFT - RIGHT}px; top: ${TOP}px; height: ${HEIGHT - TOP - BOTTOM}px` });
    }
    this.mark();
  }

  overTime() {
    const { measured, given, lines, fan, words } = this.payload;
    const seen = measured.slice(this.first, this.end);
    const values = [...seen, ...lines.flatMap(({ values }) => values), ...fan.flatMap(({ values }) => values)];
    const plot = this.plotOf(values, this.end - this.first, words.label, words.step, 1 + this.first);
    const inside = fan.filter(({ start }) => start < this.end);
    plot.line(seen.slice(0, given), 0, "measured");
    plot.line(seen.slice(given - 1), given - 1, "measured after");
    for (const { start, values } of inside) plot.line(values.slice(0, this.end - start), start, "fan");
    for (const { kind, values } of [...lines].reverse()) plot.line(values, given, kind);
    plot.svg.append(shape("line", { class: "forecast-given", x1: plot.edge(given), x2: plot.edge(given), y1: TOP, y2: HEIGHT - BOTTOM }));
    this.column = shape("rect", { class: "forecast-column", y: TOP, height: HEIGHT - TOP - BOTTOM, width: Math.max(plot.edge(1) - plot.edge(0), 2) });
    plot.svg.append(this.column);
    this.edge = plot.edge;
    return plot.svg;
  }

  byDistance() {
    const { errors, words } = this.payload;
    const plot = this.plotOf([0, ...errors.flatMap(({ values }) => values)], errors[0].values.length, words.judged, words.ahead, 1);
    for (const { kind, values } of [...errors].reverse()) plot.line(values, 0, kind);
    return plot.svg;
  }

  // Axes, and what puts a line of values on them: a value is drawn in the middle of its step.
  plotOf(values, steps, label, x, firstNumber) {
    const { width } = this;
    const ticks = niceTicks(values.filter((value) => value !== null));
    const [low, high] = [ticks[0], ticks.at(-1)];
    const edge = (step) => LEFT + (step / steps) * (width - LEFT - RIGHT);
    const up = (value) => TOP + ((high - value) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
    const svg = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": label });
    for (const tick of ticks) {
      svg.append(shape("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: up(tick), y2: up(tick) }));
      svg.append(text(String(Number(tick.toPrecision(6))).replace("-", "−"), { class: "tick", x: LEFT - 7, y: up(tick) + 4, "text-anchor": "end" }));
    }
    const every = [1, 2, 4, 6, 12, 24, 48, 96, 192].find((one) => steps / one <= width / 70) ?? 500;
    for (let number = every; number < firstNumber + steps; number += every) svg.append(text(number, { class: "tick", x: edge(number - firstNumber + 0.5), y: HEIGHT - BOTTOM + 17, "text-anchor": "middle" }));
    svg.append(text(x, { class: "tick", x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 5, "text-anchor": "middle" }));
    const line = (of, from, kind) => {
      for (const [start, part] of runsOf(of)) {
        const points = part.map((value, k) => `${edge(from + start + k + 0.5).toFixed(1)},${up(value).toFixed(1)}`);
        svg.append(shape("polyline", { class: `forecast-line ${kind}`, points: points.join(" "), "stroke-dasharray": DASHES[kind] || null }));
      }
    };
    return { svg, edge, line };
  }

  // The step that the stage shows.
  show(step) {
    this.step = step;
    this.mark();
    this.point(step);
  }

  mark() {
    if (!this.column) return;
    const inside = this.step !== null && this.step >= this.first && this.step < this.end;
    setAttributes(this.column, { x: inside ? this.edge(this.step - this.first) : null, visibility: inside ? null : "hidden" });
  }

  point(step) {
    if (step === null) return;
    const { measured, given, lines, unit, words } = this.payload;
    const ahead = step - given;
    const { read, at, came } = words;
    const where = fill(ahead < 0 ? read : at, { step: step + 1, ahead: ahead + 1 });
    const known = step < measured.length ? [{ name: came, value: measured[step] }] : [];
    const expected = ahead < 0 ? [] : lines.map(({ name, values }) => ({ name, value: values[ahead] ?? null }));
    setText(this.now, this.told(where, [...known, ...expected], unit));
  }

  pointFar(ahead) {
    const { errors, unit, words } = this.payload;
    const at = ahead ?? errors[0].values.length - 1;
    setText(this.distance, this.told(fill(words.distance, { ahead: at + 1 }), errors.map(({ name, values }) => ({ name, value: values[at] })), unit));
  }

  told(where, values, unit) {
    const { decimals, words } = this.payload;
    const written = (value) => `${value.toFixed(decimals).replace("-", "−")}${unit ? ` ${unit}` : ""}`;
    const parts = values.filter(({ value }) => value !== null).map(({ name, value }) => fill(words.value, { name, value: written(value) }));
    return [where, ...parts].join(" · ");
  }

  leave() {
    this.abort.abort();
    this.resized.disconnect();
  }
}

// The stretches of values that are there, each with where it begins.
function runsOf(values) {
  const found = [];
  values.forEach((value, k) => {
    if (value === null) return;
    if (k && values[k - 1] !== null) found.at(-1)[1].push(value);
    else found.push([k, [value]]);
  });
  return found;
}

// Round numbers from below the least to above the greatest.
export function niceTicks(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const rough = (high - low || Math.abs(high) || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const spacing = [1, 2, 5, 10].find((one) => one * power >= rough) * power;
  const first = Math.floor(low / spacing + 1e-9);
  const last = Math.max(Math.ceil(high / spacing - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, k) => (first + k) * spacing);
}

function text(words, attributes) {
  return shape("text", attributes, String(words));
}
