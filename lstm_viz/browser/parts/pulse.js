// One step, as a movement: the states go round from where they leave the cell to where they come in,
// and a pulse runs along the wires in the order of the equations.
//
// The picture is complete from the start: numbers, strands and strips have all changed in one frame.
// What moves is laid over it and leaves nothing behind, so whatever interrupts it (a key, another
// cell, a picture that is saved) only has to take it away. When the pulse is where was worked out in
// Python (stage/layout/pulse.py): each wire and part has a `turn` inside its sub-step. From that a
// score is written, what begins when, and each frame begins what is due; the browser animates the
// rest. So a key costs hardly more than without, however many wires there are.
//
// It moves on a sheet of its own above the drawing, and by `transform` and `opacity` alone: these a
// browser animates beside the page's own thread, without painting anything again. In the drawing, whose
// hundreds of strands are one picture, each bead would have all of it painted sixty times a second.
//
// A bead on a wire is the chosen unit's value there: as large as its strand is wide, and in its colour.
// So it is seen what a closed gate lets through. The bundle that goes round is all units of the state.

import { setAttributes, shape } from "./dom.js";
import { boxOf, typeset } from "./glyphs.js";
import { strandCourse, strandPath } from "./strands.js";

const CARRYING = 0.42; // of the time of a step that begins with it
const POP = 320; // milliseconds in which a part that is reached answers
const [SMALL, LARGE] = [4, 9.5]; // half as high as a bead is
const LONG = 1.7; // times as long as high
const OUT = 36; // how far the states go beyond the cell's edge
const [ROUND, APART] = [24, 17]; // how far from the cell they pass it, and one from the other
const BUNDLE = 44; // length of the strands that go round
const SEEN = 900; // milliseconds for which a still picture of the way round stands

// When in a movement something has its turn, from 0 to 1: `share` of it is for what goes round, the
// rest is divided among the sub-steps from `first` to `last`. Backwards the last comes first.
export function timeOf({ first, last, onward }, share, phase, turn) {
  const [whole, at] = [last - first + 1, phase - first + turn];
  return share + ((1 - share) * (onward ? at : whole - at)) / whole;
}

// Round the cell from where a state leaves it to where it comes in; the number-th above it, or below.
export function wayRound({ leaves, enters, over }, { x, y, w, h }, number) {
  const aside = ROUND + APART * number;
  const height = over ? y - aside : y + h + aside;
  const [right, left] = [Math.max(leaves[0], x + w) + OUT, Math.min(enters[0], x) - OUT];
  return [leaves, [right, leaves[1]], [right, height], [left, height], [left, enters[1]], enters];
}

export class Pulse {
  // `still`: whoever wants less motion sees where the states go, and nothing that moves.
  constructor(drawing, still) {
    Object.assign(this, { drawing, still, animations: [], sheet: null, score: [] });
  }

  // `move` is what the cursor did; `along` says whether it runs with the arrows or against them, and
  // `said` is told each signal that is reached. It takes `duration` milliseconds.
  run(move, { duration, along, said = () => {} }) {
    this.finish();
    const { drawing } = this;
    const carries = move.by ? drawing.scene.carries : [];
    this.lay();
    if (this.still) return this.point(carries, along);
    const share = carries.length ? CARRYING : 0;
    const at = (phase, turn) => duration * timeOf(move, share, phase, turn);
    const runs = ({ phase }) => move.first <= phase && phase <= move.last;
    this.score = carries.map((carry, number) => [0, (late) => this.carry(carry, number, along, duration * share, late)]);
    for (const cable of drawing.cables) {
      cable.wires.forEach((wire, place) => {
        if (!runs(wire)) return;
        const [one, other] = [at(wire.phase, wire.turn), at(wire.phase, wire.until)];
        this.score.push([Math.min(one, other), (late) => this.bead(cable, place, along, Math.abs(other - one), late)]);
      });
    }
    if (move.first === move.last && move.onward) this.appear(drawing.parts.filter(({ about }) => runs(about)), at);
    for (const node of drawing.nodes.filter(({ about }) => runs(about))) {
      const reached = () => {
        this.pop(node);
        if (move.onward) said(node.about.signal);
      };
      this.score.push([at(node.about.phase, node.about.turn), reached]);
    }
    this.score.push([duration + POP, () => this.finish()]);
    this.score.sort(([one], [other]) => one - other);
    this.keepTime();
  }

  // The sheet: as large as the drawing, and in its units.
  lay() {
    const { svg } = this.drawing;
    this.layer = shape("g", { class: "scene" });
    this.sheet = shape("svg", { class: "pulse", viewBox: svg.getAttribute("viewBox"), style: svg.style.cssText, "aria-hidden": "true" }, this.layer);
    this.sheet.classList.toggle("small", svg.classList.contains("small"));
    svg.after(this.sheet);
  }

  keepTime() {
    let begun = null;
    const frame = (now) => {
      begun ??= now;
      while (this.score.length && this.score[0][0] <= now - begun) {
        const [due, begin] = this.score.shift();
        begin(now - begun - due); // so late, where the browser had other things to do
      }
      this.request = this.score.length ? requestAnimationFrame(frame) : null;
    };
    this.request = requestAnimationFrame(frame);
  }

  finish() {
    clearTimeout(this.timer);
    cancelAnimationFrame(this.request);
    for (const animation of this.animations.splice(0)) animation.cancel();
    this.sheet?.remove();
    this.sheet = null;
    this.score = [];
    this.drawing.standBack([]);
  }

  play(element, frames, timing) {
    const animation = element.animate(frames, timing);
    this.animations.push(animation);
    return animation;
  }

  // Where sub-steps are shown one by one, a part is there when it is reached.
  appear(parts, at) {
    this.drawing.standBack(parts);
    for (const part of parts) this.score.push([at(part.about.phase, part.turn ?? part.about.turn), () => this.drawing.reach(part)]);
  }

  // Another of its kind over the part, which itself stays as it is.
  pop({ about, root }) {
    const popped = boxOf(about, this.drawing.colours);
    setAttributes(popped, { class: "popped", opacity: root.getAttribute("opacity") });
    this.layer.append(popped);
    const frames = [{ transform: "scale(1)" }, { transform: "scale(1.13)", offset: 0.3 }, { transform: "scale(1)" }];
    this.play(popped, frames, { duration: POP }).onfinish = () => popped.remove();
  }

  // The chosen unit's value on its way through a wire.
  bead(cable, place, along, duration, late) {
    if (late >= duration) return;
    const { course, share, colour } = cable.sample(place);
    const high = SMALL + (LARGE - SMALL) * share;
    const bead = shape("ellipse", { class: "bead", rx: (LONG * high).toFixed(1), ry: high.toFixed(1), fill: colour });
    this.layer.append(bead);
    this.travel(bead, course, along, { duration, easing: "linear" }, late).onfinish = () => bead.remove();
  }

  // Along a course, or against it; `upright` keeps it from turning with its way.
  travel(element, course, along, timing, late, upright = false) {
    const frames = (along ? course : [...course].reverse()).map(({ at, angle, along: share }) => ({
      offset: along ? share : 1 - share,
      transform: `translate(${at[0].toFixed(1)}px, ${at[1].toFixed(1)}px) rotate(${upright ? 0 : angle.toFixed(1)}deg)`,
    }));
    const travelling = this.play(element, frames, timing);
    travelling.currentTime = late;
    return travelling;
  }

  // For whoever wants less motion: the way round, and at its end what has come.
  point(carries, along) {
    for (const [number, carry] of carries.entries()) {
      const { root, names } = this.bundle(carry, along);
      names[0]?.remove();
      setAttributes(root, { transform: `translate(${(along ? carry.enters : carry.leaves).join(" ")})` });
      this.layer.append(this.track(carry, number), root);
    }
    this.timer = setTimeout(() => this.finish(), SEEN);
  }

  track(carry, number) {
    return shape("path", { class: "track", d: strandPath(this.way(carry, number), 0) });
  }

  way(carry, number) {
    return wayRound(carry, this.drawing.scene.body, number);
  }

  // All of a state on its way round, and the name that it loses and the one that it gets.
  carry(carry, number, along, duration, late) {
    const track = this.track(carry, number);
    const { root, names } = this.bundle(carry, along);
    setAttributes(track, { opacity: 0.8 });
    this.layer.append(track, root);
    names.forEach((name, late) => this.play(name, [{ opacity: 1 - late }, { opacity: 1 - late, offset: 0.42 }, { opacity: late, offset: 0.58 }, { opacity: late }], { duration, fill: "both" }));
    const course = strandCourse(this.way(carry, number), 0);
    this.travel(root, course, along, { duration, easing: "cubic-bezier(0.45, 0, 0.4, 1)" }, late, true).onfinish = () => [track, root].forEach((one) => one.remove());
  }

  bundle({ state, leaves, enters, over }, along) {
    const { cables, scene } = this.drawing;
    const meets = ({ points }) => String(along ? points[0] : points.at(-1)) === String(along ? enters : leaves);
    const cable = cables.find(({ wires }) => wires.some(meets));
    const root = shape("g", { class: "bundle" });
    const height = (cable?.wires.find(meets).spread ?? 0) + 12;
    root.append(shape("rect", { x: -BUNDLE / 2 - 6, y: -height / 2, width: BUNDLE + 12, height, rx: 10 }));
    if (cable) root.append(...cable.pieces(cable.wires.findIndex(meets), BUNDLE));
    const left = (symbol) => scene.labels.find((label) => label.symbol === symbol && label.runs.length);
    const named = [left(state), left(`${state}_prev`)].filter(Boolean).map(({ runs, role }) => {
      const name = shape("g", { class: "name", transform: `translate(-14 ${over ? -height / 2 - 9 : height / 2 + 24})` }, ...typeset(runs));
      name.style.setProperty("--hue", this.drawing.colours.roles[role]);
      return name;
    });
    root.append(...named);
    return { root, names: along ? named : named.reverse() };
  }
}
