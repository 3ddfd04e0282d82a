// A text in which each prediction can be asked what it depends on: one line of words a cell.
//
// Strengths come from Python, one byte for each pair of an answer and something read before it.

import { percent } from "../math/numbers.js";

const STRONGEST = 0.5; // so much of the cell's colour at most: the word stays readable

export default function mount({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".connections");
  root.view ??= new View(root);
  root.view.show(data, setStateValue);
}

class View {
  constructor(root) {
    this.root = root;
    root.addEventListener("pointerover", (event) => this.look(placeOf(event.target)));
    root.addEventListener("pointerleave", () => this.look(null));
    root.addEventListener("focusin", (event) => this.look(placeOf(event.target)));
    root.addEventListener("focusout", () => this.look(null));
    root.addEventListener("click", (event) => this.ask(placeOf(event.target)));
    root.addEventListener("keydown", (event) => this.step(event));
  }

  show(data, tell) {
    this.tell = tell;
    if (data.text !== this.data?.text) this.at = data.at;
    if (data.version !== this.data?.version) {
      this.data = data;
      this.strengths = data.rows.map((row) => Uint8Array.from(atob(row.strengths), (byte) => byte.charCodeAt(0)));
      this.root.replaceChildren(...data.rows.map((row, number) => this.line(row, number)));
    }
    this.paint(this.at);
  }

  line({ name, colour }, number) {
    const section = element("section", { "aria-label": name });
    section.style.setProperty("--row", colour);
    const heading = element("h2");
    heading.append(element("i"), name);
    const read = element("p", { class: this.data.characters ? "read characters" : "read" });
    this.data.read.forEach((text, place) => {
      const button = element("button", { type: "button", tabindex: "-1" });
      button.textContent = text;
      button.disabled = place === 0; // nothing was read before it
      button.dataset.place = place;
      read.append(button, this.data.characters ? (text === "⏎" ? element("br") : "") : " ");
    });
    section.dataset.row = number;
    section.append(heading, read);
    return section;
  }

  look(place) {
    this.paint(place ?? this.at);
  }

  ask(place) {
    if (place === null || place === this.at) return;
    this.at = place;
    this.paint(place);
    this.tell("asked", { text: this.data.text, at: place });
  }

  step(event) {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const place = Math.min(Math.max(this.at + by, 1), this.data.read.length - 1);
    this.ask(place);
    event.target.closest("section").querySelector(`[data-place="${place}"]`).focus();
  }

  paint(asked) {
    const count = this.data.read.length;
    for (const section of this.root.children) {
      const row = this.strengths[section.dataset.row];
      const { name, colour } = this.data.rows[section.dataset.row];
      for (const button of section.querySelectorAll("button")) {
        const place = Number(button.dataset.place);
        const share = place < asked ? row[(asked - 1) * count + place] / 255 : 0;
        button.style.backgroundColor = share ? `color-mix(in srgb, ${colour} ${(100 * STRONGEST * share).toFixed(1)}%, transparent)` : "";
        button.classList.toggle("asked", place === asked);
        button.classList.toggle("later", place > asked);
        button.setAttribute("aria-pressed", place === this.at);
        button.tabIndex = place === this.at ? 0 : -1;
        button.title = place < asked ? `${name}: ${percent(share)}` : "";
      }
    }
  }
}

function placeOf(target) {
  const place = Number(target.dataset?.place ?? NaN);
  return place > 0 ? place : null;
}

function element(name, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
