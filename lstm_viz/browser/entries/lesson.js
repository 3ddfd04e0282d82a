// One step of a lesson beside its page: what to do, and whether it is done.
//
// Python sends what is true of the run on the screen: which address it takes, what each reply comes
// to. What moves without Python, as the step does under the arrow keys, is read off the address.

import { element, fill } from "../parts/dom.js";
import { themed } from "../math/colours.js";
import { go, leadsTo, remember } from "../state/lessons.js";

const LOOK = 200; // milliseconds between two looks at the address

export default function mount({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".lesson");
  root.view ??= new Panel(root);
  root.view.tell = (moved) => setStateValue("moved", moved);
  root.view.show(data);
  themed(root);
  return () => root.view.leave();
}

class Panel {
  constructor(root) {
    this.root = root;
  }

  // The same step again is another run on the screen: what was answered of it is answered still.
  show(data) {
    const isSame = this.data?.key === data.key && this.data.number === data.number;
    const asked = JSON.stringify([data.question, data.guess?.value, ...data.replies.map(({ label, told }) => [label, told])]);
    if (!isSame) Object.assign(this, { hinted: false, word: null });
    if (!isSame || asked !== this.asked) Object.assign(this, { done: false, told: [], guess: null });
    Object.assign(this, { data, asked, ...takenApart(data) });
    this.leave();
    this.abort = new AbortController();
    remember({ key: data.key, step: data.number });
    this.build();
    this.looking = setInterval(() => this.look(), LOOK);
    this.look();
  }

  leave() {
    clearInterval(this.looking);
    unanswered("");
    this.abort?.abort();
  }

  get isQuestion() {
    return this.data.replies.length > 0 || this.data.guess !== null;
  }

  get isTask() {
    return this.data.show !== "";
  }

  // What moves in the browser alone, once it rests: a number of the question may be another one then.
  report() {
    if (!this.data.asks.length) return;
    const { searchParams } = new URL(window.location.href);
    const moved = Object.fromEntries(this.data.asks.filter((name) => searchParams.has(name)).map((name) => [name, searchParams.get(name)]));
    const text = JSON.stringify(moved);
    if (text === this.seen && text !== this.reported) {
      this.reported = text;
      this.tell(moved);
    }
    this.seen = text;
  }

  look() {
    this.report();
    this.hide();
    if (this.done || this.isQuestion || this.data.trouble) return;
    if (this.isTask && !(this.data.is_here && this.met && this.conditions.every(isMet))) return;
    this.done = true;
    this.build();
  }

  build() {
    const { data } = this;
    const { words, number, count } = data;
    const bar = element("progress", { max: count, value: number - (this.done ? 0 : 1), "aria-label": data.title });
    const where = element("span", { class: "lesson-where" }, fill(words.step, { step: number, steps: count }));
    const fold = this.button(this.folded ? words.unfold : words.fold, () => this.turn({ folded: !this.folded }), "icon", this.folded ? "▴" : "▾");
    const leave = this.button(words.leave, () => this.goAway(), "icon", "×");
    fold.setAttribute("aria-expanded", String(!this.folded));
    const head = element("header", {}, element("h2", {}, data.title), where, fold, leave, bar);
    const body = this.folded ? "" : element("div", { class: "lesson-body" }, ...this.said(data.text), ...this.asking(), this.status(), this.hint(), this.entry());
    this.root.replaceChildren(head, body, this.buttons());
    this.hide();
    this.root.dataset.done = String(this.done);
  }

  // Values are hidden where the page is at the step that is asked for, or later.
  hide() {
    const { hides, hides_from, is_here } = this.data;
    const step = Number(new URL(window.location.href).searchParams.get("t") ?? hides_from);
    unanswered(is_here && !this.done && step >= hides_from ? hides : "");
  }

  said(paragraphs) {
    return paragraphs.map((line) => element("p", {}, ...line.map(({ text, word }) => (word ? this.button(text, () => this.turn({ word: this.word === word ? null : word }), "word", text) : text))));
  }

  asking() {
    const { question, replies, guess, words } = this.data;
    if (!this.isQuestion) return [];
    const asked = element("p", { class: "question" }, question);
    if (guess) return [asked, this.slider(guess, words)];
    const { right: yes, wrong: no } = this.verdicts;
    const offered = replies.map(({ label, told, right }, place) => {
      const node = this.button(label, () => this.reply(place), "reply", label);
      if (!this.told.includes(place)) return element("li", {}, node);
      node.dataset.verdict = right ? "right" : "wrong";
      return element("li", {}, node, element("small", {}, `${right ? yes : no} ${told}`));
    });
    return [asked, element("ul", { class: "replies" }, ...offered)];
  }

  slider({ value, low, high, by, within }, words) {
    const digits = Math.max(0, Math.ceil(-Math.log10(by)));
    const written = (number) => number.toFixed(Math.max(digits, 2)).replace("-", "−");
    const now = this.guess ?? (low + high) / 2;
    const input = element("input", { type: "range", min: low, max: high, step: by, value: now, "aria-label": this.data.question });
    const output = element("output", {}, written(now));
    input.addEventListener("input", () => {
      this.guess = Number(input.value);
      output.textContent = written(this.guess);
    }, { signal: this.abort.signal });
    const answer = () => {
      const guess = Number(input.value);
      const off = Math.abs(guess - value);
      const verdict = off <= within ? this.verdicts.right : this.verdicts.wrong;
      this.turn({ guess, done: this.done || off <= within, told: [`${verdict} ${fill(this.verdicts.guessed, { guess: written(guess), value: written(value), off: written(off) })}`] });
    };
    const told = this.told.length ? element("small", {}, this.told[0]) : "";
    return element("div", { class: "guess" }, input, output, this.button(words.answer, answer, "primary", words.answer), told);
  }

  reply(place) {
    this.turn({ told: [...this.told, place], done: this.done || this.data.replies[place].right });
  }

  // What is heard and seen of how it stands; it comes when something is done.
  status() {
    const { data, done } = this;
    const live = element("div", { class: "lesson-status", role: "status" });
    if (data.trouble) live.append(element("p", {}, data.trouble));
    else if (this.isTask && !done) live.append(element("p", { class: "to-do" }, data.words.to_do));
    if (done && this.isTask) live.append(element("p", { class: "done" }, this.verdicts.done));
    if (done) live.append(...this.said(this.answer));
    return live;
  }

  hint() {
    return this.hinted && this.data.hint.length ? element("div", { class: "hint" }, ...this.said(this.data.hint)) : "";
  }

  entry() {
    const found = this.entries.get(this.word);
    if (!found) return "";
    const see = leadsTo(element("a", {}, this.verdicts.see), found.seen, this.abort.signal);
    const close = this.button(this.verdicts.close, () => this.turn({ word: null }), "icon", "×");
    return element("div", { class: "entry", role: "note" }, element("strong", {}, found.word), " ", found.said, " ", see, close);
  }

  buttons() {
    const { data, done } = this;
    const { words } = data;
    const { signal } = this.abort;
    const row = [];
    if (!data.is_here || data.trouble) row.push(leadsTo(element("a", { class: "button" }, words.scene), data.scene, signal));
    if (data.back) row.push(leadsTo(element("a", { class: "button" }, words.back), data.back, signal));
    if (data.hint.length && !done) row.push(this.button(words.hint, () => this.turn({ hinted: !this.hinted }), "", words.hint));
    if (!done && (this.isTask || this.isQuestion)) row.push(this.button(words.show, () => this.showMe(), "", words.show));
    const last = data.number === data.count;
    const { finish, next, skip } = words;
    const onward = last ? finish : done ? next : skip;
    row.push(leadsTo(element("a", { class: done ? "button primary" : "button" }, onward), data.next, signal));
    if (last) row.at(-1).addEventListener("click", () => remember({ key: data.key, step: 1, done: true }), { signal, capture: true });
    return element("nav", { "aria-label": data.title }, ...row);
  }

  showMe() {
    const { replies, guess, show } = this.data;
    if (replies.length) this.turn({ told: replies.map((_, place) => place), done: true });
    else if (guess) {
      const digits = Math.max(2, Math.ceil(-Math.log10(guess.by)));
      this.turn({ guess: guess.value, done: true, told: [guess.value.toFixed(digits).replace("-", "−")] });
    } else if (URL.canParse(show, window.location.href)) go(show);
  }

  goAway() {
    const address = new URL(window.location.href);
    address.searchParams.delete("lesson");
    if (address.href !== window.location.href) go(address.href);
  }

  turn(changes) {
    const focused = [...this.root.querySelectorAll("button, a")].indexOf(this.root.getRootNode().activeElement);
    Object.assign(this, changes);
    this.build();
    if (focused >= 0) [...this.root.querySelectorAll("button, a")][focused]?.focus({ preventScroll: true });
  }

  button(label, act, kind, shown) {
    const node = element("button", { type: "button", class: kind || null, "aria-label": label === shown ? null : label, title: label === shown ? null : label }, shown);
    node.addEventListener("click", act, { signal: this.abort.signal });
    return node;
  }
}

// The page knows of it by an attribute (css/shell.css), a view by a property that reaches into it.
function unanswered(hides) {
  const { style, dataset } = document.documentElement;
  dataset.unanswered = hides;
  for (const what of ["guesses", "values"]) style.setProperty(`--unanswered-${what}`, what === hides ? "hidden" : "");
}

// What is needed only once something has been done.
function takenApart({ words, conditions, glossary, reply, met }) {
  const { right, wrong, guessed, done, see, close } = words;
  return {
    verdicts: { right, wrong, guessed, done, see, close },
    conditions: conditions.map(({ name, texts, range, usual }) => ({ name, texts: [...texts], range: [...range], usual })),
    entries: new Map(Object.entries(glossary).map(([key, { word, said, seen }]) => [key, { word, said, seen }])),
    answer: reply,
    met,
  };
}

// Whether the address says what it has to.
function isMet({ name, texts, range, usual }) {
  const text = new URL(window.location.href).searchParams.get(name) ?? usual;
  if (!range.length) return texts.includes(text);
  return text !== "" && Number(text) >= range[0] && Number(text) <= range[1];
}
