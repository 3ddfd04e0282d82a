// The equations as the author wrote them, the numbers of one unit at one step put in for the symbols,
// and, for the line that is opened, what each term added.

import { leaveFocus } from "./button.js";
import { element, fill, setText } from "./dom.js";
import { FunctionCurve } from "./functions.js";
import { finelyAlike, written } from "../math/numbers.js";
import { symbols } from "./symbols.js";

export class Equations {
  constructor(payload, values, words, onUnit, signal) {
    Object.assign(this, { values, words, opened: null });
    this.lines = payload.equations.map((equation) => new EquationLine(equation, payload, words, () => this.toggle(equation)));
    this.picker = unitPicker(payload.units, words, onUnit, signal);
    this.where = element("span", { class: "equations-where" });
    const listed = (folded) => element("div", { class: "equation-list" }, ...this.lines.filter(({ equation }) => equation.folded === folded).map((line) => line.root));
    const others = this.lines.filter(({ equation }) => equation.folded).length;
    const label = element("summary", {}, fill(words.other_lines, { count: others }));
    this.rest = others ? element("details", { class: "equation-rest" }, label, listed(true)) : null;
    if (this.rest) leaveFocus(label);
    this.root = element(
      "section",
      { class: "equations", "aria-label": words.equations },
      element("header", { class: "equations-header" }, this.picker.root, this.where),
      listed(false),
      this.rest,
    );
  }

  toggle(equation) {
    this.openLine(this.opened === equation ? null : equation.signal);
    this.showNumbers();
  }

  // The line of this signal and no other; none, if there is no such line.
  openLine(signal) {
    this.opened = this.lines.find(({ equation }) => equation.signal === signal)?.equation ?? null;
    this.root.classList.toggle("opened", this.opened !== null);
    if (this.opened?.folded) this.rest.open = true;
    for (const line of this.lines) line.open(line.equation === this.opened);
  }

  show(step, unit, phase, token) {
    if (unit !== this.unit) {
      for (const line of this.lines) line.measure(this.values, unit);
      this.picker.show(unit);
    }
    Object.assign(this, { step, unit, phase });
    setText(this.where, fill(this.words.at_step, { t: step + 1, token: token.text }));
    this.showNumbers();
  }

  // The values are others.
  revalue() {
    this.unit = undefined;
  }

  // The pulse has reached this signal: its line answers.
  touch(signal) {
    const line = this.lines.find(({ equation }) => equation.signal === signal);
    line?.value.animate([{ transform: "scale(1)" }, { transform: "scale(1.22)", offset: 0.3 }, { transform: "scale(1)" }], { duration: 360 });
  }

  // The numbers of a signal's line, put in for its symbols; nothing for what has no line.
  substituted(signal) {
    return this.lines.find(({ equation }) => equation.signal === signal)?.numbers.textContent ?? "";
  }

  showNumbers() {
    const number = (key) => this.values.at(key, this.step, this.unit);
    for (const line of this.lines) line.show(number, this.phase);
  }
}

// For looks.js: which line is opened.
export function openedLine(equations, part = "line") {
  const set = (signal) => {
    equations.openLine(signal);
    equations.showNumbers();
  };
  return { part, options: ["", ...equations.lines.map(({ equation }) => equation.signal)], first: "", now: () => equations.opened?.signal ?? "", set };
}

function unitPicker(units, words, onUnit, signal) {
  const options = Array.from({ length: units }, (_, unit) => element("option", { value: unit }, unit));
  const select = element("select", { class: "unit-select", "aria-label": fill(words.unit_of, { units }) }, ...options);
  select.addEventListener("change", () => onUnit(Number(select.value)), { signal });
  const root = element("label", { class: "unit-picker" }, element("span", {}, words.unit), select);
  return {
    root,
    show: (unit) => {
      select.value = String(unit);
    },
  };
}

class EquationLine {
  constructor(equation, payload, words, onToggle) {
    this.equation = equation;
    this.isFine = payload.towards < 0; // gradients shrink by powers of ten
    const { role, scale, range, limit, title } = payload.signals.find(({ name }) => name === equation.signal);
    const alike = payload.training ? limit : null; // one scale for the whole training
    this.limit = range && Number.isFinite(range[1]) ? Math.max(Math.abs(range[0]), range[1]) : alike;
    this.signed = scale === "signed";

    const id = `terms-${equation.signal}`;
    const math = inPieces(symbols(equation.mathml, payload.signals));
    const said = `${title}: ${math.map((piece) => piece.textContent.trim()).join(" ")}`; // MathML alone names no button
    this.button = element("button", { type: "button", class: "equation-line", "aria-label": said, "aria-expanded": "false", "aria-controls": id, "data-key": equation.signal }, ...math);
    this.button.addEventListener("click", onToggle);
    leaveFocus(this.button);
    this.value = element("span", { class: "equation-value", "data-key": equation.signal, "data-part": "value" });
    this.meter = element("span", { class: `meter ${this.signed ? "signed" : ""}`, "aria-hidden": "true" }, element("span", { class: "meter-bar" }));
    this.numbers = element("div", { class: "equation-numbers" });
    this.spans = substituted(this.numbers, equation.substituted);
    this.terms = new Terms(equation, payload, words, id);
    this.root = element(
      "div",
      { class: "equation", "data-role": role, "data-signal": equation.signal },
      this.button,
      element("div", { class: "equation-result", "data-key": equation.signal }, this.value, this.meter),
      this.numbers,
      this.terms.root,
    );
  }

  open(opened) {
    this.button.setAttribute("aria-expanded", String(opened));
    this.terms.root.hidden = !opened;
    this.root.classList.toggle("open", opened);
  }

  // Bars are drawn against the largest value that this unit reaches at any step; those of the terms
  // are asked for only when the line is open.
  measure(values, unit) {
    const { signal, terms, pre } = this.equation;
    const largest = (key) => {
      let most = 0;
      const { steps, numbers, width } = values.array(key);
      for (let step = 0; step < (steps ? numbers.length / width : 1); step++) most = Math.max(most, Math.abs(values.at(key, step, unit)));
      return most;
    };
    this.reach = this.limit ?? (largest(signal) || 1);
    this.terms.reach = null;
    this.ofTerms = () => Math.max(...terms.map(({ key }) => largest(key)), pre ? largest(pre) : 0) || 1;
  }

  show(number, phase) {
    const later = this.equation.phase > phase;
    this.root.classList.toggle("later", later);
    const value = number(this.equation.signal);
    const write = this.isFine ? finelyAlike([value, ...this.spans.map(({ key }) => number(key))]) : written;
    setText(this.value, later ? "…" : write(value));
    this.meter.style.setProperty("--share", later ? 0 : (value / this.reach).toFixed(4));
    this.meter.classList.toggle("negative", value < 0);
    for (const { span, key } of this.spans) setText(span, later ? "…" : writtenWithin(span, number(key), write));
    if (this.terms.root.hidden) return;
    this.terms.reach ??= this.ofTerms();
    this.terms.show(number, later, write);
  }
}

// Mathematics that says where it may be broken, as one <math> a piece: a line breaks between them.
function inPieces(math) {
  const pieces = [...math.querySelectorAll(":scope > .piece")].map((piece) => {
    const own = math.cloneNode(false);
    own.append(piece);
    return own;
  });
  return [math, ...pieces];
}

// The right side with a number for every symbol; returns the spans that hold the numbers.
// A sign in front of a negative number becomes its minus; behind a factor it gets parentheses.
function substituted(root, parts) {
  const spans = [];
  for (const part of parts) {
    if ("text" in part) root.append(element("span", { class: "operator" }, part.text));
    else {
      const span = element("span", { class: "number", "data-key": part.key, "data-place": part.place });
      span.dataset.sign = part.sign;
      root.append(span);
      spans.push({ span, key: part.key });
    }
  }
  return spans;
}

function writtenWithin(span, value, write) {
  const { place, sign } = span.dataset;
  if (place === "summand") {
    const negative = (sign === "-") !== value < 0;
    return ` ${negative ? "−" : "+"} ${write(Math.abs(value))}`;
  }
  return place === "factor" && value < 0 ? `(${write(value)})` : write(value);
}

// One signed bar a term, their sum, the function, the value.
class Terms {
  constructor(equation, payload, words, id) {
    this.equation = equation;
    this.rows = equation.terms.map((term) => new TermRow(term.key, termLabel(term, payload.signals), term.from));
    const explained = [];
    if (equation.function) {
      this.sum = new TermRow(equation.pre, element("span", { class: "term-sum" }, "Σ"), words.sum);
      this.sum.root.classList.add("sum");
      this.curve = new FunctionCurve(equation.function.tree, fill(words.curve, { function: equation.function.sign }));
      this.result = element("span", { class: "curve-result" });
      explained.push(this.sum.root);
    }
    const table = element("div", { class: "term-rows" }, ...this.rows.map((row) => row.root), ...explained);
    this.root = element("div", { class: "terms", id, hidden: true }, table);
    if (this.curve) this.root.append(element("div", { class: "term-curve" }, this.curve.root, this.result));
  }

  show(number, later, write) {
    for (const row of [...this.rows, this.sum].filter(Boolean)) row.show(later ? NaN : number(row.key), this.reach, write);
    if (!this.curve) return;
    const [pre, value] = [number(this.equation.pre), number(this.equation.signal)];
    this.curve.root.classList.toggle("later", later);
    if (!later) this.curve.show(pre, value);
    const { before, after } = this.equation.function;
    setText(this.result, later ? "…" : `${before}${written(pre)}${after} = ${written(value)}`);
  }
}

function termLabel(term, signals) {
  const label = element("span", {}, symbols(term.mathml, signals));
  if (term.sign < 0) label.prepend("−");
  return label;
}

class TermRow {
  constructor(key, label, from) {
    this.key = key;
    this.bar = element("span", { class: "term-bar" });
    this.number = element("span", { class: "term-number", "data-key": key, "data-part": "term" });
    this.root = element(
      "div",
      { class: "term", "data-key": key },
      element("span", { class: "term-label" }, label),
      element("span", { class: "term-from" }, from),
      element("span", { class: "term-track", "aria-hidden": "true" }, this.bar),
      this.number,
    );
  }

  show(value, reach, write) {
    const share = Number.isFinite(value) ? value / reach : 0;
    this.bar.style.setProperty("--share", share.toFixed(4));
    this.bar.classList.toggle("negative", share < 0);
    setText(this.number, Number.isFinite(value) ? write(value) : "…");
  }
}
