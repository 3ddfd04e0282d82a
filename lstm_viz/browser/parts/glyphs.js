// What stands in the drawing besides wires: boxes, signs, names, and what they mean.

import { shape } from "./dom.js";

const LETTER = 13; // about the width of a letter in a name

// The outline of a box, or of an operation.
export function outlineOf({ kind, x, y, w, h }) {
  return shape("rect", { class: kind, x: x - w / 2, y: y - h / 2, width: w, height: h, rx: kind === "layer" ? 9 : h / 2 });
}

// A box or an operation with its sign; what is a layer has the edge of its role.
export function boxOf(about, colours) {
  const outline = outlineOf(about);
  if (about.kind !== "op") outline.style.stroke = colours.roles[about.role];
  return shape("g", {}, outline, signOf(about));
}

const STROKES = {
  "×": "M-6.5 -6.5L6.5 6.5M6.5 -6.5L-6.5 6.5",
  "+": "M-8.5 0H8.5M0 -8.5V8.5",
  "−": "M-8 0H8",
  "÷": "M-8.5 0H8.5M0 -6.5V-6.4M0 6.4V6.5",
};

// × + − ÷ are drawn, so that they sit exactly in the middle; the rest is text. What has a word bears it
// below its sign.
export function signOf({ label, word, x, y }) {
  if (word) {
    const said = shape("text", { class: "word", x, y: y + 16, "text-anchor": "middle" });
    said.textContent = word;
    return shape("g", { class: "worded" }, signOf({ label, x, y: y - 9 }), said);
  }
  if (label in STROKES) return shape("path", { class: "sign", d: STROKES[label], transform: `translate(${x} ${y})` });
  const text = shape("text", { class: "function", x, y, dy: "0.34em", "text-anchor": "middle" });
  text.textContent = label;
  return text;
}

const ACCENTS = {
  tilde: "M-5 1C-3.4 -2 -1.6 -1.4 0 -0.2S3.4 1.4 5 -1.6",
  hat: "M-4 1.5L0 -2L4 1.5",
  bar: "M-4.5 0H4.5",
};

// A symbol as text; an accent is drawn, as fonts disagree about where it belongs.
export function typeset(runs) {
  const text = shape("text");
  const accents = [];
  let below = false;
  let left = 0;
  for (const run of runs) {
    const span = shape("tspan", { class: `${run.below ? "below" : "on-line"} ${run.slanted ? "slanted" : "upright"}` });
    if (run.below !== below) span.setAttribute("dy", run.below ? 7 : -7);
    below = run.below;
    span.textContent = run.text;
    text.append(span);
    const width = LETTER * (run.below ? 0.68 : 1);
    const tall = /[bdfhklt]/.test(run.text);
    const [x, y] = [left + width / 2 + (run.slanted ? 1.5 : 0), (run.below ? 5 : -16.5) - (tall ? 7 : 0)];
    if (run.accent) accents.push(shape("path", { class: "accent", d: ACCENTS[run.accent], transform: `translate(${x} ${y})` }));
    left += width * run.text.length;
  }
  return [text, ...accents];
}

// What the shapes mean: in one row, or in two larger ones where the drawing is small.
export function legendOfParts({ x, y, width }, words) {
  const entries = [
    [words.layer ?? "layer", shape("rect", { class: "layer", x: 0, y: -10, width: 32, height: 20, rx: 5 })],
    [words.operation ?? "element-wise operation", shape("rect", { class: "op", x: 5, y: -11, width: 22, height: 22, rx: 11 })],
    [words.copy ?? "copy", shape("path", { class: "stroke", d: "M0 7H32M4 7C14 7 18 -8 32 -8" })],
    [words.concatenate ?? "concatenate", shape("path", { class: "stroke", d: "M0 -7C12 -7 12 2 20 2H32M0 7H32" })],
  ];
  const lengths = entries.map(([word]) => 42 + lengthOf(word));
  const gap = Math.min(34, (width - lengths.reduce((sum, one) => sum + one, 0)) / (entries.length - 1));
  let left = 0;
  const groups = entries.map(([word, icon], index) => {
    const text = shape("text", { x: 42, y: 0, dy: "0.34em" });
    text.textContent = word;
    const group = shape("g", {}, icon, text);
    group.style.setProperty("--in-one-row", `translate(${left}px, 0px)`);
    group.style.setProperty("--in-two-rows", `translate(${index % 2 ? width * 0.36 : 0}px, ${index < 2 ? -26 : 8}px)`);
    left += lengths[index] + gap;
    return group;
  });
  return shape("g", { class: "parts-legend", transform: `translate(${x} ${y})` }, ...groups);
}

// About how long a word is at the legend's size: Chinese characters are twice as wide as letters.
function lengthOf(word) {
  return [...word].reduce((sum, character) => sum + (character > "\u2e80" ? 20 : 10.5), 0);
}
