// What was clicked in the drawing, explained with its numbers: it stays until it is closed, and several
// may stay. A tap shows by this what hovering shows.

import { leaveFocus } from "./button.js";
import { element, setText } from "./dom.js";

export class Notes {
  // explain(about) has the lines of a note as they are now, the first of them its title; null: no note.
  constructor(words, explain, signal) {
    Object.assign(this, { words, explain, signal, open: new Map() });
    this.root = element("div", { class: "notes", role: "group", "aria-label": words.notes, hidden: true });
  }

  // Opens what is closed and closes what is open.
  toggle(about) {
    const { value, role } = about;
    if (this.open.has(value)) return this.close(value);
    const lines = this.explain(about);
    if (!lines) return;
    const close = element("button", { type: "button", class: "note-close", "aria-label": this.words.close_note, title: this.words.close_note }, "×");
    close.addEventListener("click", () => this.close(value), { signal: this.signal });
    leaveFocus(close);
    const rows = lines.map((_, index) => element("div", { class: index ? "note-line" : "note-title" }));
    const root = element("div", { class: "note", "data-role": role, "data-note": value }, ...rows, close);
    this.open.set(value, { about, rows, root });
    this.root.append(root);
    this.root.hidden = false;
    this.show();
  }

  close(value) {
    this.open.get(value).root.remove();
    this.open.delete(value);
    this.root.hidden = this.open.size === 0;
  }

  closeAll() {
    const some = this.open.size > 0;
    for (const value of [...this.open.keys()]) this.close(value);
    return some;
  }

  // Step and unit are others.
  show() {
    for (const { about, rows } of this.open.values()) {
      const lines = this.explain(about);
      rows.forEach((row, index) => setText(row, lines?.[index] || ""));
    }
  }
}
