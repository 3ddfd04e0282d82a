// What a teacher fills in to ask the class: a question, and an option on each line.

import { element } from "./dom.js";

const ROWS = 4;

export class Ask {
  constructor(words, ask, signal) {
    this.text = element("input", { type: "text", maxlength: 300, "aria-label": words.question, placeholder: words.question_example });
    this.options = element("textarea", { rows: ROWS, "aria-label": words.options, placeholder: words.options_example });
    const usual = [
      [words.gates, words.gates_options],
      [words.units, Array.from({ length: 8 }, (_, unit) => words.unit.replace("{unit}", unit)).join("\n")],
      [words.truth, words.truth_options],
    ].map(([name, options]) => {
      const node = element("button", { type: "button", class: "together-usual" }, name);
      node.addEventListener("click", () => (this.options.value = options), { signal });
      return node;
    });
    this.root = element("form", { class: "together-ask" }, this.text, element("div", { class: "together-row" }, element("span", {}, words.options), ...usual), this.options, element("button", { type: "submit", class: "primary" }, words.ask_now));
    this.root.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        ask(this.text.value, this.lines);
      },
      { signal },
    );
  }

  get lines() {
    return this.options.value.split("\n").filter((line) => line.trim());
  }

  clear() {
    this.text.value = this.options.value = "";
  }
}
