// What the network reads, and under each symbol what it expects next.

import { element, fill, setAttributes, setText } from "./dom.js";
import { percent } from "../math/numbers.js";

const RIGHT = "✓";
const WRONG = "✗";
const DRAWN = "▸";

export class TokenStrip {
  // `guesses` are all texts that may ever be expected: every column is wide enough for them. Where the
  // second guess at a step is another run's first, `others` has whether it came, and whether it is the same.
  constructor(tokens, words, onStep, signal, guesses = textsOf(tokens), others = []) {
    this.words = words;
    this.rows = tokens.map((token) => token.predictions.map(rowOf));
    this.buttons = tokens.map((token, step) => this.button(token, step));
    this.retell(tokens, null, others);
    const expects = tokens.some((token) => token.predictions.length > 0);
    this.least = columnWidth(tokens, guesses);
    this.list = element("div", { class: "token-list" }, ...this.buttons);
    this.scroller = element("div", { class: "token-scroller" }, this.list);
    const labels = element(
      "div",
      { class: "token-labels gutter", "aria-hidden": "true" },
      element("span", { class: "token-number" }, words.step_label),
      element("span", { class: "token-text" }, words.reads),
      expects ? element("span", { class: "token-expects" }, words.expects) : null,
    );
    this.root = element("div", { class: "tokens", role: "group", "aria-label": words.sequence }, labels, this.scroller);
    this.list.addEventListener(
      "click",
      (event) => {
        const button = event.target.closest("button");
        if (button) onStep(this.buttons.indexOf(button));
      },
      { signal },
    );
    this.left = 0;
    this.scroller.addEventListener("scroll", () => (this.left = this.scroller.scrollLeft), { passive: true, signal });
    this.current = null;
  }

  button(token, step) {
    return element(
      "button",
      { type: "button", class: token.written ? "token written" : "token", tabindex: "-1" },
      element("span", { class: "token-number" }, step + 1),
      element("span", { class: "token-text" }, token.text),
      ...this.rows[step].map((row) => row.root),
    );
  }

  // What is expected, now or after other training; a series is told by its curve, not here.
  retell(tokens, _series, others = []) {
    tokens.forEach((token, step) => {
      setAttributes(this.buttons[step], { "aria-label": spoken(token, step, this.words, others[step]) });
      token.predictions.forEach((prediction, rank) => tell(this.rows[step][rank], token, prediction, rank, rank === 1 ? others[step] : undefined));
    });
  }

  show(step) {
    if (step === this.current) return;
    const [before, now] = [this.buttons[this.current], this.buttons[step]];
    if (before) {
      before.removeAttribute("aria-current");
      before.tabIndex = -1;
    }
    now.setAttribute("aria-current", "step");
    now.tabIndex = 0;
    this.current = step;
    this.buttons.forEach((button, at) => button.classList.toggle("to-come", at > step && button.classList.contains("written")));
    this.scroll(step);
  }

  // All columns are equally wide, and as many as are seen fill the window: none is cut at its edges.
  // Asking where the window stands would cost a layout at every step: it is noted when it moves, and
  // here, because a stage that is put elsewhere on the page forgets it without a word.
  measure() {
    this.left = this.scroller.scrollLeft;
    this.width = this.scroller.clientWidth;
    const least = this.least * parseFloat(getComputedStyle(this.list).fontSize);
    const seen = Math.min(Math.max(Math.floor(this.width / least), 1), this.buttons.length);
    this.column = this.width / seen;
    this.list.style.setProperty("--token-width", `${this.column}px`);
    if (this.current !== null) this.scroll(this.current);
  }

  scroll(step) {
    if (!this.width) return;
    const middle = (step + 0.5) * this.column;
    const margin = Math.min(this.width / 3, 1.5 * this.column);
    const seen = middle - margin >= this.left && middle + margin <= this.left + this.width;
    if (!seen) this.scroller.scrollLeft = Math.round((middle - this.width / 2) / this.column) * this.column;
  }
}

function rowOf({ p }) {
  const [mark, text] = ["mark", "prediction-text"].map((name) => element("span", { class: name }));
  const share = p === null ? null : element("span", { class: "prediction-p" });
  return { root: element("span", { class: "prediction" }, mark, text, share), mark, text, share };
}

function tell({ root, mark, text, share }, token, prediction, rank, other) {
  root.classList.toggle("came", prediction.text === token.target);
  root.style.setProperty("--p", (prediction.p ?? 1).toFixed(3));
  setText(mark, markOf(token, prediction, rank, other));
  setText(text, prediction.text);
  root.classList.toggle("drawn", Boolean(prediction.drawn));
  root.classList.toggle("other", Boolean(other));
  root.classList.toggle("same", Boolean(other?.same));
  if (share) setText(share, shareOf(prediction));
}

// Where something is drawn from other probabilities than the network's own, both.
function shareOf({ p, after = null }) {
  const [own, drawn] = [percent(p), percent(after ?? p)];
  return own === drawn ? own : `${own} → ${drawn}`;
}

function textsOf(tokens) {
  return tokens.flatMap((token) => token.predictions.map(({ text }) => text));
}

// In em: what the longest symbol, or the longest guess with its mark and its percentage, needs.
function columnWidth(tokens, guesses) {
  const widest = (texts) => texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
  const both = tokens.some(({ predictions }) => predictions.some((one) => shareOf(one) !== percent(one.p)));
  const needed = [1.08 * widest(tokens.map(({ text }) => text)), guesses.length ? 0.74 * widest(guesses) + (both ? 7.4 : 4.2) : 0];
  return Math.min(Math.max(...needed, 1.6), both ? 12 : 9) + 0.75;
}

// A Chinese character is a square, a Latin letter a good half of one.
export function widthOf(text) {
  return [...text].reduce((sum, character) => sum + (character.codePointAt(0) > 0x2e7f ? 1.05 : 0.62), 0);
}

// A tick or a cross stands at the first guess, which is what the network said, and nowhere else.
// Where it writes, what was drawn is marked.
export function markOf(token, prediction, rank, other) {
  if (prediction.drawn) return DRAWN;
  const right = other ? other.right : rank === 0 ? token.right : null;
  if (right === null) return "";
  return right ? RIGHT : WRONG;
}

function spoken(token, step, words, other) {
  const parts = [fill(words.step_reads, { t: step + 1, token: token.text })];
  if (token.written) parts.push(`(${words.written})`);
  if (token.predictions.length) {
    const guesses = token.predictions.slice(0, other?.same ? 1 : undefined).map(({ text, p }) => (p === null ? text : `${text} ${percent(p)}`));
    parts.push(fill(words.expects_next, { guesses: guesses.join(words.comma) }));
    const drawn = token.predictions.find((one) => one.drawn);
    if (drawn) parts.push(fill(words.drawn, { token: drawn.text }));
  }
  if (token.right === true) parts.push(words.right);
  if (token.right === false) parts.push(token.target === null ? words.wrong_answer : fill(words.wrong, { target: token.target }));
  return parts.join(" ");
}

// What the live region says when the cursor comes to rest on a step.
export function announcement(token, step, words) {
  return spoken(token, step, words);
}
