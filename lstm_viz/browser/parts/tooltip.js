// What the pointer is on, in words: name, meaning, shape, value.

import { element } from "./dom.js";

export class Tooltip {
  constructor(root) {
    this.root = element("div", { class: "tooltip", role: "tooltip", hidden: true });
    this.bounds = root;
  }

  // lines: [title, ...rest]; beside the pointer, and inside the stage.
  show(lines, event) {
    this.root.replaceChildren(
      ...lines.filter(Boolean).map((line, index) => element("div", { class: index ? "tooltip-line" : "tooltip-title" }, line)),
    );
    this.root.hidden = false;
    const [box, own] = [this.bounds.getBoundingClientRect(), this.root.getBoundingClientRect()];
    const right = event.clientX + 16 + own.width > Math.min(box.right, innerWidth);
    const low = event.clientY + 18 + own.height > innerHeight;
    const left = right ? event.clientX - own.width - 12 : event.clientX + 16;
    const top = low ? event.clientY - own.height - 12 : event.clientY + 18;
    this.root.style.transform = `translate(${Math.max(left, box.left) - box.left}px, ${Math.max(top, 4) - box.top}px)`;
  }

  hide() {
    this.root.hidden = true;
  }
}
