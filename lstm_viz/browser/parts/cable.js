// All wires that carry the same value in the same sub-step: their strands are drawn together.

import { setAttributes, shape } from "./dom.js";
import { nearestStrand, strandColour, strandCourse, strandPath, strandPlaces, strandStrength, strandWidth } from "./strands.js";

const INPUTS = 16; // strands of x at most

// The wires of a scene, bundled by what they carry and when.
export function cablesOf(wires, drawing) {
  const groups = new Map();
  for (const wire of wires) {
    const name = JSON.stringify([wire.value, wire.phase, wire.kind === "bus"]);
    groups.set(name, [...(groups.get(name) ?? []), wire]);
  }
  return [...groups.values()].map((together) => new Cable(together, drawing));
}

class Cable {
  constructor(wires, drawing) {
    Object.assign(this, { wires, drawing, about: wires[0], key: wires[0].value });
    this.turn = Math.min(...wires.map(({ turn }) => turn)); // when the first of them is reached
    this.ofInput = this.key === "x" || this.key.startsWith("x → "); // and the gradient by it
    this.root = shape("g", { class: `part wire ${this.about.kind}`, "data-key": this.key, "data-signal": this.about.signal });
    this.strands = [];
    const { kind, limit } = drawing.scales[this.key] ?? { kind: "signed", limit: 1 };
    this.scale = { kind, limit, role: this.about.role };
    setAttributes(this.root, { "data-kind": kind, "data-limit": limit, "data-role": this.about.role });
    const middle = wires.map(({ points }) => strandPath(points, 0)).join("");
    const reach = Math.max(...wires.map(({ spread }) => spread)) + 10;
    this.target = shape("path", { class: "target", d: middle, "stroke-width": reach });
    this.tube = [shape("path", { class: "tube" }), shape("path", { class: "bore" })];
    this.heads = shape("path", { class: "heads", d: wires.map(({ arrow }) => (arrow ? headOf(arrow) : "")).join("") });
    this.root.append(this.target, this.heads);
    drawing.listen(this.root, this.about);
    this.root.addEventListener("click", (event) => this.pick(event));
    this.root.addEventListener("keydown", (event) => this.pickBeside(event));
  }

  // One path for each strand; the chosen one is magnified, in a tube that it fills when it is strongest.
  lay(count, chosen) {
    const places = (this.places = this.wires.map(({ spread }) => strandPlaces(count, spread, chosen)));
    this.leads = this.wires.map(({ lead }) => strandPlaces(count, lead, chosen));
    const [room, chosenRoom] = ["room", "chosenRoom"].map((name) => Math.min(...places.map((place) => place[name])));
    for (const { path } of this.strands.splice(count)) path.remove();
    while (this.strands.length < count) this.strands.push({ path: shape("path", { class: "strand", "data-key": this.key }) });
    this.strands.forEach((strand, index) => {
      strand.scale = { ...this.scale, room: index === chosen ? chosenRoom : room };
      strand.value = undefined;
      setOnce(strand, strand.path, "d", this.course(index, ({ points }, ...offsets) => strandPath(points, ...offsets)));
      setOnce(strand, strand.path, "data-room", strand.scale.room);
      setOnce(strand, strand.path, "class", chosen < 0 || index === chosen ? "strand" : "strand beside");
    });
    const paths = this.strands.map(({ path }) => path);
    if (chosen >= 0) paths.push(...this.tubeAround(this.strands[chosen].d, chosenRoom), ...paths.splice(chosen, 1));
    else for (const path of this.tube) path.remove();
    this.heads.before(...paths);
    this.offsets = places.map(({ offsets }) => offsets);
    this.chosen = chosen;
  }

  // The path of one strand through all wires; pathOf(wire, offset, lead) is that through one of them.
  course(index, pathOf) {
    return this.wires.map((wire, k) => pathOf(wire, this.places[k].offsets[index], this.leads[k].offsets[index])).join("");
  }

  tubeAround(d, room) {
    this.tube.forEach((path, inner) => setAttributes(path, { d, "stroke-width": room + (inner ? 1 : 2.6) }));
    return this.tube;
  }

  update(valueAt, widthAt, shown, unit) {
    const units = this.ofInput ? inputsOf(widthAt(this.key)) : shown;
    const chosen = this.ofInput ? -1 : units.indexOf(unit);
    if (units.length !== this.strands.length || chosen !== this.chosen) this.lay(units.length, chosen);
    const { colours } = this.drawing;
    this.strands.forEach((strand, index) => {
      const value = valueAt(this.key, units[index]);
      setOnce(strand, strand.path, "data-unit", units[index]);
      if (strand.value === value) return;
      strand.value = value;
      setOnce(strand, strand.path, "stroke-width", strandWidth(value, strand.scale).toFixed(2));
      setOnce(strand, strand.path, "stroke", strandColour(value, strand.scale, colours));
    });
    this.units = units;
  }

  // What runs through one of the wires: the course of the chosen strand, how strong it is, its colour.
  // Of inputs, which nobody has chosen one of, the strongest.
  sample(place) {
    const strength = ({ value, scale }) => strandStrength(value, scale);
    const strongest = () => this.strands.reduce((most, one, index) => (strength(one) > strength(this.strands[most]) ? index : most), 0);
    const index = this.chosen >= 0 ? this.chosen : strongest();
    const offset = (places) => places[place].offsets[index];
    const strand = this.strands[index];
    return { course: strandCourse(this.wires[place].points, offset(this.places), offset(this.leads)), share: strength(strand), colour: strand.stroke };
  }

  // A piece of all strands of one of the wires, so long, round its middle.
  pieces(place, long) {
    return this.strands.map((strand, index) => {
      const y = this.places[place].offsets[index].toFixed(1);
      return shape("line", { x1: -long / 2, x2: long / 2, y1: y, y2: y, stroke: strand.stroke, "stroke-width": strand["stroke-width"] });
    });
  }

  pick(event) {
    if (this.ofInput) return;
    const point = this.drawing.pointIn(event);
    const wire = nearestWire(this.wires, point);
    const index = nearestStrand(this.wires[wire].points, this.offsets[wire], point);
    this.drawing.onPick(this.units[index]);
  }

  pickBeside(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || this.ofInput) return;
    event.preventDefault();
    const index = Math.min(Math.max(this.chosen + step, 0), this.units.length - 1);
    this.drawing.onPick(this.units[index]);
  }
}

// The head of an arrow: its tip, and where it points.
function headOf([x, y, dx, dy]) {
  const [bx, by] = [x - 9 * dx, y - 9 * dy];
  return `M${x - dx} ${y - dy}L${bx - 5.5 * dy} ${by + 5.5 * dx}L${bx + 5.5 * dy} ${by - 5.5 * dx}Z`;
}

// As many as there are: a single number that is read is one strand.
function inputsOf(width) {
  return Array.from({ length: Math.min(INPUTS, width) }, (_, input) => input);
}

function nearestWire(wires, [x, y]) {
  const distances = wires.map(({ points }) =>
    Math.min(
      ...points.slice(1).map(([u, v], index) => {
        const [p, q] = points[index];
        return Math.hypot(Math.max(Math.min(p, u) - x, x - Math.max(p, u), 0), Math.max(Math.min(q, v) - y, y - Math.max(q, v), 0));
      }),
    ),
  );
  return distances.indexOf(Math.min(...distances));
}

// Writing what is already there would cost a repaint; `memory` knows what is.
export function setOnce(memory, node, name, value) {
  if (memory[name] !== value) node.setAttribute(name, (memory[name] = value));
}
