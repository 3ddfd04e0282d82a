// Asks for worksheets, and saves the file when it comes. The step and the unit are those of the
// address at that moment: they move without Python.

import { element, setText } from "../parts/dom.js";
import { saveAs } from "../parts/picture.js";
import { themed } from "../math/colours.js";

export default function mount({ data: [payload], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sheets");
  themed(root);
  root.sheets ??= new Sheets(root);
  root.sheets.ask = (asked) => setTriggerValue("asked", asked);
  root.sheets.show(payload);
}

class Sheets {
  constructor(root) {
    Object.assign(this, { root, asked: 0, waits: "" });
  }

  // What has been chosen stays for as long as there is the same to choose from.
  show({ of, most, file, problem, words }) {
    const id = JSON.stringify([of.map(({ key, label }) => [key, label]), most, words.title]);
    if (id !== this.id) this.build({ of, most, words });
    this.id = id;
    const { id: made, name, text } = file ?? {};
    if (!this.waits || !(problem || made)) return;
    if (made === this.waits) saveAs(new Blob([text], { type: "text/html" }), name);
    setText(this.status, problem || this.said.saved);
    this.done();
  }

  done() {
    this.waits = "";
    this.button.disabled = false;
  }

  build({ of, most, words }) {
    const { title, of: what, same, different, for_whom, count, make, making, saved } = words;
    this.said = { making, saved };
    this.of = element("select", { name: "of" }, ...of.map(({ key, label }) => element("option", { value: key }, label)));
    this.each = element("select", { name: "each" }, element("option", { value: "" }, same), element("option", { value: "1" }, different));
    this.count = element("input", { type: "number", min: 2, max: most, value: 30 });
    this.button = element("button", { type: "button" }, make);
    this.status = element("p", { role: "status" });
    const counted = element("label", { hidden: true }, count, this.count);
    this.each.onchange = () => (counted.hidden = !this.each.value);
    this.button.onclick = () => this.make();
    this.root.replaceChildren(element("strong", {}, title), element("label", {}, what, this.of), element("label", {}, for_whom, this.each), counted, this.button, this.status);
  }

  make() {
    const { searchParams } = new URL(window.location.href);
    const place = (name) => Math.trunc(Number(searchParams.get(name) ?? -1));
    this.waits = `${Date.now()}-${++this.asked}`;
    this.button.disabled = true;
    setText(this.status, this.said.making);
    const count = this.each.value ? Math.trunc(Number(this.count.value)) : 0;
    this.ask({ id: this.waits, of: this.of.value, count, t: place("t"), unit: place("unit") });
  }
}
