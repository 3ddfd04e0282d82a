// What the memory of the chosen unit is made of: what of it was written at each step, the same after every
// step as a stack, and what of it an answer has.
//
// Everything is worked out here from what was kept and written at each step (math/shares.js), and only
// while this is open.

import { paintOf } from "../math/colours.js";
import { element, fill, setAttributes, setText } from "./dom.js";
import { written } from "../math/numbers.js";
import { namesIn, sharesAt, sharesOfAnswer, sharesThroughout, total } from "../math/shares.js";
import { small } from "./output.js";
import { scrub } from "./scrub.js";
import { Axis } from "./strips.js";
import { symbols } from "./symbols.js";
import { widthOf } from "./tokens.js";
import { Values } from "../state/values.js";

const MOST = 3; // steps that are named as those that count most
const [STRONG, LIGHT] = [0.8, 0.5]; // of the colour: neighbouring bands of a stack can be told apart

export class Memory {
  // `output` is the drawer of the output layer, where there is one.
  constructor(payload, values, { onStep, onPoint, output }, signal) {
    const { memory } = payload;
    Object.assign(this, { payload, values, memory, words: memory.words, onPoint, output });
    this.title = this.words.title;
    this.pointed = null; // the step whose share is pointed at
    if (memory.why) {
      this.root = element("p", { class: "opened-told" }, memory.why);
      return;
    }
    this.besides = new Values(memory.besides);
    this.starts = memory.initial ? new Values({ start: memory.initial }) : null;
    this.answers = output && memory.shown.length > 0;
    this.build(onStep, signal);
  }

  get steps() {
    return this.payload.steps;
  }

  build(onStep, signal) {
    const { words, payload, memory } = this;
    const { symbol, title } = payload.signals.find(({ name }) => name === memory.state);
    this.name = title;
    this.where = element("span", {});
    this.sum = element("p", { class: "memory-sum" });
    this.bars = new Plot("memory-bars", [symbols(symbol, payload.signals)], words.share);
    this.stack = new Plot("memory-stack", [symbols(symbol, payload.signals)], words.throughout);
    this.plots = [this.bars, this.stack];
    this.said = element("ul", { class: "opened-said" });
    if (this.answers) {
      this.picker = this.buildPicker(signal);
      this.part = new Plot("memory-bars", [this.picker ?? words.forecast], words.of_answer);
      this.plots.push(this.part);
    }
    const row = (kind, texts) => element("div", { class: `memory-row ${kind}`, style: `--steps: ${payload.steps}`, "aria-hidden": "true" }, ...texts.map((text) => element("span", {}, text)));
    this.read = row("memory-read", payload.tokens.map(({ text }) => text));
    this.numbers = row("memory-numbers", payload.tokens.map(() => ""));
    this.cursor = element("div", { class: "strips-cursor" });
    this.axis = new Axis(payload, payload.words);
    const over = element("div", { class: "strips-plot", style: `--steps: ${payload.steps}`, "aria-hidden": "true" }, this.cursor);
    this.frame = element("div", { class: "memory-plots" }, ...[this.read, this.numbers].map((one) => element("div", { class: "memory-over" }, element("span", { class: "gutter" }, one === this.read ? payload.words.reads : ""), one)), ...this.plots.map(({ root }) => root), over, this.axis.root);
    for (const plot of this.plots) {
      const point = (step, event) => this.point(plot, step, event);
      scrub(plot.canvas, payload.steps, { onStep, onPoint: point, onLeave: () => this.leave() }, signal);
    }
    scrub(this.axis.ticks, payload.steps, { onStep }, signal);
    this.root = element("div", { class: "memory-opened" }, element("p", { class: "opened-told" }, words.told, " ", words.not_told), element("h2", {}, title, " ", this.where), this.sum, this.frame, this.said);
  }

  // Of which answer: the likeliest, or one that is chosen. A forecast is the only one.
  buildPicker(signal) {
    const { words, output } = this;
    if (output.count === 1) return null;
    const options = [words.likeliest, ...output.output.candidates].map((text, place) => element("option", { value: place ? place - 1 : "" }, text));
    const select = element("select", { "aria-label": words.answer }, ...options);
    const choose = () => {
      output.choose(select.value === "" ? null : Number(select.value));
      this.showAnswer();
      select.blur();
    };
    select.addEventListener("change", choose, { signal });
    return select;
  }

  open(isOpen) {
    this.isOpen = isOpen && !this.memory.why;
    if (!this.isOpen) return;
    this.measure();
  }

  recolour(colours) {
    this.colours = colours;
    this.paint();
  }

  // The values are others.
  revalue() {
    this.all = null;
  }

  measure() {
    if (!this.isOpen) return;
    for (const plot of this.plots) plot.measure();
    this.axis.paint();
    this.fit();
    this.paint();
  }

  // What was read stands over its column, upright where that has no room for it, and so do the numbers:
  // all of them or none.
  fit() {
    const column = this.numbers.parentElement.clientWidth && this.plots[0].canvas.clientWidth / this.steps / parseFloat(getComputedStyle(this.numbers).fontSize);
    const longest = Math.max(...this.payload.tokens.map(({ text }) => widthOf(text)));
    this.read.classList.toggle("upright", longest + 0.3 > column);
    this.read.parentElement.hidden = column < Math.min(longest + 0.3, 1.3);
    this.numbers.parentElement.hidden = column < 3.2;
  }

  show(step, unit) {
    if (unit !== this.unit) this.all = null;
    Object.assign(this, { step, unit });
    this.paint();
  }

  of(key, unit) {
    const values = this.besides.has(key) ? this.besides : this.values;
    return (step) => values.at(key, step, unit);
  }

  start(unit) {
    return this.starts ? this.starts.at("start", 0, unit) : 0;
  }

  sharesOf(unit, step) {
    const { kept, written: write } = this.memory;
    return sharesAt(this.of(kept, unit), this.of(write, unit), step, this.start(unit));
  }

  // The shares after every step, and how far bars and bands reach.
  takeApart() {
    const { memory, unit } = this;
    this.all = sharesThroughout(this.of(memory.kept, unit), this.of(memory.written, unit), this.steps, this.start(unit));
    this.reach = Math.max(...this.all.map(({ shares }) => shares.reduce((most, share) => Math.max(most, Math.abs(share)), 0)), 1e-9);
    this.height = Math.max(...this.all.map(({ shares, start }) => stacked([...shares, start])), 1e-9);
  }

  paint() {
    if (!this.isOpen || this.step === undefined || !this.colours) return;
    const { unit, step, words, payload } = this;
    if (!this.all) this.takeApart();
    const { reach, height } = this;
    this.now = this.all[step];
    const colour = paintOf({ scale: "signed" }, this.colours);
    this.cursor.style.transform = `translateX(${step * 100}%)`;
    setText(this.where, fill(words.of_unit, { unit, t: step + 1, token: payload.tokens[step].text }));
    this.bars.paint(this.colours, (pen) => pen.bars(this.now.shares, this.steps, reach, colour, this.pointed));
    this.bars.tell(reach, fill(words.picture, { name: this.name, unit, most: this.most(this.now.shares) }));
    this.stack.paint(this.colours, (pen) => pen.stack(this.all, height, colour, this.pointed));
    this.stack.tell(height, fill(words.stack_picture, { name: this.name, unit }));
    this.number();
    this.showSum();
    this.showAnswer();
  }

  // Over the bars what was read, and the numbers.
  number() {
    [...this.numbers.children].forEach((one, step) => setText(one, step <= this.step ? written(this.now.shares[step], 2) : ""));
    [...this.read.children].forEach((one, step) => one.classList.toggle("now", step === this.step));
  }

  most(shares) {
    const places = [...shares.keys()].sort((one, other) => Math.abs(shares[other]) - Math.abs(shares[one]));
    const named = (step) => fill(this.words.at, { token: this.payload.tokens[step].text, t: step + 1, share: written(shares[step]) });
    return places.slice(0, MOST).map(named).join(this.words.join);
  }

  // The sum, said with its numbers.
  showSum() {
    const { words, memory, now, step, unit } = this;
    const sum = total(now.shares) + now.start;
    const value = this.values.at(memory.state, step, unit);
    const parts = [fill(words.sum, { count: step + 1, sum: written(sum), memory: written(value) })];
    if (this.starts) parts.push(fill(words.start, { start: written(now.start) }));
    parts.push(fill(words.most, { most: this.most(now.shares) }));
    setText(this.sum, parts.join(" "));
  }

  // How far sum and memory are apart at most: proved where it was computed, or here where it is now.
  get apart() {
    if (this.memory.apart !== null) return this.memory.apart;
    const ends = Array.from({ length: this.payload.units }, (_, unit) => {
      const { shares, start } = this.sharesOf(unit, this.step);
      return Math.abs(total(shares) + start - this.values.at(this.memory.state, this.step, unit));
    });
    return Math.max(...ends);
  }

  showAnswer() {
    if (!this.isOpen || !this.now) return;
    const { words } = this;
    const said = [fill(words.proof, { apart: small(this.apart) })];
    if (this.answers) said.push(...this.answered());
    else if (this.output) said.push(words.no_answer);
    this.said.replaceChildren(...said.map((sentence) => element("li", {}, sentence)));
  }

  answered() {
    const { words, output, payload, memory, step } = this;
    if (this.picker) this.picker.value = output.asked ?? "";
    const units = Array.from({ length: payload.units }, (_, unit) => unit);
    const { candidate, weights, bias, now } = output.weightsOf(step);
    const [shown] = memory.shown;
    const given = Object.fromEntries(namesIn(shown).map((name) => [name, Float64Array.from(units, (unit) => this.values.at(name, step, unit))]));
    const found = sharesOfAnswer({ weights, shares: units.map((unit) => this.sharesOf(unit, step)), shown, state: memory.state, given });
    const reach = Math.max(...found.shares.map(Math.abs), 1e-9);
    const colour = paintOf({ scale: "signed" }, this.colours);
    this.part.paint(this.colours, (pen) => pen.bars(found.shares, this.steps, reach, colour, this.pointed));
    const text = output.text(candidate);
    this.part.tell(reach, fill(words.part_picture, { text, most: this.most(found.shares) }));
    Object.assign(this, { found, answer: now });
    const rest = now - found.fromMemory - bias;
    const sums = fill(words.answer_sum, { text, shares: written(total(found.shares), 2), start: written(found.start + rest, 2), bias: written(bias, 2), sum: written(total(found.shares) + found.start + rest + bias, 2), answer: written(now, 2) });
    const bent = Math.abs(found.bent) < 1e-6 * Math.max(Math.abs(now), 1) ? words.straight : fill(words.bent, { shares: written(total(found.shares), 2), without: written(total(found.without), 2), bent: written(found.bent, 2) });
    return [sums, bent];
  }

  // A bar, or a band of the stack, in words; it is lit in all pictures.
  point(plot, column, event) {
    const { words, payload, memory, unit } = this;
    const at = plot === this.stack ? column : this.step;
    const step = plot === this.stack ? this.stack.bandAt(this.all[column], event) : column;
    this.light(step !== null && step <= this.step ? step : null);
    if (step === null || step > at) return this.onPoint(null, event);
    const place = (t) => fill(words.place, { t: t + 1, token: payload.tokens[t].text });
    const { shares } = this.all[at];
    const write = this.of(memory.written, unit)(step);
    const lines = [fill(words.written_at, { place: place(step) }), fill(words.point, { written: written(write), kept: written(write === 0 ? 0 : shares[step] / write), place: place(at), share: written(shares[step]) })];
    if (plot === this.part) lines.push(fill(words.point_answer, { share: written(this.found.shares[step], 2), without: written(this.answer - this.found.without[step], 2) }));
    return this.onPoint(lines, event);
  }

  leave() {
    this.light(null);
    this.onPoint(null);
  }

  light(step) {
    if (step === this.pointed) return;
    this.pointed = step;
    this.paint();
  }
}

// How high the bands of one step are on both sides of zero: the larger of the two.
function stacked(shares) {
  const side = (sign) => total(shares.map((share) => Math.max(sign * share, 0)));
  return Math.max(side(1), side(-1));
}

// A row: what it shows, and a canvas with a column for each step.
class Plot {
  constructor(kind, label, name) {
    this.canvas = element("canvas", { role: "img" });
    this.ends = element("span", { class: "strip-ends" });
    const labelled = element("div", { class: "strip-label gutter" }, element("span", { class: "strip-symbol" }, ...label), this.ends, element("span", { class: "strip-name" }, name));
    this.root = element("div", { class: `memory-plot ${kind}` }, labelled, this.canvas);
  }

  measure() {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 3);
    Object.assign(this, { ratio, width: Math.round(this.canvas.clientWidth * ratio), height: Math.round(this.canvas.clientHeight * ratio) });
  }

  tell(reach, label) {
    setText(this.ends, `±${Number(reach.toPrecision(2))}`);
    setAttributes(this.canvas, { "aria-label": label });
  }

  paint(colours, draw) {
    const { canvas, width, height, ratio } = this;
    if (!width || !height) return;
    Object.assign(canvas, { width, height });
    const pen = new Pen(canvas.getContext("2d"), width, height, ratio, colours);
    draw(pen);
    pen.zero();
    this.reach = pen.reach;
  }

  // The step whose band of a stack the pointer is on; null where it is on none.
  bandAt({ shares }, event) {
    const box = this.canvas.getBoundingClientRect();
    const value = (1 - (2 * (event.clientY - box.top)) / box.height) * this.reach;
    let edge = 0;
    for (let step = 0; step < shares.length; step++) {
      if (Math.sign(shares[step]) !== Math.sign(value)) continue;
      edge += shares[step];
      if (Math.abs(edge) >= Math.abs(value)) return step;
    }
    return null;
  }
}

// Columns over zero in the middle.
class Pen {
  constructor(context, width, height, ratio, colours) {
    Object.assign(this, { context, width, height, ratio, colours });
  }

  y(value) {
    return (this.height / 2) * (1 - value / this.reach);
  }

  block(column, steps, from, to, colour) {
    const left = Math.round((column * this.width) / steps);
    const right = Math.round(((column + 1) * this.width) / steps);
    const gap = right - left > 6 ? Math.round(this.ratio) : 0;
    const [top, bottom] = [this.y(Math.max(from, to)), this.y(Math.min(from, to))];
    this.context.fillStyle = colour;
    this.context.fillRect(left + gap, top, right - left - 2 * gap, Math.max(bottom - top, from === to ? 0 : 1));
  }

  bars(values, steps, reach, colour, lit) {
    this.reach = 1.06 * reach;
    values.forEach((value, step) => this.block(step, steps, 0, value, step === lit ? this.colours.text : css(colour(Math.sign(value)))));
  }

  // Oldest next to zero; the sum is a line.
  stack(all, height, colour, lit) {
    this.reach = 1.06 * height;
    all.forEach(({ shares, start }, column) => {
      const edges = { 1: 0, [-1]: 0 };
      const add = (value, painted) => {
        const sign = value < 0 ? -1 : 1;
        this.block(column, all.length, edges[sign], edges[sign] + value, painted);
        edges[sign] += value;
      };
      shares.forEach((share, step) => add(share, step === lit ? this.colours.text : css(colour(Math.sign(share) * (step % 2 ? LIGHT : STRONG)))));
      if (start) add(start, this.colours.muted);
    });
    this.line(all.map(({ shares, start }) => total(shares) + start));
  }

  line(sums) {
    const { context, width, ratio, colours } = this;
    for (const [style, thick] of [[colours.background, 4], [colours.text, 1.8]]) {
      context.beginPath();
      sums.forEach((sum, column) => {
        const [left, right] = [column, column + 1].map((edge) => (edge * width) / sums.length);
        context[column ? "lineTo" : "moveTo"](left, this.y(sum));
        context.lineTo(right, this.y(sum));
      });
      Object.assign(context, { strokeStyle: style, lineWidth: thick * ratio });
      context.stroke();
    }
  }

  zero() {
    this.context.fillStyle = this.colours.muted;
    this.context.fillRect(0, Math.round(this.height / 2), this.width, Math.max(1, Math.round(this.ratio / 2)));
  }
}

const css = ([red, green, blue]) => `rgb(${red} ${green} ${blue})`;
