// The stage: token strip, drawing, equations and heat strips under one cursor.
//
// Python decides what is shown and sends it whole; from then on everything happens here. The view is
// built once for a run and its words; a new theme recolours it, a new run builds another.

import { aboutNow, drawingNow } from "../parts/about.js";
import { addressed } from "../state/address.js";
import { button } from "../parts/button.js";
import { themed } from "../math/colours.js";
import { BY_PHASE, Cursor, speedOf } from "../state/cursor.js";
import { element, fill, setAttributes, shape } from "../parts/dom.js";
import { Drawers, openedDrawer } from "../parts/drawers.js";
import { Drawing } from "../parts/drawing.js";
import { Equations, openedLine } from "../parts/equations.js";
import { frameHeld, markHeld } from "../parts/held.js";
import { Highlight, markLit, reportKeys } from "../state/highlight.js";
import { listenToKeys, steering } from "../state/keys.js";
import { Panel } from "../parts/panel.js";
import { Legend, helpPanel, looksOfStrips, viewPanel } from "../parts/legend.js";
import { moveFrom, whereabouts } from "../parts/motion.js";
import { Memory } from "../parts/memory.js";
import { Notes } from "../parts/notes.js";
import { written } from "../math/numbers.js";
import { Output, askedAnswer } from "../parts/output.js";
import { canFilm, filmed } from "../parts/film.js";
import { drawingAlone, picture, saveAs, sizeAlone } from "../parts/picture.js";
import { Pulse } from "../parts/pulse.js";
import { keepScale } from "../parts/scaled.js";
import { sequenceOf } from "../parts/sequence.js";
import { valuesOf } from "../state/snapshots.js";
import { Strips } from "../parts/strips.js";
import { announcement } from "../parts/tokens.js";
import { Tooltip } from "../parts/tooltip.js";
import { Training, pictureOf } from "../parts/training.js";
import { Transport } from "../parts/transport.js";
import { Unrolled, widthOfLanes } from "../parts/unrolled.js";
import { View, prefersStillness, viewIn, withChosen } from "../parts/view.js";

export const PICTURE_EVENT = "lstm-viz:picture";
const [FILMED, FILMED_MS] = [6, 450]; // steps in a film, and how long each sub-step is seen
const HELD = 200; // milliseconds: keys that come faster are held down, and nobody follows a pulse then

export default function mount({ data: [payload], parentElement, setTriggerValue, offline = false }) {
  const root = parentElement.querySelector(".stage");
  shownIn(root, payload, { offline }).pin = (after) => setTriggerValue("pinned", after);
  return () => root.view?.leave();
}

// The stage of this payload in this element. It listens to keys wherever they are pressed, unless
// `keys` is an element: then to those pressed in there.
export function shownIn(root, payload, { offline = false, keys = document }) {
  return viewIn(root, payload.id, (before) => new Stage(root, payload, before, offline, keys));
}

class Stage extends View {
  constructor(root, payload, before, offline, keys) {
    super(root, payload.id, payload.address);
    Object.assign(this, { payload, offline, keys, shape: payload });
    const { signal } = this;
    const { words } = payload;
    this.values = valuesOf(payload);
    this.training = payload.training ? this.learning(before, signal) : null;
    if (this.training) this.payload = this.training.payloadNow;
    this.highlight = new Highlight();
    this.cursor = new Cursor({
      steps: payload.steps,
      phases: payload.scene.phases.length,
      towards: payload.towards,
      ...startOf(payload, before?.payload, before?.cursor),
    });
    this.cursor.setSpeed(BY_PHASE);
    const go = (step) => this.go(step);
    this.tokens = sequenceOf(this.payload, go, signal, this.training);
    this.transport = new Transport({ steps: payload.steps, phases: payload.scene.phases }, this.cursor, words, signal);
    this.equations = new Equations(payload, this.values, words, (unit) => this.cursor.choose(unit), signal);
    this.strips = new Strips(
      payload,
      this.values,
      words,
      {
        onStep: go,
        onUnit: (unit) => this.cursor.choose(unit),
        onPoint: (point) => this.pointAtCell(point),
      },
      signal,
    );
    this.unrolled = payload.unrolled ? new Unrolled(payload.unrolled, go, signal) : null;
    this.drawers = new Drawers(this.whatOpens(signal), signal);
    this.legend = new Legend(payload, words);
    this.notes = new Notes(words, (about) => this.explain(about), signal);
    if (before) this.keep(before);
    this.panels = [viewPanel(this.strips, words, signal), helpPanel(words, signal)];
    const was = before && whereabouts(before.drawing);
    this.build(words, signal);
    for (const span of payload.held) frameHeld(this.strips, span, payload.steps);
    this.dress();
    this.listen(signal);
    this.moved();
    moveFrom(was, this.drawing);
    this.begin(this.choices(), before);
  }

  choices() {
    const { cursor, drawers, equations, memory, output, strips, panels, training, unrolled } = this;
    return [...looksOfStrips(strips, panels[0]), openedLine(equations), openedDrawer(drawers), ...(output ? [askedAnswer(output, () => memory?.showAnswer())] : []), speedOf(cursor, BY_PHASE), ...(training ? [pictureOf(training)] : []), ...(unrolled ? [widthOfLanes(unrolled)] : [])];
  }

  // What can be opened below, by the names that the address has for them.
  whatOpens(signal) {
    const { payload, values } = this;
    const found = {};
    const onPoint = (lines, event) => (lines ? this.tooltip.show(lines, event) : this.tooltip.hide());
    if (payload.output) {
      const moves = { onUnit: (unit) => this.cursor.choose(unit), onPoint };
      this.output = found.output = new Output(payload, values, moves, signal);
      found.output.opener.addEventListener("click", () => this.drawers.toggle("output"), { signal });
      this.equations.root.append(found.output.line);
    }
    if (payload.memory) this.memory = found.memory = new Memory(payload, values, { onStep: (step) => this.go(step), onPoint, output: this.output }, signal);
    return found;
  }

  // The cursor through the training, where there is one.
  learning(before, signal) {
    const moves = {
      onSnapshot: () => this.relearnt(),
      onStep: (step) => this.go(step),
      onPoint: (lines, event) => (lines ? this.tooltip.show(lines, event) : this.tooltip.hide()),
      onPin: this.payload.training.pins ? (after) => this.pin(after) : null,
    };
    return new Training(this.payload, this.values, moves, signal, before?.training);
  }

  // How one likes to look at things outlives the run.
  keep({ cursor, drawers, output, strips, equations, unrolled }) {
    if (output && this.output) this.output.keep(output);
    if (drawers.opened in this.drawers.drawers) this.drawers.open(drawers.opened);
    this.cursor.speed = cursor.speed;
    this.strips.arrange({ order: strips.order, scale: strips.scale });
    this.equations.openLine(equations.opened?.signal);
    if (unrolled) this.unrolled?.rescale(unrolled.scale);
  }

  build(words, signal) {
    this.drawingOf = fill(words.drawing, { cell: this.payload.cell.title });
    this.svg = shape("svg", { class: "drawing", "aria-label": this.drawingOf });
    keepScale(this.svg, signal);
    this.svg.style.maxWidth = `${(this.payload.scene.width / 12).toFixed(1)}em`;
    this.live = element("div", { class: "heard", "aria-live": "polite", role: "status" });
    this.tooltip = new Tooltip(this.root);
    this.transport.root.append(
      ...this.panels.map((panel) => panel.root),
      this.saving(words, signal).root,
      button("fullScreen", words.full_screen, () => this.fullScreen(), signal),
    );
    const why = this.payload.shown_why ? element("p", { class: "shown-why" }, this.payload.shown_why) : null;
    const frame = element("div", { class: "drawing-frame" }, this.svg);
    const { question, caption } = this.payload;
    const said = element("p", { class: "caption" }, question ? element("strong", {}, question) : "", question ? " " : "", caption);
    const parts = [frame, this.notes.root, this.transport.phases, this.transport.root, said, why, this.legend.root, this.unrolled?.root];
    const cell = element("section", { class: "cell", "aria-label": words.cell }, ...parts);
    const head = this.training ? element("div", { class: "board-head" }, this.training.root) : "";
    this.board = element("div", { class: "board" }, head, this.tokens.root, cell, this.strips.root, this.equations.root, this.drawers.openers, this.drawers.root);
    this.root.replaceChildren(this.board, this.tooltip.root, this.live);
  }

  saving(words, signal) {
    const offer = (name, save) => {
      const node = element("button", { type: "button", class: "save-choice" }, words[name]);
      node.addEventListener("click", save, { signal });
      return node;
    };
    const choices = [offer("picture", () => this.savePicture()), offer("drawing_alone", () => this.saveDrawing())];
    if (canFilm()) choices.push(offer("film", () => this.saveFilm()));
    const panel = new Panel("picture", words.save, choices, signal);
    this.panels.push(panel);
    return panel;
  }

  listen(signal) {
    const { cursor } = this;
    cursor.on("play", () => this.tell());
    this.highlight.on((key) => this.lit(key));
    const known = (key) => (this.values.has(key) ? key : (this.payload.aliases[key] ?? null));
    reportKeys(this.equations.root, known, (key, event) => this.pointAt(key, event), signal);
    reportKeys(this.strips.root, known, (key) => this.highlight.set(key), signal);
    listenToKeys(this.actions(), (node) => node === this.transport.scrubber, signal, this.keys);
    addEventListener(PICTURE_EVENT, () => this.savePicture(), { signal });
    this.resizes(() => this.measure());
  }

  actions() {
    return {
      ...steering(this.cursor),
      ...this.training?.actions,
      fullScreen: () => this.fullScreen(),
      close: () => this.panels.some((panel) => panel.close()) || this.notes.closeAll(),
    };
  }

  // A new step, phase or unit: every number, strand and strip in one frame, and then the way there.
  moved() {
    this.pulse.finish();
    const { step, unit, phase } = this.cursor;
    const token = this.payload.tokens[step];
    this.root.dataset.step = step + 1;
    this.root.dataset.unit = unit;
    this.tokens.show(step);
    this.transport.show(this.cursor, token);
    this.equations.show(step, unit, phase, token);
    markHeld(this.equations, this.payload.held, this.payload.words.held, step, unit);
    this.strips.show(step, unit);
    this.notes.show();
    this.output?.show(step, phase < this.cursor.phases - 1);
    this.memory?.show(step, unit);
    this.unrolled?.show(step);
    this.training?.show(step, unit);
    this.draw();
    this.showWay();
    this.address.show(this.cursor, this.training?.addressed);
    if (!this.cursor.playing) this.tell();
  }

  // The same sequence after other training: every value is another one.
  relearnt() {
    this.payload = this.training.payloadNow;
    this.strips.revalue();
    this.tokens.retell(this.payload.tokens, this.payload.series);
    this.equations.revalue();
    this.memory?.revalue();
    this.moved();
  }

  draw() {
    const { step, unit, phase } = this.cursor;
    this.drawing.update({ valueAt: (key, of) => this.values.at(key, step, of), widthAt: (key) => this.values.width(key), shown: this.shown(unit), unit, phase });
  }

  // What goes round and what runs through the wires, of a step or a sub-step.
  showWay() {
    const { moved, playing, room, towards } = this.cursor;
    const before = this.movedAt ?? -Infinity;
    this.movedAt = performance.now();
    if (!moved || (!playing && this.movedAt - before < HELD)) return;
    this.pulse.run(moved, { duration: room, along: moved.onward === towards > 0, said: (signal) => this.equations.touch(signal) });
  }

  // The strands; the chosen unit is always among them.
  shown(unit) {
    if (this.shownFor !== unit) {
      this.shownNow = withChosen(this.payload.shown, unit);
      this.shownFor = unit;
    }
    return this.shownNow;
  }

  tell() {
    this.announce(this.live, () => {
      this.describe();
      return announcement(this.payload.tokens[this.cursor.step], this.cursor.step, this.payload.words);
    });
  }

  // What the pictures show now, for whoever hears them.
  describe() {
    setAttributes(this.svg, { "aria-label": drawingNow(this.drawingOf, this.payload, this.values, this.cursor) });
    this.strips.describe(this.cursor);
  }

  dress() {
    this.colours = themed(this.root);
    this.pulse?.finish();
    this.svg.replaceChildren();
    this.drawing = new Drawing(this.svg, this.payload.scene, {
      colours: this.colours,
      words: this.payload.words,
      scales: this.payload.scales,
      onHover: (part, event) => this.pointAt(part ? part.value : null, event),
      onPick: (unit) => this.cursor.choose(unit),
      onOpen: (about) => this.notes.toggle(about),
    });
    this.pulse = new Pulse(this.drawing, prefersStillness());
    this.strips.recolour(this.colours);
    this.memory?.recolour(this.colours);
    this.unrolled?.dress(this.colours.dark);
    this.training?.recolour(this.colours);
    this.draw();
  }

  measure() {
    this.tokens.measure();
    this.strips.paint();
    this.memory?.measure();
    this.unrolled?.measure();
    this.training?.paint();
  }

  // In the drawing a term lights what it is made of, where it has no wire of its own.
  lit(key) {
    markLit(this.equations.root, key);
    markLit(this.strips.root, key);
    this.drawing.highlight(key === null ? null : (this.payload.lights[key] ?? key));
  }

  pointAt(key, event) {
    this.highlight.set(key);
    // Going back, a name whose wires part has no gradient of its own here.
    const lines = this.about(key);
    // Never over the terms of a line that is open, which say the same and more.
    if (!lines || event?.target?.closest?.(".equation.open")) return this.tooltip.hide();
    return this.tooltip.show(lines, event);
  }

  about(key) {
    return aboutNow(this.payload, this.values, this.cursor, key);
  }

  // The same for a note, with the equation's numbers; not before its sub-step has come.
  explain({ value, signal, phase }) {
    const lines = this.about(value);
    if (!lines) return null;
    const [name, meaning, , now] = lines;
    const isLater = phase > this.cursor.phase;
    return [name, meaning, isLater ? "…" : this.equations.substituted(signal), isLater ? "" : now];
  }

  pointAtCell(point) {
    if (!point) return this.tooltip.hide();
    const { signal, step, unit, event } = point;
    const { words, tokens } = this.payload;
    const value = written(this.values.at(signal.name, step, unit));
    const where = fill(words.step_reads, { t: step + 1, token: tokens[step].text });
    return this.tooltip.show([signal.title, where, fill(words.value_of_unit, { unit, value })], event);
  }

  async savePicture() {
    this.pulse.finish();
    const blob = await picture(this.root, this.board, this.transport.root, this.colours, this.said());
    saveAs(blob, `${this.fileName}.png`);
  }

  saveDrawing() {
    this.pulse.finish();
    saveAs(drawingAlone(this.svg, this.payload.scene, this.colours, this.said()), `${this.fileName}.svg`);
  }

  // The next steps, sub-step by sub-step; afterwards it stands where it stood.
  async saveFilm() {
    const { step } = this.cursor;
    const name = this.fileName;
    const { film, ending } = await filmed(this.pictures(), sizeAlone(this.payload.scene, this.said()), FILMED_MS);
    this.cursor.go(step);
    saveAs(film, `${name}.${ending}`);
  }

  *pictures() {
    const { cursor } = this;
    const left = Math.abs(cursor.end - cursor.step);
    let step = left < FILMED - 1 ? cursor.end - cursor.towards * Math.min(FILMED - 1, cursor.steps - 1) : cursor.step;
    for (let count = 0; count < Math.min(FILMED, cursor.steps); count++, step += cursor.towards) {
      cursor.go(step);
      for (let phase = 0; phase < cursor.phases; phase++) {
        cursor.toPhase(phase);
        this.pulse.finish();
        yield drawingAlone(this.svg, this.payload.scene, this.colours, this.said());
      }
    }
  }

  get fileName() {
    const { step, unit } = this.cursor;
    return `${this.payload.file_name}-t${step + 1}-unit${unit}`;
  }

  // What a picture says that leaves the page: what it is of, what is found, and where it is from.
  said() {
    const { cell, caption, tokens, words, steps, task } = this.payload;
    const { step, unit } = this.cursor;
    const moment = fill(words.moment, { cell: cell.title, t: step + 1, steps, token: tokens[step].text, unit });
    const { protocol, href } = window.location;
    return { title: [task, moment].filter(Boolean).join(" · "), finding: caption, source: fill(words.source, { address: protocol.startsWith("http") ? href : "" }).trim() };
  }

  leave() {
    super.leave();
    this.pulse.finish();
  }
}

// Where to begin: what the address says; else where there is something to see. Another network that
// reads the same sequence is shown at the same step; the same cell, with other weights, at its unit.
function startOf(payload, before, cursor) {
  const { t, unit } = payload.start;
  if (before) {
    const sameTokens = texts(before) === texts(payload);
    const sameUnits = sameTokens && before.cell.name === payload.cell.name && before.units === payload.units;
    return { step: sameTokens ? cursor.step : t, unit: sameUnits ? cursor.unit : unit };
  }
  const asked = addressed(payload.address, payload.steps, payload.units);
  return { step: asked.step ?? t, unit: asked.unit ?? unit, phase: asked.phase };
}

function texts({ tokens }) {
  return JSON.stringify(tokens.map(({ text }) => text));
}
