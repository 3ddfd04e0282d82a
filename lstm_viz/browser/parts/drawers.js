// What is opened below the stage: one drawer at a time. A drawer that is closed is neither drawn
// nor on the page.
//
// A drawer has a `title`, a `root`, and `open(isOpen)`; its own openers elsewhere call `toggle`.

import { leaveFocus } from "./button.js";
import { element } from "./dom.js";

export class Drawers {
  // `drawers` by name, as the address has them.
  constructor(drawers, signal) {
    this.drawers = drawers;
    this.opened = "";
    this.buttons = Object.fromEntries(Object.entries(drawers).map(([name, { title }]) => [name, element("button", { type: "button", class: "drawer-opener", "aria-expanded": "false" }, title)]));
    for (const [name, button] of Object.entries(this.buttons)) {
      button.addEventListener("click", () => this.toggle(name), { signal });
      leaveFocus(button);
    }
    this.openers = element("div", { class: "drawer-openers" }, ...Object.values(this.buttons));
    this.root = element("div", { class: "drawers", hidden: true }, ...Object.values(drawers).map(() => element("section", { class: "drawer", hidden: true })));
    [...this.root.children].forEach((section, place) => section.setAttribute("aria-label", Object.values(drawers)[place].title));
  }

  get names() {
    return Object.keys(this.drawers);
  }

  toggle(name) {
    this.open(this.opened === name ? "" : name);
  }

  open(name) {
    this.opened = name;
    this.root.hidden = name === "";
    Object.entries(this.drawers).forEach(([one, drawer], place) => {
      const isOpen = one === name;
      this.root.children[place].hidden = !isOpen;
      this.root.children[place].replaceChildren(...(isOpen ? [drawer.root] : []));
      this.buttons[one].setAttribute("aria-expanded", String(isOpen));
      drawer.open(isOpen);
    });
  }
}

// For looks.js.
export const openedDrawer = (drawers) => ({ part: "open", options: ["", ...drawers.names], first: "", now: () => drawers.opened, set: (name) => drawers.open(name) });
