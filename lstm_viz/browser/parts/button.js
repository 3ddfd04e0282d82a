// A button with a picture on it.

import { element } from "./dom.js";
import { icon } from "./icons.js";

export function button(name, label, onClick, signal) {
  const node = element("button", { type: "button", class: "tool", "aria-label": label, title: label, "data-icon": name }, icon(name));
  node.addEventListener("click", onClick, { signal });
  leaveFocus(node);
  return node;
}

// A click with the mouse leaves the keyboard where it was, so that the space bar goes on meaning play.
export function leaveFocus(node) {
  node.addEventListener("mousedown", (event) => event.preventDefault());
}
