// Layers of cells over time: one column a word, one row a layer and direction, an answer on top.
//
// The cursor walks through the rounds of the computation: in each one all cells are computed that wait
// for nothing any more. Looped, the same network is drawn once, each row where it is at that moment.

import { themed, shaded, signedColour } from "../math/colours.js";
import { Cursor, speedOf } from "../state/cursor.js";
import { element, fill, setAttributes, setText, shape } from "../parts/dom.js";
import { listenToKeys, steering } from "../state/keys.js";
import { percent } from "../math/numbers.js";
import { keepScale } from "../parts/scaled.js";
import { widthOf } from "../parts/tokens.js";
import { Transport } from "../parts/transport.js";
import { Values } from "../state/values.js";
import { View, viewIn } from "../parts/view.js";

const COLUMN = 72;
const LEFT = 104;
const LETTERS = 13; // the size of a word, in pixels
const WORDS = 22; // the height of the row of words, where they lie
const SMALLEST = 0.45; // of its own size: below that a cell's squares are not told apart
const PITCH = 88; // from a row to the one above it
const CELL = 10; // one unit's square
const GAP = 46; // between a layer and the next, where h is laid side by side
const BYPASS = 22; // how far beside a box a wire passes it
const THICK = 5;

const SPEED = 2; // steps a second

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".stack");
  viewIn(root, data.id, (before) => new Stack(root, data, before));
  return () => root.view?.leave();
}

class Stack extends View {
  constructor(root, data, before) {
    super(root, data.id, data.address);
    Object.assign(this, { data, words: data.words, shape: { steps: data.steps, units: 1 } });
    const { signal } = this;
    this.values = new Values(data.values);
    this.T = data.tokens.length;
    const step = (before ? null : this.wanted.step) ?? data.steps - 1;
    this.cursor = new Cursor({ steps: data.steps, phases: 1, unit: 0, step });
    if (before) this.cursor.speed = before.cursor.speed;
    this.looped = before?.looped ?? false;
    const first = (data.answers.find(({ right }) => right !== null) ?? data.answers[0]).at;
    this.asked = first;
    this.transport = new Transport({ steps: data.steps }, this.cursor, this.words, signal);
    this.build(signal);
    this.dress();
    listenToKeys(steering(this.cursor), (node) => node === this.transport.scrubber, signal);
    this.begin(this.choices(first), before);
  }

  choices(first) {
    return [
      speedOf(this.cursor, SPEED),
      { part: "view", options: ["unrolled", "looped"], first: "unrolled", now: () => (this.looped ? "looped" : "unrolled"), set: (view) => this.look(view === "looped") },
      { part: "asked", options: this.data.answers.map(({ at }) => at), first, now: () => this.asked, set: (at) => this.ask(at) },
    ];
  }

  build(signal) {
    this.picture = shape("svg", { role: "group", "aria-label": this.words.picture });
    keepScale(this.picture, signal);
    this.frame = element("div", { class: "stack-picture" }, this.picture);
    this.says = element("p", { class: "stack-says", "aria-live": "polite" });
    this.depends = element("p", { class: "stack-depends" });
    this.views = ["unrolled", "looped"].map((view) => {
      const node = element("button", { type: "button" }, this.words[view]);
      node.addEventListener("click", () => this.look(view === "looped"), { signal });
      return node;
    });
    const views = element("div", { class: "stack-views", role: "group", "aria-label": this.words.views }, ...this.views);
    const width = element("p", { class: "stack-legend" }, this.words.legend_width);
    this.root.replaceChildren(element("div", { class: "stack-bar" }, this.transport.root, views), this.depends, this.frame, this.says, width);
    this.resizes(() => this.room !== this.frame.clientWidth && this.draw());
  }

  look(looped) {
    this.looped = looped;
    this.draw();
  }

  dress() {
    this.colours = themed(this.root);
    this.draw();
  }

  // Everything is drawn anew for a view; a round only changes what is told apart by it.
  draw() {
    this.views.forEach((node, number) => setAttributes(node, { "aria-pressed": String((number === 1) === this.looped) }));
    const columns = this.looped ? 1 : this.T;
    const { rows, words } = this.data;
    const last = rows.at(-1);
    this.fit(columns);
    this.bottom = this.heightOf(last) + 168 + 2 * this.line;
    const width = this.left + columns * COLUMN + (this.looped ? 330 : 16);
    const height = this.bottom + 14 + this.foot - WORDS;
    this.picture.replaceChildren();
    setAttributes(this.picture, { viewBox: `0 0 ${width} ${height}`, width, height });
    this.picture.style.setProperty("--natural", `${width}px`);
    this.picture.style.setProperty("--smallest", SMALLEST);
    this.wires = [];
    this.boxes = [];
    for (const row of rows) this.text(this.left - 22, this.y(row) + 4, row.title, { class: "stack-row", "text-anchor": "end" });
    this.text(this.left - 22, this.y(last) - 72, words.head, { class: "stack-row", "text-anchor": "end" });
    for (let column = 0; column < columns; column += 1) this.column(column);
    this.moved();
    if (!this.looped) this.bringIntoView(this.asked ?? 0);
  }

  // A word of a sentence that is wider than its frame; the page itself does not scroll.
  bringIntoView(column) {
    const { clientWidth, scrollWidth, scrollLeft } = this.frame;
    if (scrollWidth <= clientWidth) return;
    const middle = (this.x(column) / this.picture.viewBox.baseVal.width) * scrollWidth;
    const isSeen = Math.abs(middle - scrollLeft - clientWidth / 2) < clientWidth / 3;
    if (!isSeen) this.frame.scrollTo({ left: middle - clientWidth / 2, behavior: "instant" });
  }

  // Where there is less room the picture shrinks and its words do not, so they ask for more of it;
  // those of the sentence stand upright where they would meet. From SMALLEST on it is scrolled.
  fit(columns) {
    this.room = this.frame.clientWidth;
    const natural = LEFT + columns * COLUMN + 16;
    const pixel = Math.max(1, natural / Math.max(this.room || natural, SMALLEST * natural)); // units of the picture
    const longest = (LETTERS + 1) * pixel * Math.max(...this.data.tokens.map(({ text }) => widthOf(text)));
    const titles = [this.words.head, ...this.data.rows.map(({ title }) => title)];
    this.left = Math.max(LEFT, BYPASS + 8 + LETTERS * pixel * Math.max(...titles.map(widthOf)));
    this.line = 14 * pixel; // from a line of words to the next
    this.isUpright = !this.looped && longest > COLUMN - 4;
    this.foot = this.isUpright ? longest + 10 : WORDS;
  }

  // How far the middle of a row lies above that of the lowest one.
  heightOf(row) {
    const ways = this.data.rows.filter((other) => other.layer === 0).length;
    return row.layer * (ways * PITCH + GAP) + (row.way === "backward" ? PITCH : 0);
  }

  y(row) {
    return this.bottom - 76 - this.heightOf(row);
  }

  x(column) {
    return this.left + (column + 0.5) * COLUMN;
  }

  column(column) {
    const { rows, answers } = this.data;
    const x = this.x(column);
    for (const row of rows) this.box(row, column, x, this.y(row));
    const answer = answers.find(({ at }) => at === column);
    if (this.looped || answer) this.top(answer, column, x);
    if (!this.looped) this.token(column, x, answer);
  }

  // The wires that reach a box, the box, and the wires that leave it.
  box(row, column, x, y) {
    const { rows, units } = this.data;
    const both = rows.some(({ way }) => way === "backward");
    const upper = row.way === "backward";
    const half = (Math.ceil(units / 2) * CELL) / 2 + 4;
    const from = row.layer === 0 ? this.bottom - 26 : this.junction(row.layer);
    const below = upper ? `M${x} ${from} v-6 q0 -6 -6 -6 h${6 - BYPASS} q-6 0 -6 -6 V${y + 6} q0 -6 6 -6 H${x - CELL - 4}` : `M${x} ${from} V${y + half}`;
    this.wire("below", row, column, below, row.layer ? rows.filter(({ layer }) => layer === row.layer - 1) : null);
    const to = row.layer === rows.at(-1).layer ? this.y(rows.at(-1)) - 60 : this.junction(row.layer + 1);
    const above = both && !upper ? `M${x + CELL + 4} ${y} H${x + BYPASS - 6} q6 0 6 -6 V${to + 12} q0 -6 -6 -6 H${x + 6} q-6 0 -6 -6` : `M${x} ${y - half} V${to}`;
    if (this.looped || row.layer < rows.at(-1).layer || this.data.answers.some(({ at }) => at === column)) this.wire("above", row, column, above, [row]);
    this.neighbour(row, column, x, y);
    const squares = Array.from({ length: units }, (_, unit) =>
      shape("rect", { x: x - CELL + (unit % 2) * CELL, y: y - half + 4 + Math.floor(unit / 2) * CELL, width: CELL - 1, height: CELL - 1 }),
    );
    const frame = shape("rect", { class: "stack-frame", x: x - CELL - 4, y: y - half, width: 2 * CELL + 7, height: 2 * half - 1, rx: 4 });
    const group = shape("g", { class: "stack-cell" }, frame, ...squares);
    const title = shape("title");
    group.append(title);
    group.addEventListener("pointerenter", () => this.tell(row, column));
    group.addEventListener("pointerleave", () => this.sayRound());
    this.picture.append(group);
    this.boxes.push({ row, column, group, squares, title });
  }

  neighbour(row, column, x, y) {
    const edge = CELL + 5;
    const back = row.way === "backward";
    if (this.looped) {
      const path = back
        ? `M${x - edge} ${y - 8} h-14 q-8 0 -8 -8 v-14 q0 -8 8 -8 h${2 * edge + 28} q8 0 8 8 v14 q0 8 -8 8 h-10`
        : `M${x + edge} ${y - 8} h14 q8 0 8 -8 v-14 q0 -8 -8 -8 h${-2 * edge - 28} q-8 0 -8 8 v14 q0 8 8 8 h10`;
      this.wire("past", row, column, path, [row], true);
    } else if (!back && column < this.T - 1) this.wire("past", row, column, `M${x + edge} ${y - 8} H${x + COLUMN - edge - 4}`, [row], true);
    else if (back && column > 0) this.wire("past", row, column, `M${x - edge} ${y - 8} H${x - COLUMN + edge + 4}`, [row], true);
  }

  wire(kind, row, column, path, sources, arrow = false) {
    const node = shape("path", { class: `stack-wire ${kind}`, d: path, "marker-end": arrow ? "url(#stack-arrow)" : null });
    if (arrow && !this.picture.querySelector("marker")) this.picture.append(arrowHead());
    this.picture.append(node);
    this.wires.push({ kind, row, column, node, sources });
  }

  // Where what a layer reads is laid side by side.
  junction(layer) {
    const top = Math.min(...this.data.rows.filter((row) => row.layer === layer - 1).map((row) => this.y(row)));
    return top - (Math.ceil(this.data.units / 2) * CELL) / 2 - 22;
  }

  top(answer, column, x) {
    const y = this.y(this.data.rows.at(-1)) - 66;
    const name = this.text(x, y - this.line, "", { class: "stack-answer", "text-anchor": "middle" });
    const share = this.text(x, y, "", { class: "stack-share", "text-anchor": "middle" });
    this.boxes.push({ answer, column, name, share });
  }

  token(column, x, answer) {
    const { text } = this.data.tokens[column];
    const top = this.bottom - WORDS;
    const back = shape("rect", { class: "stack-depend", x: x - COLUMN / 2 + 1, y: top, width: COLUMN - 2, height: this.foot, rx: 4 });
    const place = this.isUpright ? { transform: `translate(${x} ${top + 5}) rotate(-90)`, dy: "0.35em", "text-anchor": "end" } : { x, y: this.bottom - 6, "text-anchor": "middle" };
    const label = shape("text", { ...place, class: answer ? "stack-token asked" : "stack-token" });
    label.textContent = text;
    const group = shape("g", answer ? { role: "button", tabindex: 0, "aria-label": fill(this.words.answers_now, { word: text }) } : {}, back, label);
    if (answer) {
      const ask = () => this.ask(column);
      group.addEventListener("click", ask);
      group.addEventListener("keydown", (event) => event.key === "Enter" && ask());
    }
    this.picture.append(group);
    this.boxes.push({ token: back, column, group });
  }

  text(x, y, words, attributes) {
    const node = shape("text", { x, y, ...attributes });
    node.textContent = words;
    this.picture.append(node);
    return node;
  }

  ask(column) {
    this.asked = column;
    this.moved();
    if (!this.looped) this.bringIntoView(column);
  }

  // ---- a round

  moved() {
    const { step } = this.cursor;
    this.root.dataset.step = step + 1;
    this.transport.show(this.cursor, { text: "" });
    for (const wire of this.wires) this.showWire(wire, step);
    for (const box of this.boxes) {
      if (box.row) this.showBox(box, step);
      else if (box.token) this.showToken(box);
      else this.showAnswer(box, step);
    }
    const answer = this.data.answers.find(({ at }) => at === this.asked);
    setText(this.depends, answer ? answer.said : "");
    this.sayRound();
    this.address.show(this.cursor);
    const computed = this.cursor.moved && !this.looped ? this.data.rows[0].when.indexOf(step) : -1;
    if (computed >= 0) this.bringIntoView(computed);
  }

  // Which word a row is at: its column, or, looped, the last one that it has computed.
  place(row, column, step) {
    if (!this.looped) return column;
    const done = row.when.map((when, t) => [when, t]).filter(([when]) => when <= step);
    return done.length ? done.reduce((one, other) => (other[0] > one[0] ? other : one))[1] : null;
  }

  isThere(row, column, step) {
    const t = this.place(row, column, step);
    return t !== null && row.when[t] <= step;
  }

  showBox({ row, column, group, squares, title }, step) {
    const t = this.place(row, column, step);
    const there = this.isThere(row, column, step);
    group.classList.toggle("there", there);
    group.classList.toggle("now", there && row.when[t] === step);
    squares.forEach((square, unit) => {
      const share = there ? this.values.at(row.values, t, unit) : 0;
      square.setAttribute("fill", there ? `rgb(${signedColour(this.colours, share).join(", ")})` : "none");
    });
    setText(title, t === null ? row.title : this.about(row, t));
  }

  showWire({ row, column, node, sources }, step) {
    const from = sources?.filter((source) => this.isThere(source, column, step)) ?? null;
    const there = from === null || from.length === sources.length;
    const share = from === null ? 0.3 : Math.max(0, ...from.map((source) => this.size(source, this.place(source, column, step))));
    node.classList.toggle("there", there);
    node.style.strokeWidth = there ? 1 + (THICK - 1) * share : 1;
    node.style.stroke = there ? `rgb(${shaded(this.colours.background, this.colours.text, 0.25 + 0.6 * share).join(", ")})` : "";
  }

  // The root of the mean square of h: 1 at most.
  size(row, t) {
    let sum = 0;
    for (let unit = 0; unit < this.data.units; unit += 1) sum += this.values.at(row.values, t, unit) ** 2;
    return Math.sqrt(sum / this.data.units);
  }

  showAnswer({ answer, column, name, share }, step) {
    const shown = this.looped ? this.latest(step) : answer;
    const there = shown && this.data.answered[shown.at] <= step;
    if (!there) {
      setText(name, "");
      setText(share, "");
      return;
    }
    const best = shown.odds[0] >= shown.odds[1] ? 0 : 1;
    const mark = shown.right === null ? "" : shown.right ? " ✓" : " ✗";
    setText(name, this.data.names[best] + mark);
    setText(share, percent(shown.odds[best]));
    name.classList.toggle("wrong", shown.right === false);
  }

  latest(step) {
    const done = this.data.answers.filter(({ at }) => this.data.answered[at] <= step);
    return done.reduce((one, other) => (one === null || this.data.answered[other.at] > this.data.answered[one.at] ? other : one), null);
  }

  showToken({ token, column, group }) {
    const answer = this.data.answers.find(({ at }) => at === this.asked);
    const share = answer ? answer.depends[column] : 0;
    token.style.fill = share > 0.01 ? `rgb(${shaded(this.colours.background, this.colours.accent, 0.45 * share).join(", ")})` : "none";
    token.classList.toggle("asked", column === this.asked);
    if (group.hasAttribute("role")) setAttributes(group, { "aria-pressed": String(column === this.asked) });
  }

  sayRound() {
    const { step } = this.cursor;
    const now = this.data.rows.flatMap((row) =>
      row.when.flatMap((when, t) => (when === step ? [fill(this.words.cell_at, { row: row.title, word: this.data.tokens[t].text })] : [])),
    );
    const answers = this.data.answers.filter(({ at }) => this.data.answered[at] === step);
    const said = [...now, ...answers.map(({ at }) => fill(this.words.answers_now, { word: this.data.tokens[at].text }))];
    setText(this.says, fill(this.words.at_once, { cells: said.join(this.words.comma) }));
    setAttributes(this.picture, { "aria-label": [this.words.picture, this.says.textContent, this.depends.textContent].join(" ") });
  }

  tell(row, column) {
    const t = this.place(row, column, this.cursor.step);
    if (t !== null) setText(this.says, this.about(row, t));
  }

  about(row, t) {
    const { data, words } = this;
    const known = { row: row.title, word: data.tokens[t].text, t: t + 1, below: row.reads, units: data.units, round: row.when[t] + 1 };
    if (row.when[t] > this.cursor.step) return fill(words.not_yet, known);
    const first = t === (row.way === "backward" ? this.T - 1 : 0);
    return fill(first ? words.cell_first : words.cell_said, known);
  }
}

function arrowHead() {
  const head = shape("path", { d: "M0 0 L6 3 L0 6 z", fill: "context-stroke" });
  return shape("marker", { id: "stack-arrow", viewBox: "0 0 6 6", refX: 3, refY: 3, markerWidth: 7, markerHeight: 7, orient: "auto", markerUnits: "userSpaceOnUse" }, head);
}
