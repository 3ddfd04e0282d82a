// What makes a link of the view that is on the screen: the page's own address, with what is written on
// it. The step and the unit move while it is open, so the link is made anew when it is looked at.

import { element, fill, setText } from "../parts/dom.js";
import { themed } from "../math/colours.js";

const CHOICES = ["shown", "locked", "hidden"];
const NAMES = { locked: "lock", hidden: "hide" };
const LONG = 2000; // characters that every program leaves whole

// What has been filled in outlives the panel, and the page: window.lstmVizShared.
export default function mount({ data: [payload], parentElement }) {
  const root = parentElement.querySelector(".share");
  themed(root);
  const id = [payload.words.link, ...payload.controls.map(({ name, label }) => `${name} ${label}`)].join("\n");
  if (root.shared === id) return undefined;
  root.shared = id;
  window.lstmVizShared ??= { texts: {}, controls: {} };
  root.replaceChildren(...new Share(payload, window.lstmVizShared).nodes);
  return undefined;
}

// The address with these texts, and these controls locked or hidden; of an earlier link nothing is left.
export function linkOf(href, texts, controls) {
  const url = new URL(href);
  url.hash = "";
  for (const name of ["lang", "title", "note", "question", "lock", "hide"]) url.searchParams.delete(name);
  for (const [name, text] of Object.entries(texts)) if (text.trim()) url.searchParams.set(name, text.trim());
  for (const [choice, name] of Object.entries(NAMES)) {
    const found = Object.keys(controls).filter((control) => controls[control] === choice);
    if (found.length) url.searchParams.set(name, found.join(","));
  }
  return url.href;
}

class Share {
  constructor({ controls, longest, words }, kept) {
    Object.assign(this, { words, kept, names: controls.map(({ name }) => name) });
    const texts = ["title", "note", "question"].map((name) => this.text(name, longest[name]));
    const lines = controls.map((control) => this.control(control));
    this.field = element("input", { type: "text", readonly: true, "aria-label": words.link });
    this.copy = element("button", { type: "button", class: "primary" }, words.copy);
    this.copy.onclick = () => this.taken();
    this.long = element("p", { class: "share-long", role: "status" });
    const listed = lines.length ? element("fieldset", {}, element("legend", {}, words.controls), ...lines) : "";
    this.nodes = [...texts, listed, element("label", {}, words.link, this.field), this.copy, this.long, element("p", { class: "share-says" }, words.says)];
    for (const event of ["pointerenter", "focus"]) this.field.addEventListener(event, () => this.show());
    this.show();
  }

  text(name, longest) {
    const node = element(name === "note" ? "textarea" : "input", { maxlength: longest, rows: name === "note" ? 3 : null });
    node.value = this.kept.texts[name] ?? "";
    node.oninput = () => {
      this.kept.texts[name] = node.value;
      this.show();
    };
    return element("label", {}, this.words[name], node);
  }

  control({ name, label }) {
    const options = CHOICES.map((choice) => element("option", { value: choice }, this.words[choice]));
    const node = element("select", { "aria-label": label }, ...options);
    node.value = this.kept.controls[name] ?? "shown";
    node.onchange = () => {
      this.kept.controls[name] = node.value;
      this.show();
    };
    return element("label", { class: "share-control" }, label, node);
  }

  show() {
    const controls = Object.fromEntries(this.names.map((name) => [name, this.kept.controls[name]]));
    this.field.value = linkOf(window.location.href, this.kept.texts, controls);
    const { length } = this.field.value;
    setText(this.long, length > LONG ? fill(this.words.long, { count: length }) : "");
    setText(this.copy, this.words.copy);
  }

  // Without TLS a page may not write to the clipboard by itself; then what is selected is copied.
  taken() {
    this.show();
    this.field.select();
    if (navigator.clipboard) navigator.clipboard.writeText(this.field.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy");
    setText(this.copy, this.words.copied);
  }
}
