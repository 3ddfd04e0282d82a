// What the colours mean, which keys there are, and how the strips can be arranged.

import { element } from "./dom.js";
import { KEYS } from "../state/keys.js";
import { ORDERS, SCALES } from "../math/order.js";
import { Panel } from "./panel.js";

// The colour key: one bar for gates, one for values with a sign.
export class Legend {
  constructor(payload, words) {
    const gates = payload.signals.some(({ scale }) => scale === "gate");
    const signed = payload.signals.some(({ scale }) => scale === "signed");
    this.root = element(
      "div",
      { class: "legend", role: "note", "aria-label": words.colour_key },
      gates ? key("gate", words.closed, words.open) : null,
      signed ? key("signed", words.negative, words.positive) : null,
      element("span", { class: "legend-key" }, element("span", { class: "legend-frame", "aria-hidden": "true" }), element("span", {}, words.framed_row, element("span", { class: "hint" }, words.framed_row_hint))),
      element("span", {}, words.width_is_strength),
    );
  }
}

function key(kind, low, high) {
  return element(
    "span",
    { class: "legend-key" },
    element("span", {}, low),
    element("span", { class: `legend-bar ${kind}`, "aria-hidden": "true" }),
    element("span", {}, high),
  );
}

export function helpPanel(words, signal) {
  const shown = KEYS.filter(({ action }) => action in words.keys);
  const rows = shown.map(({ keys, action }) => [
    element("dt", {}, ...keys.map((name) => element("kbd", {}, written(name, words)))),
    element("dd", {}, words.keys[action]),
  ]);
  const list = element("dl", { class: "keys" }, ...rows.flat());
  return new Panel("keys", words.keys_title, [element("h2", {}, words.keys_title), list], signal);
}

const SYMBOLS = { ArrowRight: "→", ArrowLeft: "←", Shift: "⇧", PageDown: "PgDn", PageUp: "PgUp" };

function written(name, words) {
  if (name === " ") return words.space;
  return name
    .split("+")
    .map((part) => SYMBOLS[part] ?? part)
    .join(" ");
}

// For looks.js.
export function looksOfStrips(strips, panel) {
  const choices = [
    ["order", ORDERS, "number"],
    ["scale", SCALES, "signal"],
  ];
  return choices.map(([part, options, first]) => {
    const set = (value) => {
      strips.arrange({ [part]: value });
      for (const input of panel.root.querySelectorAll(`[name="stage-${part}"]`)) input.checked = input.value === value;
    };
    return { part, options, first, now: () => strips[part], set };
  });
}

export function viewPanel(strips, words, signal) {
  const choices = [
    ["order", words.order_title, ORDERS, words.orders],
    ["scale", words.scale_title, SCALES, words.scales],
  ].map(([name, title, values, labels]) => {
    const options = values.map((value) => {
      const input = element("input", { type: "radio", name: `stage-${name}`, value });
      input.checked = strips[name] === value;
      input.addEventListener("change", () => strips.arrange({ [name]: value }), { signal });
      return element("label", { class: "choice" }, input, labels[value]);
    });
    return element("fieldset", {}, element("legend", {}, title), ...options);
  });
  return new Panel("view", words.view, choices, signal);
}
