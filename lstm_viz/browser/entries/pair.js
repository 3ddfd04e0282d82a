// Two runs of one sequence side by side under one time cursor, and what differs between them.
//
// Made of the stage's own parts. Where Python allows it, dragging on a strip of the right run asks for
// a gate to be held there; what follows from that is computed in Python and comes back as a new run.
// Where the right run is sent with its whole training, a second cursor moves through that.

import { aboutNow, drawingNow } from "../parts/about.js";
import { addressed } from "../state/address.js";
import { themed } from "../math/colours.js";
import { comparedReading } from "../parts/compared.js";
import { Cursor, speedOf } from "../state/cursor.js";
import { element, fill, setAttributes, setText, shape } from "../parts/dom.js";
import { frameHeld, markHeld } from "../parts/held.js";
import { Drawing } from "../parts/drawing.js";
import { Equations, openedLine } from "../parts/equations.js";
import { listenToKeys, steering } from "../state/keys.js";
import { moveFrom, whereabouts } from "../parts/motion.js";
import { written } from "../math/numbers.js";
import { Pulse } from "../parts/pulse.js";
import { Difference, valuesOf } from "../state/snapshots.js";
import { keepScale } from "../parts/scaled.js";
import { Strips } from "../parts/strips.js";
import { Tooltip } from "../parts/tooltip.js";
import { announcement } from "../parts/tokens.js";
import { Training, pictureOf } from "../parts/training.js";
import { Transport } from "../parts/transport.js";
import { Values } from "../state/values.js";
import { View, prefersStillness, viewIn, withChosen } from "../parts/view.js";

const SPEED = 2; // steps a second
const HELD = 200; // milliseconds: keys that come faster are held down, and nobody follows a pulse then

export default function mount({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".stage");
  const pair = viewIn(root, data.id, (before) => new Pair(root, data, before));
  pair.ask = (span) => setTriggerValue("drawn", span);
  pair.pin = (after) => setTriggerValue("pinned", after);
  return () => root.view?.leave();
}

class Pair extends View {
  constructor(root, data, before) {
    super(root, data.id, data.address);
    Object.assign(this, { data, words: data.left.words, shape: data.left });
    const { signal } = this;
    const { steps } = data.left;
    this.cursor = new Cursor({ steps, phases: 1, ...startOf(data, before) });
    if (before) this.cursor.speed = before.cursor.speed;
    this.tooltip = new Tooltip(root);
    this.live = element("div", { class: "heard", "aria-live": "polite", role: "status" });
    this.sides = ["left", "right"].map((key) => new Side(key, data[key], data, this, signal));
    const [left, right] = this.sides.map((side) => side.values);
    const differences = data.difference.values ? new Values(data.difference.values) : new Difference(left, right);
    this.differing = this.strips(data.difference, differences, signal);
    this.training = data.right.training ? this.learning(before, signal) : null;
    const names = [data.words.left, data.words.right];
    this.tokens = comparedReading(data.left, this.training?.payloadNow ?? data.right, names, (step) => this.go(step), signal, this.training);
    this.transport = new Transport({ steps }, this.cursor, this.words, signal);
    const were = before?.sides.map(({ drawing }) => whereabouts(drawing));
    this.build();
    this.dress();
    this.listen(signal);
    if (this.training) this.relearnt();
    else this.moved();
    were?.forEach((was, side) => this.sides[side].moveFrom(was, before.sides[side].equations));
    const lines = this.sides.map((side, place) => openedLine(side.equations, ["line", "line_right"][place]));
    this.begin([...lines, speedOf(this.cursor, SPEED), ...(this.training ? [pictureOf(this.training)] : [])], before);
  }

  // The cursor through the training of the right run.
  learning(before, signal) {
    const moves = {
      onSnapshot: () => this.relearnt(),
      onStep: (step) => this.go(step),
      onPoint: (lines, event) => (lines ? this.tooltip.show(lines, event) : this.tooltip.hide()),
      onPin: this.data.right.training.pins ? (after) => this.pin(after) : null,
    };
    return new Training({ ...this.data.right, address: this.data.address }, this.sides[1].values, moves, signal, before?.training);
  }

  // The right run after other training.
  relearnt() {
    this.differing.revalue();
    this.sides[1].relearn(this.training);
    this.moved();
  }

  build() {
    const difference = element("section", { class: "pair-difference" }, element("h2", {}, this.data.words.difference), this.differing.root);
    const caption = element("p", { class: "caption" }, this.data.caption);
    const bar = element("div", { class: "pair-bar" }, this.transport.root, caption);
    this.board = element(
      "div",
      { class: "pair-board" },
      this.training?.root ?? "",
      this.tokens.root,
      element("div", { class: "pair-sides" }, ...this.sides.map((side) => side.root), bar),
      difference,
    );
    this.root.replaceChildren(this.board, this.tooltip.root, this.live);
  }

  strips(payload, values, signal) {
    return new Strips(
      payload,
      values,
      this.words,
      {
        onStep: (step) => this.go(step),
        onUnit: (unit) => this.cursor.choose(unit),
        onPoint: (point) => this.pointAt(point, values),
      },
      signal,
    );
  }

  listen(signal) {
    const { cursor } = this;
    cursor.on("play", () => this.tell());
    const actions = { ...steering(cursor), ...this.training?.actions, fullScreen: () => this.fullScreen() };
    listenToKeys(actions, (node) => node === this.transport.scrubber, signal);
    this.resizes(() => this.measure());
  }

  moved() {
    const { step, unit } = this.cursor;
    this.root.dataset.step = step + 1;
    this.root.dataset.unit = unit;
    this.transport.show(this.cursor, this.data.left.tokens[step]);
    this.tokens.show(step);
    for (const side of this.sides) side.show(step, unit);
    this.differing.show(step, unit);
    this.training?.show(step, unit);
    this.draw();
    this.showWay();
    this.address.show(this.cursor, this.training?.addressed);
    if (!this.cursor.playing) this.tell();
  }

  // Of both runs what they expect, the first one's word once.
  tell() {
    this.announce(this.live, () => {
      const { step } = this.cursor;
      for (const side of this.sides) side.describe(this.cursor);
      this.differing.describe(this.cursor);
      return this.sides.map(({ title, payload }) => `${title}: ${announcement(payload.tokens[step], step, this.words)}`).join(" ");
    });
  }

  draw() {
    for (const side of this.sides) side.draw(this.cursor);
  }

  // What goes round and what runs through the wires, in both runs alike.
  showWay() {
    const { moved, playing, room } = this.cursor;
    const before = this.movedAt ?? -Infinity;
    this.movedAt = performance.now();
    for (const side of this.sides) side.showWay(moved && (playing || this.movedAt - before >= HELD) ? moved : null, room);
  }

  dress() {
    const colours = themed(this.root);
    for (const side of this.sides) side.dress(colours);
    this.differing.recolour(colours);
    this.training?.recolour(colours);
    this.draw();
  }

  measure() {
    this.tokens.measure();
    for (const side of this.sides) side.measure();
    this.differing.paint();
    this.training?.paint();
  }

  pointAt(point, values) {
    if (!point) return this.tooltip.hide();
    const { signal, step, unit, event } = point;
    const { words } = this;
    const where = fill(words.step_reads, { t: step + 1, token: this.data.left.tokens[step].text });
    const value = written(values.at(signal.name, step, unit));
    return this.tooltip.show([signal.title, where, fill(words.value_of_unit, { unit, value })], event);
  }
}

// One of the two runs.
class Side {
  constructor(key, payload, data, pair, signal) {
    Object.assign(this, { key, payload, pair, title: data.words[key] });
    const { words } = payload;
    this.values = valuesOf(payload);
    this.equations = new Equations(payload, this.values, words, (unit) => pair.cursor.choose(unit), signal);
    this.equations.root.dataset.run = this.title;
    this.strips = pair.strips(payload, this.values, signal);
    for (const { root } of [this.equations, this.strips]) setAttributes(root, { "aria-label": `${this.title}: ${root.getAttribute("aria-label")}` });
    this.drawingOf = fill(words.drawing, { cell: this.title });
    this.svg = shape("svg", { class: "drawing", "aria-label": this.drawingOf });
    keepScale(this.svg, signal);
    for (const line of this.equations.lines) line.root.classList.toggle("changed", data.changed.includes(line.equation.signal));
    this.name = element("h2", { class: `pair-name ${key}` }, this.title);
    this.apart = new Set(data.apart[key].map(String));
    this.root = element(
      "section",
      { class: `pair-side ${key}`, "aria-label": this.title },
      element("div", { class: "drawing-frame" }, this.name, this.svg),
      this.strips.root,
      this.equations.root,
    );
    this.held = key === "right" ? data.held : [];
    this.heldWord = data.words.held;
    if (key === "right") {
      for (const span of data.held) frameHeld(this.strips, span, this.payload.steps);
      if (data.holding) for (const strip of this.strips.strips) this.drawOn(strip, signal);
    }
  }

  // This run at the moment of its training that is chosen.
  relearn(training) {
    this.payload = training.payloadNow;
    this.strips.revalue();
    this.pair.tokens.retell(this.payload.tokens, this.payload.series);
    this.equations.revalue();
    setText(this.name, `${this.title}, ${training.afterSaid}`);
  }

  // What the pictures show now, for whoever hears them.
  describe(cursor) {
    setAttributes(this.svg, { "aria-label": drawingNow(this.drawingOf, this.payload, this.values, cursor) });
    this.strips.describe(cursor);
  }

  show(step, unit) {
    this.equations.show(step, unit, Infinity, this.payload.tokens[step]);
    markHeld(this.equations, this.held, this.heldWord, step, unit);
    this.strips.show(step, unit);
  }

  draw({ step, unit }) {
    const valueAt = (key, of) => this.values.at(key, step, of);
    this.drawing.update({ valueAt, widthAt: (key) => this.values.width(key), shown: withChosen(this.payload.shown, unit), unit });
  }

  // The step is shown whole here, so the pulse runs through all sub-steps of this cell.
  showWay(moved, duration) {
    this.pulse.finish();
    if (moved) this.pulse.run({ ...moved, last: this.payload.scene.phases.length - 1 }, { duration, along: moved.onward });
  }

  dress(colours) {
    this.pulse?.finish();
    this.svg.replaceChildren();
    const { words, scales, scene } = this.payload;
    this.drawing = new Drawing(this.svg, scene, {
      colours,
      words,
      scales,
      onHover: (part, event) => this.pointAt(part, event),
      onPick: (unit) => this.pair.cursor.choose(unit),
      onOpen: (part, event) => this.pointAt(part, event), // a tap shows what hovering shows
    });
    this.pulse = new Pulse(this.drawing, prefersStillness());
    this.markApart(scene);
    this.strips.recolour(colours);
  }

  pointAt(part, event) {
    const lines = part && aboutNow(this.payload, this.values, this.pair.cursor, part.value);
    return lines ? this.pair.tooltip.show(lines, event) : this.pair.tooltip.hide();
  }

  // From the drawing and the equations that stood here: lines that are not what they were light up.
  moveFrom(was, { lines, opened }) {
    moveFrom(was, this.drawing);
    this.equations.openLine(opened?.signal);
    this.equations.showNumbers();
    const before = new Map(lines.map(({ equation }) => [equation.signal, equation.mathml]));
    for (const { root, equation } of this.equations.lines) {
      root.classList.toggle("just-changed", before.get(equation.signal) !== equation.mathml);
    }
  }

  // A light behind the wires and round the parts that the other drawing does not have: where most of
  // them are others, there is nothing to single out.
  markApart({ wires, nodes }) {
    const differs = (about) => this.apart.has(String(identity(about)));
    const isFew = 2 * [...wires, ...nodes].filter(differs).length <= wires.length + nodes.length;
    const here = (about) => isFew && differs(about);
    const light = (wire) => shape("polyline", { class: "apart-wire", points: wire.points.join(" "), "stroke-width": wire.spread + 12 });
    this.drawing.root.querySelector(".wires").before(shape("g", { class: "apart-wires" }, ...wires.filter(here).map(light)));
    for (const { about, root } of this.drawing.nodes) root.classList.toggle("apart", here(about));
  }

  measure() {
    this.strips.paint();
  }

  // Dragging on a strip asks for its gate to be held over these steps. The strip itself hears of the
  // press only by where the pointer is, which it says all the while.
  drawOn(strip, signal) {
    const { canvas } = strip;
    const { steps } = this.payload;
    const stepAt = (event) => {
      const box = canvas.getBoundingClientRect();
      return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * steps), 0), steps - 1);
    };
    const ghost = element("div", { class: "held-span drawing-span", hidden: true });
    strip.root.append(ghost);
    strip.root.classList.add("holdable");
    let first = null;
    const show = (last) => ghost.setAttribute("style", spanStyle(Math.min(first, last), Math.max(first, last), steps));
    const listen = (event, action) => canvas.addEventListener(event, action, { signal, capture: true });
    listen("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      first = stepAt(event);
      ghost.hidden = false;
      show(first);
    });
    listen("pointermove", (event) => {
      if (first !== null) show(stepAt(event));
    });
    listen("pointerup", (event) => {
      if (first === null) return;
      event.stopImmediatePropagation();
      const last = stepAt(event);
      ghost.hidden = true;
      const [from, to] = [Math.min(first, last), Math.max(first, last)];
      first = null;
      this.pair.ask({ signal: strip.signal.name, from, to, unit: this.pair.cursor.unit });
    });
    listen("pointercancel", () => {
      first = null;
      ghost.hidden = true;
    });
  }
}

// What makes a part or a wire the same in both drawings.
function identity(about) {
  return "label" in about ? [about.id, about.label] : [about.value, about.to, about.kind];
}

function spanStyle(from, to, steps) {
  return `--from: ${from / steps}; --wide: ${(to - from + 1) / steps}`;
}

// The same sequence again is shown at the same unit and step, or where something newly held has its
// effect; else what the address says, else at the effect, else where something is held or to be seen.
function startOf({ left, right, held, opens, address }, before) {
  const { unit } = right.start;
  const t = opens ?? held.at(-1)?.from ?? right.start.t;
  if (before?.data.left.steps === left.steps && before.data.left.units === left.units) {
    return { step: held.length > before.data.held.length ? t : before.cursor.step, unit: before.cursor.unit };
  }
  const asked = addressed(address, left.steps, left.units);
  return { step: asked.step ?? t, unit: asked.unit ?? unit };
}
