// The output layer: under h the line that makes an answer of it, and opened what each unit says for and
// against a candidate.
//
// The logits are those that the network computed. The terms V h are worked out here, for the one
// candidate that is looked at, and their sum is held against its logit on the screen.

import { leaveFocus } from "./button.js";
import { element, fill, setAttributes, setText } from "./dom.js";
import { percent, written, writtenFinely } from "../math/numbers.js";
import { drawnFrom, ranked, softmax, termsOf } from "../math/output.js";
import { symbols } from "./symbols.js";
import { Values } from "../state/values.js";

const ROWS = 10; // candidates that are seen at first
const UNITS = 7; // terms of a side that are seen; the rest is one row

export class Output {
  constructor(payload, values, { onUnit, onPoint }, signal) {
    const { output } = payload;
    Object.assign(this, { payload, values, output, words: output.words, onUnit });
    this.numbers = new Values({ V: output.weight, b: output.bias, y: output.outputs });
    this.count = output.candidates.length || 1;
    this.title = this.words.title;
    this.asked = null; // the candidate that was chosen; null for the likeliest
    this.pointed = null;
    this.line = this.buildLine(onPoint, signal);
    this.root = this.build(signal);
  }

  buildLine(onPoint, signal) {
    const formula = symbols(this.output.mathml, this.payload.signals);
    this.opener = element("button", { type: "button", class: "output-formula", "aria-label": `${this.title}: ${formula.textContent.trim()}`, "aria-expanded": "false" }, formula); // MathML alone names no button
    leaveFocus(this.opener);
    this.value = element("span", { class: "output-value" });
    this.inNumbers = element("div", { class: "output-numbers" });
    const root = element("div", { class: "output-line" }, this.opener, this.value, this.inNumbers);
    // What has no strand in the drawing: V and b. Of all else the equations tell.
    const point = (event) => {
      const about = this.output.about[event.target.closest?.("[data-about]")?.dataset.about];
      if (!about) return;
      event.stopPropagation();
      onPoint([about.name, about.meaning, about.shape], event);
    };
    root.addEventListener("pointerover", point, { signal });
    return root;
  }

  build(signal) {
    const { words, output } = this;
    this.side = output.candidates.length ? this.buildCandidates(signal) : null;
    this.of = element("h2", {});
    this.ups = new Side(words.up, (unit) => this.onUnit(unit), words, signal);
    this.downs = new Side(words.down, (unit) => this.onUnit(unit), words, signal);
    this.steps = element("ul", { class: "opened-said" });
    const terms = element("div", { class: "output-terms" }, this.of, element("div", { class: "output-sides" }, this.ups.root, this.downs.root), this.steps);
    return element("div", { class: "output-opened" }, element("p", { class: "opened-told" }, words.told, " ", words.shared), element("div", { class: "output-both" }, this.side, terms));
  }

  buildCandidates(signal) {
    const { words } = this;
    this.rows = Array.from({ length: this.count }, () => new Candidate(this.output.drawing !== null));
    this.list = element("div", { class: "candidates" }, ...this.rows.map(({ root }) => root));
    const asked = (event) => {
      const place = this.rows.findIndex(({ root }) => root === event.target.closest?.("button"));
      return place < 0 ? null : this.order[place];
    };
    const on = (name, act) => this.list.addEventListener(name, act, { signal });
    on("pointerover", (event) => this.point(asked(event)));
    on("pointerleave", () => this.point(null));
    on("focusin", (event) => event.target.matches(":focus-visible") && this.point(asked(event)));
    on("focusout", () => this.point(null));
    on("click", (event) => asked(event) !== null && this.ask(asked(event)));
    this.more = element("button", { type: "button", class: "opened-more", hidden: this.count <= ROWS });
    this.more.addEventListener("click", () => this.showAll(!this.all), { signal });
    leaveFocus(this.more);
    this.showAll(false);
    const heads = [words.answer, words.logit, words.probability, ...(this.output.drawing ? [words.drawn_from] : [])];
    const head = element("div", { class: "candidate-head", "aria-hidden": "true" }, ...heads.map((text) => element("span", {}, text)));
    return element("div", { class: this.output.drawing ? "output-candidates drawing-from" : "output-candidates" }, head, this.list, this.more);
  }

  showAll(all) {
    this.all = all;
    this.rows.forEach(({ root }, place) => (root.hidden = !all && place >= ROWS));
    setText(this.more, all ? this.words.fewer : fill(this.words.all, { count: this.count }));
  }

  point(candidate) {
    if (candidate === this.pointed) return;
    this.pointed = candidate;
    this.showTerms();
  }

  // A second time gives it back to the likeliest.
  ask(candidate) {
    this.choose(candidate === this.asked ? null : candidate);
  }

  choose(candidate) {
    this.asked = candidate;
    if (this.step === undefined) return;
    this.showLine();
    if (this.isOpen) this.showOpened();
  }

  // Another network is asked for the same answer, where it has the same ones.
  keep({ asked, output }) {
    if (JSON.stringify(output.candidates) === JSON.stringify(this.output.candidates)) this.asked = asked;
  }

  // What makes the answer of h at a step, as it is read: of a logit as it is, of a forecast in its unit.
  weightsOf(step) {
    const candidate = this.asked ?? this.order[0];
    const { spread, centre } = this.output.number ?? { spread: 1, centre: 0 };
    const weights = Array.from({ length: this.payload.units }, (_, unit) => spread * this.numbers.at("V", candidate, unit));
    return { candidate, weights, bias: spread * this.numbers.at("b", 0, candidate) + centre, now: spread * this.numbers.at("y", step, candidate) + centre };
  }

  // Logits, (O,), after a step, and the terms of one of them.
  logits(step) {
    return Array.from({ length: this.count }, (_, candidate) => this.numbers.at("y", step, candidate));
  }

  termsOf(candidate, step) {
    const units = Array.from({ length: this.payload.units }, (_, unit) => unit);
    return termsOf(units.map((unit) => this.numbers.at("V", candidate, unit)), units.map((unit) => this.values.at("h", step, unit)), this.numbers.at("b", 0, candidate));
  }

  text(candidate) {
    return this.output.candidates[candidate] ?? "";
  }

  // A logit, or a forecast in its unit.
  answer(output) {
    const { number } = this.output;
    return number ? `${written(output * number.spread + number.centre, number.decimals)} ${number.unit}`.trim() : written(output, 2);
  }

  show(step, isLater) {
    Object.assign(this, { step, isLater });
    this.now = this.logits(step);
    this.p = softmax(this.now);
    this.order = ranked(this.now);
    this.showLine();
    if (this.isOpen) this.showOpened();
  }

  get shown() {
    return this.pointed ?? this.asked ?? this.order[0];
  }

  showLine() {
    const candidate = this.asked ?? this.order[0];
    const { up, down, bias, sum } = this.termsOf(candidate, this.step);
    const { number } = this.output;
    this.line.classList.toggle("later", this.isLater);
    setText(this.value, this.isLater ? "…" : number ? this.answer(sum) : `${this.text(candidate)} ${percent(this.p[candidate])}`);
    const said = { text: this.text(candidate), up: written(up, 2), down: written(down, 2), bias: written(bias, 2), sum: written(sum, 2) };
    setText(this.inNumbers, this.isLater ? "…" : fill(this.words.line, said));
  }

  open(isOpen) {
    this.isOpen = isOpen;
    this.opener.setAttribute("aria-expanded", String(isOpen));
    this.line.classList.toggle("open", isOpen);
    if (isOpen && this.step !== undefined) this.showOpened();
  }

  showOpened() {
    if (this.side) this.showCandidates();
    this.showTerms();
  }

  showCandidates() {
    const { now, p, order, words } = this;
    const token = this.payload.tokens[this.step];
    const reach = Math.max(...now.map(Math.abs)) || 1;
    const from = this.drawnFrom();
    const drawn = token.predictions.find((guess) => guess.drawn)?.text;
    this.rows.forEach((row, place) => {
      const candidate = order[place];
      const text = this.text(candidate);
      row.show({ text, logit: now[candidate], reach, p: p[candidate], from: from?.[candidate], drawn: from !== null && text === drawn, came: text === token.target, asked: candidate === this.asked });
      setAttributes(row.root, { "aria-label": fill(words.candidate, { rank: place + 1, text, logit: written(now[candidate], 2), p: percent(p[candidate]) }) });
    });
  }

  // What is drawn from at this step, null where the network only reads.
  drawnFrom() {
    const { drawing } = this.output;
    if (!drawing || this.step < drawing.given - 1) return null;
    const { temperature, top_k: topK, top_p: topP } = drawing;
    return drawnFrom(this.now, { temperature, topK, topP });
  }

  showTerms() {
    if (!this.isOpen) return;
    const { words, shown } = this;
    const text = this.text(shown);
    const found = this.termsOf(shown, this.step);
    const sides = [found.terms.map((term, unit) => [term, unit]).filter(([term]) => term > 0), found.terms.map((term, unit) => [term, unit]).filter(([term]) => term < 0)];
    const reach = Math.max(...found.terms.map(Math.abs), Math.abs(found.bias)) || 1;
    setText(this.of, text ? `“${text}”` : words.title);
    const made = (unit) => `${written(this.numbers.at("V", shown, unit), 2)} · ${written(this.values.at("h", this.step, unit), 2)}`;
    [this.ups, this.downs].forEach((side, place) => side.show({ text, all: sides[place], sum: place ? found.down : found.up, reach, made }));
    for (const row of this.rows ?? []) row.root.classList.remove("pointed");
    this.rows?.[this.order.indexOf(shown)].root.classList.add("pointed");
    this.steps.replaceChildren(...this.said(found, text).map((sentence) => element("li", {}, sentence)));
  }

  // How the sum becomes the answer, number by number.
  said({ up, down, bias, sum }, text) {
    const { words, shown, now } = this;
    const { number, drawing } = this.output;
    const sums = `${written(up)} ${signed(down)} ${signed(bias)} (${words.bias}) = ${written(sum)}`;
    const found = [sums, fill(words.proof, { sum: written(sum), output: written(now[shown]), apart: small(sum - now[shown]) })];
    if (number) return [...found, fill(words.in_unit, { spread: written(number.spread), centre: written(number.centre), value: this.answer(sum).replace(` ${number.unit}`, ""), unit: number.unit })];
    const total = now.reduce((all, logit) => all + Math.exp(logit), 0);
    found.push(fill(words.softmax, { logit: written(sum, 2), odds: written(Math.exp(now[shown])), total: written(total, 2), count: this.count, p: percent(this.p[shown]) }));
    const from = this.drawnFrom();
    if (from === null) return found;
    if (drawing.temperature === 0) return [...found, words.coldest];
    found.push(fill(words.heated, { temperature: drawing.temperature, text, p: percent(from[shown]) }));
    const left = from.filter((share) => share > 0).length;
    if (left < this.count) found.push(fill(words.cut, { count: left, all: this.count }));
    return found;
  }
}

// For looks.js: the number of the answer that is asked for; `then` is told of another.
export function askedAnswer(output, then) {
  const set = (candidate) => {
    output.choose(candidate === "" ? null : candidate);
    then();
  };
  return { part: "answer", options: ["", ...output.output.candidates.keys()], first: "", now: () => output.asked ?? "", set };
}

const signed = (value) => (value < 0 ? `− ${written(-value)}` : `+ ${written(value)}`);

// 0 or a power of ten: how far two numbers are apart.
export const small = (difference) => (difference === 0 ? "0" : writtenFinely(Math.abs(difference)));

// One candidate: its logit as a signed bar, its probability, and where it writes what is drawn from.
class Candidate {
  constructor(draws) {
    this.mark = element("span", { class: "mark" });
    this.text = element("span", { class: "candidate-text" });
    this.bar = element("span", { class: "term-bar" });
    this.logit = element("span", { class: "candidate-number" });
    this.p = element("span", { class: "candidate-p" });
    this.from = draws ? element("span", { class: "candidate-p" }) : null;
    const name = element("span", { class: "candidate-name" }, this.mark, this.text);
    const track = element("span", { class: "term-track", "aria-hidden": "true" }, this.bar);
    this.root = element("button", { type: "button", class: "candidate", "aria-pressed": "false" }, name, element("span", { class: "candidate-logit" }, track, this.logit), this.p, this.from);
    leaveFocus(this.root);
  }

  show({ text, logit, reach, p, from, drawn, came, asked }) {
    setText(this.mark, drawn ? "▸" : "");
    setText(this.text, text);
    showBar(this.bar, logit / reach);
    setText(this.logit, written(logit, 2));
    setText(this.p, percent(p));
    this.p.style.setProperty("--p", p.toFixed(3));
    if (this.from) {
      setText(this.from, from === undefined ? "" : from === 0 ? "–" : percent(from));
      this.from.style.setProperty("--p", (from ?? 0).toFixed(3));
    }
    this.root.classList.toggle("came", came);
    this.root.setAttribute("aria-pressed", String(asked));
  }
}

function showBar(bar, share) {
  bar.style.setProperty("--share", share.toFixed(4));
  bar.classList.toggle("negative", share < 0);
}

// The units of one side, the strongest first.
class Side {
  constructor(heading, onUnit, words, signal) {
    Object.assign(this, { heading, words });
    this.head = element("h3", {});
    this.rows = Array.from({ length: UNITS }, () => new UnitRow());
    this.rest = new UnitRow();
    this.list = element("div", { class: "output-units" }, ...this.rows.map(({ root }) => root), this.rest.root);
    this.root = element("div", { class: "output-side" }, this.head, this.list);
    const press = (event) => {
      const row = this.rows.find(({ root }) => root === event.target.closest("button"));
      if (row) onUnit(row.unit);
    };
    this.list.addEventListener("click", press, { signal });
  }

  show({ text, all, sum, reach, made }) {
    const { words, rows } = this;
    const { nobody } = words;
    const sorted = all.sort(([one], [other]) => Math.abs(other) - Math.abs(one));
    setText(this.head, `${fill(this.heading, { text })}: ${all.length ? written(sum, 2) : nobody}`);
    const seen = sorted.length > UNITS + 1 ? UNITS : UNITS + 1; // one alone is no rest
    [...rows, this.rest].forEach((row, place) => {
      const [term, unit] = sorted[place] ?? [0, null];
      row.root.hidden = place >= Math.min(seen, sorted.length);
      if (!row.root.hidden) row.show(unit, fill(words.of_unit, { unit }), made(unit), term, term / reach);
    });
    if (sorted.length <= UNITS + 1) return;
    const others = sorted.slice(UNITS).reduce((total, [term]) => total + term, 0);
    this.rest.root.hidden = false;
    this.rest.show(null, fill(words.others, { count: sorted.length - UNITS }), "", others, others / reach);
  }
}

class UnitRow {
  constructor() {
    this.name = element("span", { class: "unit-name" });
    this.made = element("span", { class: "unit-made" });
    this.bar = element("span", { class: "term-bar" });
    this.number = element("span", { class: "term-number" });
    this.root = element("button", { type: "button", class: "output-unit" }, this.name, this.made, element("span", { class: "term-track", "aria-hidden": "true" }, this.bar), this.number);
    leaveFocus(this.root);
  }

  show(unit, name, made, term, share) {
    this.unit = unit;
    setText(this.name, name);
    setText(this.made, made);
    showBar(this.bar, share);
    setText(this.number, written(term));
    this.root.disabled = unit === null;
  }
}
