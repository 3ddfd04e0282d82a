// A button that opens a small panel, for what is needed now and then.

import { button } from "./button.js";
import { element } from "./dom.js";

export class Panel {
  constructor(name, label, content, signal) {
    this.opener = button(name, label, () => this.toggle(), signal);
    this.opener.setAttribute("aria-expanded", "false");
    this.body = element("div", { class: "panel-body", role: "group", "aria-label": label, hidden: true }, ...content);
    this.root = element("div", { class: "panel" }, this.opener, this.body);
    document.addEventListener("pointerdown", (event) => event.composedPath().includes(this.root) || this.close(), { signal });
  }

  get isOpen() {
    return !this.body.hidden;
  }

  toggle() {
    if (this.isOpen) return this.close();
    this.body.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
  }

  close() {
    if (!this.isOpen) return false;
    this.body.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
    return true;
  }
}
