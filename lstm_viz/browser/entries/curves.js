// Lines over whole numbers, labelled at their ends: how much is left, k steps back.
//
// Every number comes from Python; a y is null where there is nothing.

import { themed } from "../math/colours.js";

const NS = "http://www.w3.org/2000/svg";
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [250, 64, 120, 14, 40];
const [NARROWEST, WIDEST] = [300, 860];
const DASHES = ["", "7 4", "2 4", "9 3 2 3"];

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".curves");
  Object.assign(root, { data, shade: themed(root).dark ? "dark" : "light" });
  const draw = () => root.clientWidth && root.replaceChildren(drawn(root.data, root.shade, Math.min(Math.max(root.clientWidth, NARROWEST), WIDEST)));
  root.resized ??= new ResizeObserver(draw);
  root.resized.observe(root);
  draw();
  return () => root.resized.disconnect();
}

function drawn({ lines, ticks, x, y, label, last }, shade, WIDTH) {
  const lowest = ticks[0].at;
  const highest = ticks.at(-1).at;
  const across = (k) => LEFT + (k / last) * (WIDTH - LEFT - RIGHT);
  const up = (value) => TOP + ((highest - Math.max(value, lowest)) / (highest - lowest || 1)) * (HEIGHT - TOP - BOTTOM);
  const svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, role: "img", "aria-label": label });
  for (const tick of ticks) {
    svg.append(shape("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: up(tick.at), y2: up(tick.at) }));
    svg.append(text(tick.text, { class: "tick", x: LEFT - 8, y: up(tick.at) + 4, "text-anchor": "end" }));
  }
  for (let k = 0; k <= last; k += last > 30 ? (WIDTH > 500 ? 10 : 20) : 5) {
    svg.append(text(k, { class: "tick", x: across(k), y: HEIGHT - BOTTOM + 18, "text-anchor": "middle" }));
  }
  svg.append(text(x, { class: "axis", x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle" }));
  const y0 = text(y, { class: "axis", x: 0, y: 0, "text-anchor": "middle", transform: `translate(17 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)` });
  svg.append(y0);
  const ends = lines.map((line, index) => {
    const points = line.values.map((value, k) => (value === null || value < lowest ? null : [across(k), up(value)]));
    const end = points.indexOf(null) < 0 ? points.length : points.indexOf(null);
    const style = `--line: ${line.colour[shade]}; stroke-dasharray: ${DASHES[index % DASHES.length] || "none"}`;
    svg.append(shape("polyline", { class: "curve", points: points.slice(0, end).map((at) => at.map((n) => n.toFixed(1))).join(" "), style }));
    return { name: line.name, style, at: end ? points[end - 1][1] : HEIGHT - BOTTOM };
  });
  // Names stand where their lines end, from the lowest up, none on another.
  let below = HEIGHT;
  for (const { name, style, at } of ends.sort((one, other) => other.at - one.at)) {
    below = Math.max(Math.min(at, below - 18), TOP);
    svg.append(shape("line", { class: "curve", x1: WIDTH - RIGHT + 8, x2: WIDTH - RIGHT + 30, y1: below, y2: below, style }));
    svg.append(text(name, { class: "name", x: WIDTH - RIGHT + 36, y: below + 4 }));
  }
  return svg;
}

function shape(tag, attributes) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function text(words, attributes) {
  const node = shape("text", attributes);
  node.textContent = words;
  return node;
}
