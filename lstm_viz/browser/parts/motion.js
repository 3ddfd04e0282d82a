// The smooth change from one drawing to the next: what both have moves to its new place, what is new
// draws itself, what is gone fades.
//
// The new drawing stands complete from the start. All movement is laid over it by animations that end
// by themselves and leave nothing behind, so whatever interrupts them, the picture is right.

import { shape } from "./dom.js";
import { outlineOf, signOf, typeset } from "./glyphs.js";
import { between, matched, pathUpTo, piecesOf } from "../math/matching.js";
import { strandPath } from "./strands.js";

const TIMING = { duration: 1100, easing: "cubic-bezier(0.3, 0, 0.2, 1)" };
const FRAMES = 12; // in which a new wire draws itself

// Where everything in a drawing is now, in pixels of its own frame; to be asked before it leaves the page.
export function whereabouts(drawing) {
  const place = placeOf(drawing.svg);
  if (!place) return null;
  const share = drawing.moving?.progress() ?? 1;
  const pieces = piecesOf(drawing.scene).map((piece) => {
    const from = share < 1 && drawing.moving.from.get(piece.about);
    return { ...piece, at: from ? between(from, piece.at, share) : piece.at };
  });
  return { drawing, place, pieces };
}

// Begins the change; `before` is what whereabouts() said of the drawing that stood here.
export function moveFrom(before, drawing) {
  const place = before && placeOf(drawing.svg);
  if (!place || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  new Motion(before, drawing, place);
}

// How far the animation has come, from 0 to 1, eased.
function progressOf(animation) {
  return animation?.effect?.getComputedTiming().progress ?? 1;
}

function placeOf(svg) {
  const matrix = svg.isConnected && svg.getScreenCTM();
  if (!matrix?.a) return null;
  const frame = svg.getBoundingClientRect();
  return { scale: matrix.a, left: matrix.e - frame.left, top: matrix.f - frame.top };
}

class Motion {
  constructor({ drawing: old, place: was, pieces }, drawing, place) {
    Object.assign(this, { old, drawing, from: new Map() });
    this.zoom = was.scale / place.scale;
    this.shift = [(was.left - place.left) / place.scale, (was.top - place.top) / place.scale];
    const here = piecesOf(drawing.scene);
    const there = pieces.map((piece) => ({ ...piece, at: piece.at.map((point) => this.carried(point)) }));
    const same = matched(there, here);
    for (const [piece, before] of same) this.from.set(piece.about, before.at);
    const stayed = new Set(same.values());
    this.gone = new Set(there.filter((piece) => !stayed.has(piece)).map(({ about }) => about));
    this.moves = this.zoom !== 1 || here.some(({ about, at }) => !this.isAt(about, at));
    if (!this.moves && !this.gone.size) return;
    this.move();
    this.fade();
    drawing.moving = this;
  }

  progress() {
    return progressOf(this.clock);
  }

  carried([x, y]) {
    return [x * this.zoom + this.shift[0], y * this.zoom + this.shift[1]];
  }

  isAt(about, at) {
    const from = this.from.get(about);
    return from !== undefined && from.every(([x, y], index) => Math.abs(x - at[index][0]) + Math.abs(y - at[index][1]) < 0.2);
  }

  move() {
    const { drawing } = this;
    drawing.nodes.forEach(({ root }, index) => this.slide(root.parentNode, drawing.scene.nodes[index]));
    drawing.names.forEach(({ root }, index) => this.slide(root, drawing.scene.labels[index]));
    for (const cable of drawing.cables) this.stretch(cable);
    const { body, legend } = drawing.scene;
    const panel = drawing.root.querySelector(".body");
    const [x, y] = this.carried([this.old.scene.body.x, this.old.scene.body.y]);
    const sized = ({ x, y, w, h }) => ({ x: `${x}px`, y: `${y}px`, width: `${w}px`, height: `${h}px` });
    const { w, h } = this.old.scene.body;
    this.clock = panel.animate([sized({ x, y, w: w * this.zoom, h: h * this.zoom }), sized(body)], TIMING);
    this.slide(drawing.root.querySelector(".parts-legend"), legend, [this.carried([this.old.scene.legend.x, this.old.scene.legend.y])]);
  }

  // A part, or a name, from where it was; one that is new grows.
  slide(root, about, from = this.from.get(about)) {
    const { x, y } = about;
    const placed = root.hasAttribute("transform"); // its own place, which an animation replaces
    const here = placed ? [x, y] : [0, 0];
    const [[u, v], size] = [from?.[0] ?? [x, y], from ? this.zoom : 0.4];
    const start = placed ? [u, v] : [u - size * x, v - size * y];
    if (from && this.isAt(about, [[x, y]]) && this.zoom === 1) return;
    const moved = ([left, top], scale) => `translate(${left}px, ${top}px) scale(${scale})`;
    const frames = [{ transform: moved(start, size) }, { transform: moved(here, 1) }];
    if (!from) frames[0].opacity = 0;
    root.animate(frames, TIMING);
  }

  // The strands of a cable: wires that were there are bent into their new shape, others draw themselves.
  stretch(cable) {
    if (cable.wires.every((wire) => this.isAt(wire, wire.points)) && this.zoom === 1) return;
    const grows = cable.wires.some((wire) => !this.from.has(wire));
    const last = grows ? FRAMES : 1;
    const shares = Array.from({ length: last + 1 }, (_, frame) => frame / last);
    const animate = (path, courseAt) => {
      if (CSS.supports("d", 'path("M0 0")')) path.animate(shares.map((share) => ({ d: `path("${courseAt(share)}")` })), TIMING);
      else path.animate([{ opacity: 0 }, {}], TIMING);
    };
    const courseOf = (index) => (share) => cable.course(index, (wire, ...offsets) => this.courseOf(wire, share, offsets));
    cable.strands.forEach(({ path }, index) => animate(path, courseOf(index)));
    if (cable.chosen >= 0) for (const path of cable.tube) animate(path, courseOf(cable.chosen));
    cable.heads.animate([{ opacity: 0 }, {}], TIMING);
  }

  courseOf(wire, share, offsets) {
    const from = this.from.get(wire);
    if (from) return strandPath(between(from, wire.points, share), ...offsets);
    return pathUpTo(strandPath(wire.points, ...offsets), share);
  }

  // What is gone, where it was, behind everything else, until it has faded.
  fade() {
    const { old, drawing } = this;
    const gone = (about) => this.gone.has(about);
    const ghosts = shape("g", { class: "gone", "aria-hidden": "true", transform: `translate(${this.shift.join(" ")}) scale(${this.zoom})` });
    for (const cable of old.cables) {
      const wires = new Set(cable.wires.filter(gone));
      if (!wires.size) continue;
      cable.strands.forEach(({ path }, index) => {
        const d = cable.course(index, (wire, ...offsets) => (wires.has(wire) ? strandPath(wire.points, ...offsets) : ""));
        ghosts.append(shape("path", { d, fill: "none", stroke: path.getAttribute("stroke"), "stroke-width": path.getAttribute("stroke-width") }));
      });
    }
    for (const node of old.scene.nodes.filter(gone)) ghosts.append(outlineOf(node), signOf(node));
    for (const { x, y, runs, mark } of old.scene.labels.filter(gone)) {
      if (!mark) ghosts.append(shape("g", { class: "name", transform: `translate(${x} ${y})` }, ...typeset(runs)));
    }
    drawing.root.querySelector(".wires").before(ghosts);
    const fading = ghosts.animate([{ opacity: 1 }, { opacity: 0 }], TIMING);
    fading.onfinish = fading.oncancel = () => ghosts.remove();
  }
}
