// The second cursor: how far the training has come. A picture shows one signal of the chosen unit at
// every step of the sequence (downwards) and every moment of the training (to the right), so that one
// sees when a gate opened; below it runs the loss.

import { addressed } from "../state/address.js";
import { button } from "./button.js";
import { pixelsOf } from "../math/colours.js";
import { Cursor } from "../state/cursor.js";
import { element, fill, setAttributes, setText, shape } from "./dom.js";
import { icon } from "./icons.js";
import { written } from "../math/numbers.js";
import { scrub } from "./scrub.js";
import { widthOf } from "./tokens.js";

const MOMENTS_A_SECOND = 4;
const AT_ONCE_MS = 8; // of work on moments that nobody has asked for yet

export class Training {
  // `before` is the same bar of an earlier payload: whoever stood at its newest moment stays at the
  // newest, everybody else where they were.
  constructor(payload, values, { onSnapshot, onStep, onPoint, onPin }, signal, before) {
    const { training, signals } = payload;
    const { snapshots } = training;
    Object.assign(this, { payload, values, words: training.words, snapshots, onPoint });
    const count = snapshots.length;
    const start = before?.isAtEnd ? count - 1 : nearest(snapshots, before?.after ?? addressed(payload.address, 1, 1).after);
    this.cursor = new Cursor({ steps: count, phases: 1, step: start, unit: 0 });
    this.cursor.speed = MOMENTS_A_SECOND;
    values.now = start;
    this.chosen = signals.find(({ name }) => name === (before?.chosen.name ?? training.signal)) ?? signals[0];
    this.build(onStep, onPin, signal);
    this.cursor.on("move", () => {
      values.now = this.cursor.step;
      this.mark();
      onSnapshot();
    });
    this.cursor.on("play", () => this.showPlay());
    this.mark();
    if (before?.cursor.playing) this.cursor.play();
    this.waiting = setTimeout(() => this.workAhead(), 0);
    signal.addEventListener("abort", () => this.leave());
  }

  build(onStep, onPin, signal) {
    const { words, cursor, payload, snapshots } = this;
    const [count, steps] = [snapshots.length, payload.steps];
    this.canvas = element("canvas", { role: "img" });
    this.column = element("div", { class: "training-column" });
    this.row = element("div", { class: "training-row" });
    this.loss = shape("svg", { class: "training-loss", viewBox: `0 0 ${count} 1`, preserveAspectRatio: "none", "aria-hidden": "true" }, ...lossOf(snapshots));
    this.marks = element("div", { class: "training-marks" }, ...payload.training.marks.map((mark) => this.marked(mark, signal)));
    this.plot = element("div", { class: "training-plot", style: `--moments: ${count}; --steps: ${steps}` }, this.canvas, this.loss, this.row, this.column);
    this.ofUnit = element("span", { class: "training-unit" });
    this.picker = picker(payload, this.chosen, (name) => this.choose(name), signal);
    const heading = element("div", { class: "training-heading" }, this.picker, this.ofUnit);
    const edges = [1, steps].map((t) => element("span", {}, fill(words.at, { t })));
    const sides = element("div", { class: "training-sides gutter", "aria-hidden": "true" }, ...edges, element("span", { class: "training-loss-label" }, words.loss));
    this.labels = snapshots.map(() => element("span"));
    this.ticks = element("div", { class: "training-ticks", style: `--moments: ${count}`, "aria-hidden": "true" }, ...this.labels);
    this.playButton = button("play", words.learn_play, () => cursor.toggle(), signal);
    this.scrubber = element("input", { type: "range", class: "scrubber", min: 1, max: count, step: 1, "aria-label": words.after });
    this.scrubber.addEventListener("input", () => cursor.go(Number(this.scrubber.value) - 1), { signal });
    this.scrubber.addEventListener("pointerup", () => this.scrubber.blur(), { signal });
    this.where = element("output", { class: "training-where" });
    this.root = element(
      "section",
      { class: "training", "aria-label": words.through_training },
      heading,
      payload.training.marks.length ? element("div", { class: "training-axis" }, element("span", { class: "gutter" }), this.marks) : null,
      element("div", { class: "training-picture" }, sides, this.plot),
      element("div", { class: "training-axis" }, element("span", { class: "gutter" }, words.training_steps), this.ticks),
      element(
        "div",
        { class: "training-bar" },
        button("back", words.learn_back, () => cursor.back(), signal),
        this.playButton,
        button("forward", words.learn_forward, () => cursor.forward(), signal),
        this.scrubber,
        this.where,
        onPin ? button("pin", words.pin, () => onPin(this.after), signal) : null,
      ),
      payload.training.left_out ? element("p", { class: "shown-why" }, payload.training.left_out) : null,
    );
    const to = (moment, event) => {
      if (moment !== cursor.step) cursor.go(moment);
      const step = this.stepAt(event);
      if (step !== null) onStep(step);
    };
    scrub(this.plot, count, { onStep: to, onPoint: (moment, event) => this.point(moment, event), onLeave: () => this.onPoint(null) }, signal);
    scrub(this.ticks, count, { onStep: to }, signal);
  }

  // A sign above a moment that can be pressed; its words are on the side where there is room.
  marked({ moment, role, said }, signal) {
    const count = this.snapshots.length;
    const side = moment * 2 < count ? "right" : "left";
    const node = element("button", { type: "button", class: `training-mark ${side}`, "data-role": role || null, style: `--at: ${(moment + 0.5) / count}`, title: fill(this.words.turned, { said }) }, element("span", { class: "training-sign", "aria-hidden": "true" }, "▼"), element("span", {}, said));
    node.addEventListener("click", () => this.cursor.go(moment), { signal });
    return node;
  }

  get after() {
    return this.snapshots[this.cursor.step].after;
  }

  // What the address says: at the end nothing, so that who watches sees the newest moment, too, when
  // the view is built anew.
  get addressed() {
    return this.isAtEnd ? "" : this.after;
  }

  // "after training step 500"
  said(moment) {
    return fill(this.words.after_steps, { after: this.snapshots[moment].after });
  }

  get afterSaid() {
    return this.said(this.cursor.step);
  }

  get isAtEnd() {
    return this.cursor.step === this.cursor.end;
  }

  get actions() {
    const { cursor } = this;
    return { learnForward: () => cursor.forward(), learnBack: () => cursor.back(), learnToggle: () => cursor.toggle() };
  }

  // The payload as it is at this moment: what is read stays, what was answered to it changes.
  get payloadNow() {
    const { guesses, right, forecast } = this.snapshots[this.cursor.step];
    const tokens = this.payload.tokens.map((token, step) => ({
      ...token,
      right: right[step],
      predictions: guesses[step].map(([text, p]) => ({ text, p: p ?? null })),
    }));
    return { ...this.payload, tokens, series: forecast ? { ...this.payload.series, forecast } : this.payload.series };
  }

  get guesses() {
    return [...new Set(this.snapshots.flatMap(({ guesses }) => guesses.flatMap((row) => row.map(([text]) => text))))];
  }

  get forecasts() {
    return this.snapshots.map(({ forecast }) => forecast);
  }

  // Where the pointer is in the picture, as a step of the sequence; null below it.
  stepAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientY - box.top) / box.height;
    return share < 0 || share >= 1 ? null : Math.floor(share * this.payload.steps);
  }

  choose(name) {
    this.chosen = this.payload.signals.find((one) => one.name === name);
    this.paint();
  }

  // The moment's numbers and the place of the cursor.
  mark() {
    const { cursor, words } = this;
    const { loss, metric } = this.snapshots[cursor.step];
    this.column.style.transform = `translateX(${cursor.step * 100}%)`;
    this.scrubber.value = String(cursor.step + 1);
    const said = [this.afterSaid, loss === null ? "" : fill(words.loss_is, { loss }), metric].filter(Boolean);
    setText(this.where, said.join(" · "));
    this.scrubber.setAttribute("aria-valuetext", said.join(words.comma));
  }

  show(step, unit) {
    this.row.style.transform = `translateY(${step * 100}%)`;
    if (unit !== this.unit) {
      this.unit = unit;
      setText(this.ofUnit, fill(this.words.of_unit, { unit }));
      this.paint();
    }
  }

  recolour(colours) {
    this.colours = colours;
    this.paint();
  }

  showPlay() {
    const { playing } = this.cursor;
    const [name, label] = playing ? ["pause", this.words.learn_pause] : ["play", this.words.learn_play];
    this.playButton.replaceChildren(icon(name));
    setAttributes(this.playButton, { "data-icon": name, "aria-label": label, title: label });
  }

  // One pixel for each value, then each moment stretched to its column. What has not been worked out
  // yet stays empty for an instant.
  paint() {
    if (!this.colours || this.unit === undefined) return;
    const { canvas, chosen, values, unit } = this;
    const { steps } = this.payload;
    const count = this.snapshots.length;
    setAttributes(canvas, { "aria-label": [fill(this.words.learning, { name: chosen.title, unit }), this.where.textContent].filter(Boolean).join(this.words.comma) });
    const pixelOf = pixelsOf(chosen, this.colours);
    const pixels = new Uint32Array(count * steps);
    for (let moment = 0; moment < count; moment++) {
      if (!values.isKnown(moment)) continue;
      for (let step = 0; step < steps; step++) pixels[step * count + moment] = pixelOf(values.of(moment, chosen.name, step, unit) / chosen.limit);
    }
    Object.assign(canvas, { width: count, height: steps });
    canvas.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer), count, steps), 0, 0);
    this.label();
  }

  // The numbers of training steps that have room, and always the last one.
  label() {
    const size = parseFloat(getComputedStyle(this.ticks).fontSize);
    const column = this.ticks.clientWidth / this.labels.length / size;
    if (!column) return;
    const last = this.labels.length - 1;
    const room = (moment) => widthOf(String(this.snapshots[moment].after)) + 0.6;
    let free = -Infinity;
    this.labels.forEach((label, moment) => {
      const middle = (moment + 0.5) * column;
      const fits = moment === last || (middle - room(moment) / 2 >= free && middle + room(moment) / 2 <= (last + 0.5) * column - room(last) / 2);
      setText(label, fits ? String(this.snapshots[moment].after) : "");
      if (fits) free = middle + room(moment) / 2;
    });
  }

  // Every moment is worked out sooner or later, a little at a time.
  workAhead() {
    const begun = performance.now();
    const missing = () => this.snapshots.findIndex((_, moment) => !this.values.isKnown(moment));
    let moment = missing();
    while (moment >= 0 && performance.now() - begun < AT_ONCE_MS) {
      this.values.run(moment);
      moment = missing();
    }
    if (moment >= 0) this.waiting = setTimeout(() => this.workAhead(), 0);
    else this.paint();
  }

  point(moment, event) {
    const step = this.stepAt(event);
    if (step === null) return this.onPoint(null);
    const { chosen, unit, values } = this;
    const { words } = this.payload;
    const where = fill(words.step_reads, { t: step + 1, token: this.payload.tokens[step].text });
    const value = fill(words.value_of_unit, { unit, value: written(values.of(moment, chosen.name, step, unit)) });
    return this.onPoint([chosen.title, this.said(moment), where, value], event);
  }

  leave() {
    clearTimeout(this.waiting);
    this.cursor.stop();
  }
}

// For looks.js: of which signal there is a picture.
export function pictureOf(training) {
  const { signals, training: sent } = training.payload;
  const options = signals.map(({ name }) => name);
  const set = (name) => {
    training.choose(name);
    training.picker.value = name;
  };
  return { part: "picture", options, first: options.includes(sent.signal) ? sent.signal : options[0], now: () => training.chosen.name, set };
}

// The place of the moment asked for, of the nearest one if it is not there; else the last.
function nearest(snapshots, after) {
  if (after === null || after === undefined) return snapshots.length - 1;
  const away = snapshots.map((snapshot) => Math.abs(snapshot.after - after));
  return away.indexOf(Math.min(...away));
}

// The loss at each moment, on a logarithmic scale: the highest above, the lowest below. The whole
// height is at least a halving, so that a loss that stays is a level line and no mountain.
function lossOf(snapshots) {
  const points = snapshots.map(({ loss }, moment) => [moment + 0.5, loss]).filter(([, loss]) => loss > 0);
  if (points.length < 2) return [];
  const logs = points.map(([, loss]) => Math.log(loss));
  const high = Math.max(...logs);
  const height = Math.max(high - Math.min(...logs), Math.LN2);
  const y = (log) => 0.1 + (0.8 * (high - log)) / height;
  return [shape("polyline", { points: points.map(([x], index) => `${x},${y(logs[index]).toFixed(3)}`).join(" ") })];
}

function picker({ signals, training: { words } }, chosen, onChoose, signal) {
  const options = signals.map(({ name, title }) => element("option", { value: name, selected: name === chosen.name }, title));
  const select = element("select", { class: "training-picker", "aria-label": words.picture_of }, ...options);
  select.addEventListener(
    "change",
    () => {
      onChoose(select.value);
      select.blur();
    },
    { signal },
  );
  return select;
}
