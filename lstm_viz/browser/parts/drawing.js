// The cell as a picture: boxes, circles, names, and one strand for each unit in each wire.
//
// Built once from the scene; afterwards only widths and colours of strands change, and how far the
// parts of later sub-steps stand back.

import { cablesOf, setOnce } from "./cable.js";
import { luminance, shaded } from "../math/colours.js";
import { setAttributes, shape } from "./dom.js";
import { boxOf, legendOfParts, outlineOf, typeset } from "./glyphs.js";

const FAINT = 0.14; // what lies in a later sub-step
const DIM = 0.48; // what is not lit while something else is

export class Drawing {
  constructor(svg, scene, { colours, words = {}, scales = {}, onHover = () => {}, onPick = () => {}, onOpen = () => {} }) {
    Object.assign(this, { svg, scene, colours, words, scales, onHover, onPick, onOpen });
    const { width, height } = scene;
    setAttributes(svg, { viewBox: `0 0 ${width} ${height}`, role: "group" });
    svg.style.minWidth = `${Math.round(width * 0.62)}px`;
    this.root = shape("g", { class: "scene" }, styleSheet(colours));
    this.stops = new Set();
    this.cables = cablesOf(scene.wires, this);
    this.nodes = scene.nodes.map((node) => this.node(node));
    this.names = scene.labels.map((label) => this.name(label));
    this.parts = [...this.cables, ...this.nodes, ...this.names];
    this.root.append(
      panel(scene.body),
      shape("g", { class: "wires" }, ...this.cables.map(({ root }) => root)),
      shape("g", { class: "nodes" }, ...this.nodes.map(({ base, root }) => shape("g", {}, base, root))),
      shape("g", { class: "names" }, ...this.names.map(({ root }) => root)),
      legendOfParts(scene.legend, words),
    );
    svg.append(this.root);
    Object.assign(this, { lit: null, phase: undefined, behind: new Set() });
  }

  // valueAt(key, unit) is the value now, widthAt(key) how many there are; `shown` are the units that
  // have a strand, `unit` the chosen one; `phase` the sub-step that was drawn last (null: all of them).
  update({ valueAt, widthAt, shown, unit, phase = null }) {
    for (const cable of this.cables) cable.update(valueAt, widthAt, shown, unit);
    if (phase === this.phase) return;
    this.phase = phase;
    this.shade();
  }

  // Light everything that shows this key, or this signal; null puts the light out.
  highlight(key) {
    if (key === this.lit) return;
    this.lit = key;
    this.shade();
  }

  shade() {
    const lit = ({ about }) => this.lit !== null && (about.value === this.lit || about.signal === this.lit);
    const dim = this.parts.some(lit) ? DIM : 1;
    for (const part of this.parts) {
      const reached = (this.phase === null || part.about.phase <= this.phase) && !this.behind.has(part) ? 1 : FAINT;
      setOnce(part, part.root, "opacity", (lit(part) ? Math.max(reached, DIM) : reached * dim).toFixed(2));
      if (part.marked !== lit(part)) part.root.classList.toggle("lit", (part.marked = lit(part)));
    }
  }

  // These parts, and no others, are not reached yet although their sub-step has begun.
  standBack(parts) {
    if (!parts.length && !this.behind.size) return;
    this.behind = new Set(parts);
    this.shade();
  }

  reach(part) {
    if (this.behind.delete(part)) this.shade();
  }

  // Below a part that stands back lies its own shape, so that no wire shines through.
  node(about) {
    const { value, signal, id } = about;
    const root = boxOf(about, this.colours);
    setAttributes(root, { class: "part node", "data-key": value, "data-signal": signal, "data-id": id });
    this.listen(root, about);
    return { about, root, base: setClass(outlineOf(about), "base") };
  }

  // A value that flows in several places is one stop of the tab key.
  listen(root, about) {
    const again = "points" in about && this.stops.has(about.value);
    this.stops.add(about.value);
    setAttributes(root, { tabindex: again ? -1 : 0, role: "button", "aria-label": this.named(about) });
    const here = () => middleOf(root);
    this.listenToPointer(root, about);
    root.addEventListener("focus", () => root.matches(":focus-visible") && this.onHover(about, here()));
    root.addEventListener("blur", () => this.onHover(null));
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.onHover(about, here());
      this.onOpen(about, here());
    });
    if (!("points" in about)) root.addEventListener("click", (event) => this.onOpen(about, event));
  }

  listenToPointer(root, about) {
    root.addEventListener("pointermove", (event) => this.onHover(about, event));
    root.addEventListener("pointerleave", () => this.onHover(null));
  }

  named(about) {
    const { value, kind } = about;
    const what = { layer: this.words.layer ?? "layer", op: this.words.operation ?? "element-wise operation" }[kind];
    return what ? `${value}: ${about.label}, ${what}` : value;
  }

  name(label) {
    const { x, y, mark, symbol, role, runs, phase, turn } = label;
    const about = { value: symbol, signal: symbol, phase, turn };
    if (mark) {
      const root = shape("text", { class: "mark", x, y, dy: "0.34em", "text-anchor": "middle" });
      root.textContent = mark;
      return { about, root };
    }
    const root = shape("g", { class: "name", "data-key": symbol, transform: `translate(${x} ${y})` }, ...typeset(runs));
    if (symbol !== "x") root.style.setProperty("--hue", this.colours.roles[role]);
    this.listenToPointer(root, about);
    root.addEventListener("click", (event) => this.onOpen({ ...about, role }, event));
    return { about, root };
  }

  pointIn(event) {
    const matrix = this.svg.getScreenCTM().inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return [x, y];
  }
}

function setClass(node, name) {
  node.setAttribute("class", name);
  return node;
}

function middleOf(root) {
  const box = root.getBoundingClientRect();
  return { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 };
}

function panel({ x, y, w, h }) {
  return shape("rect", { class: "body", x, y, width: w, height: h, rx: 26 });
}

function styleSheet(colours) {
  const dark = luminance(colours.background) < 0.4;
  const colour = (from, to, share) => `rgb(${shaded(from, to, share).join(", ")})`;
  const layer = colour(colours.background, colours.layer, dark ? 0.2 : 0.24);
  const panel = colours.surface;
  const rim = colour(colours.background, colours.text, 0.62);
  const style = shape("style");
  style.textContent = `
.scene { font-family: "STIX Two Text", "STIX Two Math", "Cambria Math", Cambria, "Latin Modern Roman", Georgia, "Times New Roman", serif; }
.scene .body { fill: ${panel}; stroke: ${colours.border}; stroke-width: 1.2; }
.scene .part { cursor: pointer; outline: none; }
.scene .base { fill: ${panel}; }
.scene .target { fill: none; stroke: transparent; pointer-events: stroke; stroke-linejoin: round; }
.scene .strand, .scene .tube, .scene .bore { fill: none; pointer-events: none; }
.scene .strand.beside { stroke-opacity: 0.7; }
.scene .tube { stroke: ${colour(colours.background, colours.text, 0.6)}; }
.scene .bore { stroke: ${colours.background}; }
.scene .heads { fill: ${rim}; stroke: ${panel}; stroke-width: 1.2; pointer-events: none; }
.scene .layer { fill: ${layer}; stroke: ${rim}; stroke-width: 2.4; }
.scene .op, .scene .constant { fill: ${colours.background}; stroke: ${rim}; stroke-width: 1.8; }
.scene .constant { stroke-dasharray: 4 3; }
.scene { --read: calc(var(--least, 12px) * var(--pixel, 1)); }
.scene .function { fill: ${colours.text}; font-size: max(25px, var(--read)); pointer-events: none; }
.scene .word { fill: ${colours.text}; font: 600 16.5px var(--st-font, system-ui), sans-serif; font-size: max(16.5px, var(--read)); pointer-events: none; }
.small .scene .word { display: none; }
.small .scene .worded > .function { transform: translate(0, 9px); }
.scene .sign { fill: none; stroke: ${colours.text}; stroke-width: 2.2; stroke-linecap: round; pointer-events: none; }
.scene .name { fill: var(--hue, ${colours.text}); font-size: max(29px, var(--read)); cursor: pointer; }
.scene .accent { fill: none; stroke: var(--hue, ${colours.text}); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; }
.scene .mark { fill: ${colours.text}; font-size: max(20px, var(--read)); pointer-events: none; }
.scene .slanted { font-style: italic; }
.scene .below { font-size: max(20px, var(--read)); }
.scene .parts-legend text { fill: ${colours.muted}; font: 17px var(--st-font, system-ui), sans-serif; font-size: max(17px, var(--read)); }
.scene .parts-legend > g { transform: var(--in-one-row); }
.scene .parts-legend .stroke { fill: none; stroke: ${rim}; stroke-width: 2; }
.scene .part.lit .layer, .scene .part.lit .op, .scene .part:focus-visible .layer, .scene .part:focus-visible .op { stroke: ${colours.accent}; stroke-width: 3.2; }
.small .scene .parts-legend > g { transform: var(--in-two-rows); }
.scene .popped { transform-box: fill-box; transform-origin: center; }
.scene .bead { stroke: ${colours.text}; stroke-width: 1.6; }
.scene .track { fill: none; stroke: ${colours.muted}; stroke-width: 2; stroke-dasharray: 3 7; stroke-linecap: round; }
.scene .bundle rect { fill: ${colours.background}; stroke: ${rim}; stroke-width: 1.8; }
.scene .wire:focus-visible .target { stroke: ${colours.accent}; stroke-opacity: 0.35; }
`;
  return style;
}
