// The glossary on every page: its words are found in what the page says, marked there, and open what
// they mean; a line at the end of the page has them as buttons, for those who use keys.
//
// The texts belong to others, to Streamlit or to a view, and are not touched: a word is marked as a
// range (CSS.highlights), and what is pressed is found by where the range lies. They are looked for
// again once nothing on the page has changed for a while, so nothing is looked for while a view plays.

import { element } from "../parts/dom.js";
import { finder, found } from "../math/explained.js";
import { leadsTo } from "../state/lessons.js";
import { themed } from "../math/colours.js";

const REST = 600; // milliseconds without a change
const NAME = "explained";
const SAYS = "p, label, li, legend, figcaption, th, small, dt, dd, [data-testid=stCaptionContainer], [data-testid=stWidgetLabel], .caption, .placed, .token-expects, .strip-name, .shown-why";
// What does something when it is pressed, as a switch does by its label, goes on doing just that.
const NOT = "label:has(input), summary, button, a, select, option, textarea, input, code, pre, svg, [role=button], [role=option], [role=tab], .token, .editor, .lesson, .words, .together, .share, .sheets, .coloured, .connections, .st-key-bar, .brand";

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".words");
  themed(root);
  root.view ??= new Words(root);
  root.view.show(data);
  return () => root.view.leave();
}

class Words {
  constructor(root) {
    Object.assign(this, { root, ranges: [], opened: null });
    this.line = element("p", { class: "words-here" });
    this.note = element("aside", { class: "words-note", role: "note", hidden: true });
    root.replaceChildren(this.line, this.note);
  }

  show({ glossary, words }) {
    this.leave();
    const { here, see, close } = words;
    this.said = { here, see, close };
    this.glossary = glossary.map(({ word, said, seen, forms, signs }) => ({ word, said, seen, forms: [...forms], signs: [...signs] }));
    this.signs = new Map(this.glossary.flatMap(({ signs }, place) => signs.map((sign) => [sign, place])));
    this.finder = finder(this.glossary);
    this.abort = new AbortController();
    const { signal } = this.abort;
    document.addEventListener("click", (event) => this.press(event), { signal, capture: true });
    document.addEventListener("pointermove", (event) => this.point(event), { signal, passive: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close(), { signal });
    this.observer = new MutationObserver((changes) => changes.some(({ target }) => !this.root.contains(target)) && this.soon());
    this.soon();
  }

  leave() {
    clearTimeout(this.waiting);
    this.observer?.disconnect();
    this.abort?.abort();
    CSS.highlights?.delete(NAME);
    document.documentElement.style.cursor = "";
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), REST);
  }

  look() {
    const trees = [...treesOf(document.body)];
    this.ranges = trees.flatMap((tree) => [...this.rangesIn(tree)]);
    if (CSS.highlights) CSS.highlights.set(NAME, new Highlight(...this.ranges.map(({ range }) => range)));
    const inFormulas = trees.flatMap((tree) => [...tree.querySelectorAll("math :is(mi, mo)")]).map((node) => this.signs.get(node.textContent.trim()));
    const places = [...new Set([...this.ranges.map(({ place }) => place), ...inFormulas])].filter((place) => place !== undefined).sort((one, other) => one - other);
    if (String(places) !== this.listed) this.list(places);
    this.observer.disconnect();
    for (const tree of trees) this.observer.observe(tree, { childList: true, subtree: true, characterData: true });
  }

  *rangesIn(tree) {
    for (const block of tree.querySelectorAll(SAYS)) {
      if (block.closest(NOT) || block.parentElement?.closest(SAYS)) continue;
      const seen = new Set();
      const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (node.parentElement.closest(NOT)) continue;
        for (const { start, end, place } of found(node.data, this.finder)) {
          if (seen.has(place)) continue;
          seen.add(place);
          const range = document.createRange();
          range.setStart(node, start);
          range.setEnd(node, end);
          yield { range, place };
        }
      }
    }
  }

  list(places) {
    this.listed = String(places);
    const buttons = places.map((place) => {
      const node = element("button", { type: "button" }, this.glossary[place].word);
      node.addEventListener("click", () => this.open(place, node.getBoundingClientRect(), node), { signal: this.abort.signal });
      return node;
    });
    this.line.replaceChildren(...(buttons.length ? [this.said.here, " ", ...buttons] : []));
  }

  // The word under the pointer, if nothing else there is to be pressed.
  at(event) {
    const [target] = event.composedPath();
    if (!(target instanceof Element) || target.closest(NOT)) return null;
    const isIn = ({ left, right, top, bottom }) => event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
    for (const { range, place } of this.ranges) {
      if (!target.contains(range.startContainer)) continue;
      const box = [...range.getClientRects()].find(isIn);
      if (box) return { place, box };
    }
    return null;
  }

  point(event) {
    const { style } = document.documentElement;
    const cursor = event.pointerType === "mouse" && this.at(event) ? "help" : "";
    if (style.cursor !== cursor) style.cursor = cursor;
  }

  press(event) {
    if (event.composedPath().includes(this.root)) return;
    const hit = this.at(event);
    if (!hit) return this.close();
    event.preventDefault(); // of the label of a box: that is not meant
    event.stopPropagation();
    this.open(hit.place, hit.box, null);
  }

  open(place, box, from) {
    const { word, said, seen } = this.glossary[place];
    const { see, close } = this.said;
    const link = leadsTo(element("a", {}, see), seen, this.abort.signal);
    const shut = element("button", { type: "button", class: "icon", "aria-label": close, title: close }, "×");
    shut.addEventListener("click", () => this.close(), { signal: this.abort.signal });
    this.note.replaceChildren(shut, element("strong", {}, word), " ", said, " ", link);
    this.note.hidden = false;
    this.from = from;
    const { width, height } = this.note.getBoundingClientRect();
    const [left, top] = besides(box, { width, height }, window);
    Object.assign(this.note.style, { left: `${left}px`, top: `${top}px` });
    if (from) shut.focus({ preventScroll: true });
  }

  close() {
    if (this.note.hidden) return;
    this.note.hidden = true;
    this.from?.focus({ preventScroll: true });
    this.from = null;
  }
}

// Below the word, or above it where there is no room; inside the window.
function besides(box, { width, height }, { innerWidth, innerHeight }) {
  const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
  const below = box.bottom + 6;
  return [left, below + height <= innerHeight - 8 ? below : Math.max(8, box.top - height - 6)];
}

// The page, and what its components show, each in a tree of its own.
function* treesOf(root) {
  yield root;
  for (const node of root.querySelectorAll("*")) if (node.shadowRoot) yield* treesOf(node.shadowRoot);
}
