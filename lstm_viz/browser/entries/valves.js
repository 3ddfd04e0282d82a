// One unit as a tank: what is kept stays in it, what is written flows in, what is shown is drawn off.
//
// The level, the flows and every number come from the cell's own equations (arithmetic.js).

import { Address, numberOf } from "../state/address.js";
import { carried, stepped } from "../math/arithmetic.js";
import { themed } from "../math/colours.js";
import { element, fill, setAttributes, setText, shape } from "../parts/dom.js";
import { keepScale } from "../parts/scaled.js";
import { written } from "../math/numbers.js";
import { prefersStillness } from "../parts/view.js";

const STEP = 1000; // ms that one step takes
const DRAINED = 0.4; // share of a step after which the old content has drained
const FILLED = 0.8; // share after which the new has flowed in; then it is shown
const REMEMBERED = 40;
const FULL = 4; // the level at the rim

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".valves");
  root.view ??= new Valves(root, data);
  themed(root);
  return () => root.view?.leave();
}

class Valves {
  constructor(root, data) {
    Object.assign(this, { root, data, abort: new AbortController(), held: {}, given: {} });
    this.still = prefersStillness();
    this.address = new Address(data.address);
    this.open();
    this.build();
    this.empty();
    if (data.running && !this.still) this.toggle();
    this.address.follow(this.abort.signal, () => this.goBack());
  }

  // Every control as the address has it, else as it is at first.
  open() {
    for (const { name, value, holds, low, high } of this.data.controls) {
      (holds ? this.held : this.given)[name] = numberOf(this.data.address, name, low, high) ?? value;
    }
  }

  goBack() {
    this.open();
    this.draw();
  }

  // What is not as it was at first stands in the address.
  say() {
    const now = { ...this.held, ...this.given };
    this.address.say(Object.fromEntries(this.data.controls.map(({ name, value }) => [name, now[name] === value ? "" : now[name]])));
  }

  build() {
    const { words, controls, corners } = this.data;
    const { signal } = this.abort;
    this.sliders = new Map(controls.map((control) => [control.name, new Slider(control, (value, isFirst) => this.moved(control, value, isFirst), signal)]));
    this.picture = new Picture(words);
    this.recorder = new Recorder(words);
    for (const { root } of [this.picture, this.recorder]) keepScale(root, signal);
    this.lines = this.data.sentences.map(({ symbols }) => [element("span", {}, ...lowered(symbols)), element("span", { class: "numbers" })]);
    this.table = corners.length ? new Table(corners, words, (corner) => this.take(corner), signal) : null;
    this.playing = pushed(words.run, () => this.toggle(), signal);
    this.when = element("p", { class: "valves-when", "aria-live": "off" });
    const buttons = element("div", { class: "valves-buttons" }, pushed(words.step, () => this.stepOnce(), signal, "primary"), this.playing, pushed(words.empty, () => this.empty(), signal));
    this.root.replaceChildren(
      element("div", { class: "valves-controls" }, ...[...this.sliders.values()].map((slider) => slider.root), this.table?.root),
      element("div", { class: "valves-stage" }, this.picture.root, buttons, element("div", { class: "valves-lines" }, this.when, ...this.lines.map((parts) => element("p", {}, ...parts))), this.recorder.root),
    );
  }

  // What the equations say of the next step.
  next() {
    return stepped(this.data.lines, { ...this.data.weights, ...this.past, ...this.given }, this.held);
  }

  // The first move of a drag is another choice, what follows belongs to it.
  moved({ name, holds }, value, isFirst) {
    if (isFirst) this.address.turn();
    (holds ? this.held : this.given)[name] = value;
    this.say();
    this.draw();
  }

  take({ sets }) {
    this.address.turn();
    Object.assign(this.held, sets);
    this.say();
    this.draw();
  }

  empty() {
    this.stop();
    this.now = null;
    this.done = 0; // steps since the memory was empty
    this.history = [{ c: 0, h: 0 }];
    this.past = Object.fromEntries(this.data.states.map((state) => [`${state}_prev`, 0]));
    this.draw();
  }

  stepOnce() {
    this.stop();
    this.step();
  }

  step() {
    if (this.now) this.arrive();
    this.now = this.next();
    this.began = performance.now();
    if (this.still) this.arrive();
    else this.frame ??= requestAnimationFrame((time) => this.animate(time));
  }

  toggle() {
    if (this.running) return this.stop();
    this.running = true;
    setText(this.playing, this.data.words.pause);
    this.step();
    if (this.still) this.ticking = setInterval(() => this.step(), STEP);
  }

  stop() {
    this.running = false;
    clearInterval(this.ticking);
    setText(this.playing, this.data.words.run);
  }

  animate(time) {
    this.frame = null;
    if (!this.now) return;
    if (time - this.began >= STEP) {
      this.arrive();
      if (!this.running) return;
      this.now = this.next();
      this.began = time;
    }
    this.draw(Math.max(time - this.began, 0) / STEP);
    this.frame = requestAnimationFrame((later) => this.animate(later));
  }

  // The step is over: what was computed is the past of the next one.
  arrive() {
    this.history = [...this.history, this.now].slice(-REMEMBERED - 1);
    this.past = carried(this.data.states, this.now);
    this.done += 1;
    this.now = null;
    this.draw();
  }

  draw(share = 0) {
    const values = this.now ?? this.next();
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, written(value, 2)]));
    this.picture.show(values, this.history.at(-1).h, share, Boolean(this.now));
    this.recorder.show(this.history);
    if (!this.now) this.describe(texts);
    this.data.sentences.forEach(({ numbers }, index) => setText(this.lines[index][1], fill(numbers, texts).replaceAll("+ \u2212", "\u2212 ")));
    setText(this.when, fill(this.now ? this.data.words.this_step : this.data.words.next_step, { t: this.done + 1 }));
    this.table?.show(values);
    for (const [name, slider] of this.sliders) slider.show(values[name]);
    this.root.dataset.memory = written(values.c_prev, 6);
    this.root.dataset.next = written(values.c, 6);
  }

  // What the pictures show now, for whoever hears them.
  describe(texts) {
    const { picture, picture_now, record, record_now } = this.data.words;
    const [c, h] = ["c", "h"].map((name) => written(this.history.at(-1)[name], 2));
    setAttributes(this.picture.root, { "aria-label": `${picture} ${fill(picture_now, texts)}` });
    setAttributes(this.recorder.root, { "aria-label": `${record}: ${fill(record_now, { steps: this.history.length - 1, c, h })}` });
  }

  leave() {
    this.stop();
    this.address.stop();
    cancelAnimationFrame(this.frame);
    this.abort.abort();
    this.root.view = undefined;
    this.root.replaceChildren();
  }
}

// ---- the picture ---------------------------------------------------------------------------------

const [WIDTH, HEIGHT] = [640, 330];
const TANK = { x: 236, y: 20, width: 128, height: 240 };
const ZERO = TANK.y + TANK.height / 2;
const UNIT = TANK.height / 2 / FULL;
const PIPE = 24;
const IN = 74; // height of the pipe that fills
const OUT = ZERO; // height of the pipe that shows
const DRAIN = TANK.x + TANK.width / 2;

class Picture {
  constructor(words) {
    this.candidate = new Gauge(46, IN, "candidate");
    this.output = new Gauge(592, OUT, "output");
    this.inflow = pipe(`M64 ${IN}H${TANK.x}`);
    this.outflow = pipe(`M${TANK.x + TANK.width} ${OUT}H574`);
    this.downflow = pipe(`M${DRAIN} ${TANK.y + TANK.height}V${HEIGHT - 8}`);
    this.write = new Valve(150, IN, true, "write");
    this.show_ = new Valve(508, OUT, true, "show");
    this.keep = new Valve(DRAIN, TANK.y + TANK.height + 30, false, "keep");
    this.water = shape("rect", { x: TANK.x, width: TANK.width, class: "water" });
    this.ghost = shape("path", { class: "ghost" });
    this.level = shape("text", { class: "level", x: DRAIN, "text-anchor": "middle" });
    const ticks = [-4, -2, 0, 2, 4].flatMap((at) => [
      shape("path", { class: "rule", d: `M${TANK.x + TANK.width - (at ? 8 : TANK.width)} ${ZERO - at * UNIT}h${at ? 8 : TANK.width}` }),
      label(TANK.x + TANK.width + 6, ZERO - at * UNIT + (at === 0 ? -18 : 4), at === 0 ? "0" : written(at, 0), "tick"),
    ]);
    const names = [
      label(4, IN - 48, words.candidate, "name"),
      label(150, IN - 34, words.write, "name", "middle"),
      label(508, OUT - 30, words.show, "name", "middle"),
      label(WIDTH - 2, OUT - 48, words.output, "name", "end"),
      label(DRAIN + 46, TANK.y + TANK.height + 34, words.keep, "name", "start"),
    ];
    this.root = shape(
      "svg",
      { class: "valves-picture", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": words.picture },
      ...[this.inflow, this.outflow, this.downflow].flatMap(({ wall, flow }) => [wall, flow]),
      this.water,
      shape("rect", { ...TANK, class: "tank" }),
      ...ticks,
      this.ghost,
      box(436, OUT, "tanh"),
      ...[this.write, this.show_, this.keep, this.candidate, this.output].map((part) => part.root),
      ...names,
      this.level,
    );
  }

  // share runs from 0 to 1 within a step: first what is not kept drains, then what is written flows
  // in, at last the output is drawn off.
  show(values, shownBefore, share, moving) {
    const { f, i, o, c_tilde: candidate, c_prev: before, c: after, h } = values;
    const kept = f * before;
    const draining = moving && share < DRAINED;
    const filling = moving && share >= DRAINED && share < FILLED;
    const level = !moving ? before : draining ? between(before, kept, share / DRAINED) : filling ? between(kept, after, (share - DRAINED) / (FILLED - DRAINED)) : after;
    const shown = moving && share >= FILLED ? between(shownBefore, h, (share - FILLED) / (1 - FILLED)) : shownBefore;
    const height = Math.min(Math.abs(level) * UNIT, TANK.height / 2);
    setAttributes(this.water, { y: level > 0 ? ZERO - height : ZERO, height, class: `water ${sign(level)}` });
    const next = ZERO - Math.min(Math.max(after, -FULL), FULL) * UNIT;
    setAttributes(this.ghost, { d: moving ? null : `M${TANK.x} ${next}h${TANK.width}` });
    setText(this.level, `c ${written(level, 2)}`);
    setAttributes(this.level, { y: Math.max(ZERO - Math.max(Math.sign(level) * height, 0) - 9, TANK.y + 22) });
    this.write.open(i);
    this.show_.open(o);
    this.keep.open(1 - f, f);
    this.candidate.show(candidate);
    this.output.show(shown);
    flow(this.downflow, draining ? Math.abs(before - kept) : 0, before, share);
    flow(this.inflow, filling ? Math.abs(i * candidate) : 0, candidate, share);
    flow(this.outflow, moving && share >= FILLED ? Math.abs(h) : 0, h, share);
  }
}

const between = (from, to, share) => from + (to - from) * (1 - (1 - share) ** 2);
const sign = (value) => (value < 0 ? "negative" : "positive");

function pipe(path) {
  return { wall: shape("path", { class: "pipe", d: path }), flow: shape("path", { class: "flow", d: path }) };
}

function flow({ flow: path }, strength, value, share) {
  const width = strength > 0.004 ? 2 + (PIPE - 8) * Math.min(strength, 1) : 0;
  setAttributes(path, { class: `flow ${sign(value)}`, "stroke-width": width, "stroke-dashoffset": -160 * share, visibility: width ? null : "hidden" });
}

function label(x, y, words, kind, anchor = "start") {
  const node = shape("text", { x, y, class: kind, "text-anchor": anchor });
  node.textContent = words;
  return node;
}

function box(x, y, words) {
  return shape("g", {}, shape("rect", { class: "function", x: x - 28, y: y - 18, width: 56, height: 36, rx: 8 }), label(x, y + 5, words, "function-name", "middle"));
}

// A plate in a pipe: 1 leaves the way free, 0 shuts it.
class Valve {
  constructor(x, y, across, role) {
    Object.assign(this, { x, y, across });
    this.gap = shape("path", { class: "valve-gap" });
    this.number = label(across ? x : x - 34, across ? y + 44 : y + 5, "", "number", across ? "middle" : "end");
    this.root = shape("g", { "data-role": role }, shape("circle", { class: "valve", cx: x, cy: y, r: 24 }), this.gap, this.number);
  }

  open(share, told = share) {
    const angle = (1 - share) * 90;
    const turned = this.across ? angle : angle + 90;
    setAttributes(this.gap, { d: `M${this.x - 19} ${this.y}H${this.x + 19}`, transform: `rotate(${turned} ${this.x} ${this.y})` });
    setText(this.number, written(told, 2));
  }
}

// A value from -1 to 1 as a bar from the middle.
class Gauge {
  constructor(x, y, role) {
    Object.assign(this, { x, y });
    this.bar = shape("rect", { x: x - 16, width: 32 });
    this.number = label(x, y + 58, "", "number", "middle");
    this.root = shape("g", { "data-role": role }, shape("rect", { class: "gauge", x: x - 16, y: y - 40, width: 32, height: 80, rx: 5 }), this.bar, shape("path", { class: "rule", d: `M${x - 16} ${y}h32` }), this.number);
  }

  show(value) {
    const height = Math.min(Math.abs(value), 1) * 40;
    setAttributes(this.bar, { class: sign(value), y: value > 0 ? this.y - height : this.y, height });
    setText(this.number, written(value, 2));
  }
}

// ---- what was ------------------------------------------------------------------------------------

const [LONG, HIGH, FOOT, EDGE] = [640, 112, 22, 52];

class Recorder {
  constructor(words) {
    this.memory = shape("polyline", { class: "recorded", "data-role": "memory" });
    this.output = shape("polyline", { class: "recorded dashed", "data-role": "output" });
    this.ends = [label(0, 14, "", "tick"), label(0, HIGH - 4, "", "tick")];
    this.root = shape(
      "svg",
      { class: "valves-record", viewBox: `0 0 ${LONG} ${HIGH + FOOT}`, role: "img", "aria-label": words.record },
      shape("path", { class: "rule", d: `M${EDGE} ${HIGH / 2}H${LONG}` }),
      label(0, HIGH / 2 + 4, "0", "tick"),
      ...this.ends,
      this.memory,
      this.output,
      label(EDGE, HIGH + FOOT - 4, words.recorded, "tick"),
      label(LONG - 4, HIGH + FOOT - 4, fill(words.over, { steps: REMEMBERED }), "tick", "end"),
    );
  }

  show(history) {
    // What has grown beyond the tank is still recorded: the scale grows with it.
    const full = Math.ceil(history.reduce((most, { c, h }) => Math.max(most, Math.abs(c), Math.abs(h)), FULL));
    this.ends.forEach((end, index) => setText(end, written(index ? -full : full, 0)));
    const points = (name) => history.map((values) => values[name]).map((value, k) => `${EDGE + (k * (LONG - EDGE - 6)) / REMEMBERED},${HIGH / 2 - (value / full) * (HIGH / 2 - 6)}`);
    setAttributes(this.memory, { points: points("c").join(" ") });
    setAttributes(this.output, { points: points("h").join(" ") });
  }
}

// ---- controls ------------------------------------------------------------------------------------

class Slider {
  constructor(control, moved, signal) {
    this.control = control;
    this.input = element("input", { type: "range", min: control.low, max: control.high, step: 0.01, "aria-label": control.title });
    this.number = element("output", {});
    this.root = element(
      "label",
      { class: "valves-slider", "data-role": control.role },
      element("span", { class: "slider-name" }, element("b", {}, control.symbol), ` ${control.title}`),
      this.number,
      this.input,
      element("small", {}, control.meaning),
    );
    let isMoving = false;
    this.input.addEventListener(
      "input",
      () => {
        moved(Number(this.input.value), !isMoving);
        isMoving = true;
      },
      { signal },
    );
    this.input.addEventListener("change", () => (isMoving = false), { signal });
  }

  show(value) {
    if (Number(this.input.value) !== value) this.input.value = value;
    setText(this.number, written(value, 2));
  }
}

// The corners of the gate table: each row is a button that sets the gates.
class Table {
  constructor(corners, words, take, signal) {
    this.rows = corners.map((corner) => {
      const button = pushed(corner.name, () => take(corner), signal);
      const cells = [button, ...corner.cells].map((cell) => element("td", {}, cell));
      return { corner, button, root: element("tr", {}, ...cells) };
    });
    const head = words.table.map((name) => element("th", { scope: "col" }, name));
    const body = this.rows.map(({ root }) => root);
    this.root = element("table", { class: "valves-table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
  }

  show(values) {
    for (const { corner, button, root } of this.rows) {
      const here = Object.entries(corner.sets).every(([name, value]) => Math.abs(values[name] - value) < 0.05);
      root.classList.toggle("here", here);
      button.setAttribute("aria-pressed", here);
    }
  }
}

function pushed(words, action, signal, kind = "plain") {
  const node = element("button", { type: "button", class: kind }, words);
  node.addEventListener("click", action, { signal });
  return node;
}

// "W_f" with its index below the line.
function lowered(text) {
  return text.split(/(_[a-z]+)/).map((part) => (part.startsWith("_") ? element("sub", {}, part.slice(1)) : part));
}
