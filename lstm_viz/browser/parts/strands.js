// One strand is one unit's value in a wire: where it lies, how wide it is, and its colour.
//
// Everything here is a pure function, so that what is seen can be computed again from the numbers.

import { shaded } from "../math/colours.js";

const THIN = 0.5; // the width of nothing: a closed gate still shows its wire
const RADIUS = 26; // of a bend, in the middle of the wire
const ARC = 4; // pieces of a bend that are as good as straight: 0.2 units aside at most
const WIDEST = 4.4; // between two strands
const ASIDE = 4.6; // more beside the chosen one
const MAGNIFIED = 0.22; // how much of the wire the chosen strand takes up in full
const FILLED = 0.84; // how much of that a full strand takes up
const PALE = 0.3; // how far a value of 0 stands out from the background, towards the text
const EARLY = 0.4; // below 1: already a small value shows its hue

// How strong a value is, from 0 to 1. scale.limit is the magnitude that is drawn in full.
export function strandStrength(value, scale) {
  return Math.min(Math.abs(value) / scale.limit, 1) || 0;
}

// The stroke-width: THIN for 0, growing evenly to scale.room for scale.limit and beyond.
export function strandWidth(value, scale) {
  return THIN + (scale.room - THIN) * strandStrength(value, scale);
}

// The stroke: grey for 0. What has no sign ("gate") takes on the hue of its role, what has one the
// hue of its sign, the more of it the stronger the value is.
export function strandColour(value, scale, colours) {
  const hue = scale.kind === "gate" ? colours.roles[scale.role] : value < 0 ? colours.negative : colours.positive;
  const grey = `rgb(${shaded(colours.background, colours.text, PALE).join(", ")})`;
  return `rgb(${shaded(grey, hue, strandStrength(value, scale) ** EARLY).join(", ")})`;
}

// How far from the middle of a wire each of `count` strands lies, and how wide one may become. The
// chosen one, if any, is magnified, and keeps its neighbours a little further away.
export function strandPlaces(count, spread, chosen = -1) {
  const aside = chosen < 0 ? 0 : ASIDE;
  const apart = Math.min((spread - 2 * aside) / Math.max(count - 1, 1), WIDEST);
  const offsets = [];
  for (let index = 0, at = 0; index < count; index++) {
    offsets.push(at);
    at += apart + (index === chosen || index + 1 === chosen ? aside : 0);
  }
  const middle = (offsets[0] + offsets.at(-1)) / 2;
  return { offsets: offsets.map((offset) => offset - middle), room: apart * FILLED, chosenRoom: spread * MAGNIFIED };
}

// The path of a strand at an offset to the right of the middle, as seen in the direction of flow.
// `lead` is the offset on the first stretch, where a branch still runs along the wire it leaves.
export function strandPath(points, offset, lead = offset) {
  const { from, bends, to } = shapeOf(points, offset, lead);
  const round = bends.map((bend) => `L${written(bend.from)}A${bend.radius.toFixed(1)} ${bend.radius.toFixed(1)} 0 0 ${bend.clockwise ? 1 : 0} ${written(bend.to)}`);
  return `M${written(from)}${round.join("")}L${written(to)}`;
}

// The same path as places on it: where, which way it leads there (degrees, a bend turns by 90 at most,
// so they grow and shrink without a jump), and how far along it is, from 0 to 1.
export function strandCourse(points, offset, lead = offset) {
  const { from, bends, to } = shapeOf(points, offset, lead);
  const turns = headings(points);
  let angle = (Math.atan2(turns[0][1], turns[0][0]) * 180) / Math.PI;
  let along = 0;
  const places = [{ at: from, angle, along }];
  const add = (at, by, turned) => places.push({ at, angle: (angle += turned), along: (along += by) });
  const straightTo = (at) => add(at, Math.hypot(at[0] - places.at(-1).at[0], at[1] - places.at(-1).at[1]), 0);
  bends.forEach(({ from: begin, to: end, radius, clockwise }, index) => {
    straightTo(begin);
    if (!radius) return add(end, 0, clockwise ? 90 : -90);
    const [dx, dy] = turns[index];
    const [ex, ey] = turns[index + 1];
    for (let piece = 1; piece <= ARC; piece++) {
      const turned = ((piece / ARC) * Math.PI) / 2;
      const [ahead, aside] = [radius * Math.sin(turned), radius * (1 - Math.cos(turned))];
      add([begin[0] + dx * ahead + ex * aside, begin[1] + dy * ahead + ey * aside], (radius * Math.PI) / 2 / ARC, (clockwise ? 90 : -90) / ARC);
    }
  });
  straightTo(to);
  return places.map((place) => ({ ...place, along: along ? place.along / along : 0 }));
}

// A path with round corners: where it begins and ends, and between that its bends.
function shapeOf(points, offset, lead) {
  const corners = shifted(points, offset, lead);
  const turns = headings(points);
  const bends = [];
  for (let index = 1; index < corners.length - 1; index++) {
    const [dx, dy] = turns[index - 1];
    const [ex, ey] = turns[index];
    const clockwise = dx * ey - dy * ex > 0;
    const room = [length(corners, index - 1), length(corners, index)].map((whole, side) =>
      index === (side ? corners.length - 2 : 1) ? whole : whole / 2,
    );
    const radius = Math.max(0, Math.min(RADIUS + (clockwise ? -offset : offset), ...room));
    const [x, y] = corners[index];
    bends.push({ from: [x - dx * radius, y - dy * radius], to: [x + ex * radius, y + ey * radius], radius, clockwise });
  }
  return { from: corners[0], bends, to: corners.at(-1) };
}

// Which strand of a wire is nearest to a point.
export function nearestStrand(points, offsets, [x, y]) {
  const turns = headings(points);
  let best = { away: Infinity, offset: 0 };
  turns.forEach(([dx, dy], index) => {
    const [px, py] = points[index];
    const along = (x - px) * dx + (y - py) * dy;
    const across = (x - px) * -dy + (y - py) * dx;
    const beyond = Math.max(-along, along - length(points, index), 0);
    if (Math.hypot(across, beyond) < best.away) best = { away: Math.hypot(across, beyond), offset: across };
  });
  const distances = offsets.map((offset) => Math.abs(offset - best.offset));
  return distances.indexOf(Math.min(...distances));
}

function headings(points) {
  return points.slice(1).map(([x, y], index) => [Math.sign(x - points[index][0]), Math.sign(y - points[index][1])]);
}

function shifted(points, offset, lead) {
  const turns = headings(points);
  return points.map(([x, y], index) => {
    const beside = [turns[index - 1], turns[index]];
    const same = !beside[0] || !beside[1];
    const offsets = [index === 1 || (same && index === 0) ? lead : offset, index === 0 ? lead : offset];
    if (turns.length === 1) offsets.fill(offset);
    return beside.reduce(([u, v], turn, side) => (turn ? [u - turn[1] * offsets[side], v + turn[0] * offsets[side]] : [u, v]), [x, y]);
  });
}

function length(points, index) {
  const [[x, y], [u, v]] = [points[index], points[index + 1]];
  return Math.abs(u - x) + Math.abs(v - y);
}

function written([x, y]) {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
