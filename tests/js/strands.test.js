import assert from "node:assert/strict";
import test from "node:test";

import { luminance } from "../../lstm_viz/browser/math/colours.js";
import { nearestStrand, strandColour, strandCourse, strandPath, strandPlaces, strandWidth } from "../../lstm_viz/browser/parts/strands.js";

const colours = { background: "#ffffff", text: "#1b2430", positive: "#d1500a", negative: "#0b6fb8", roles: { keep: "#00805a" } };
const gate = { kind: "gate", limit: 1, role: "keep", room: 3 };
const signed = { kind: "signed", limit: 2, role: "memory", room: 3 };

test("a strand is as wide as its value is large, and a closed gate still shows its wire", () => {
  assert.equal(strandWidth(0, gate), 0.5);
  assert.equal(strandWidth(0.5, gate), 1.75);
  assert.equal(strandWidth(1, gate), 3);
  assert.equal(strandWidth(-1, signed), strandWidth(1, signed));
  assert.equal(strandWidth(1, signed), 1.75);
  assert.equal(strandWidth(50, signed), 3);
  assert.equal(strandWidth(NaN, signed), 0.5);
});

test("the hue says what it is: the role of a gate, the sign of a value, grey for nothing", () => {
  assert.equal(strandColour(1, gate, colours), "rgb(0, 128, 90)");
  assert.equal(strandColour(2, signed, colours), "rgb(209, 80, 10)");
  assert.equal(strandColour(-2, signed, colours), "rgb(11, 111, 184)");
  const nothing = strandColour(0, signed, colours);
  assert.equal(nothing, strandColour(0, gate, colours));
  const [red, green, blue] = nothing.match(/\d+/g).map(Number);
  assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) < 20);
});

test("the stronger a value is, the further its colour is from the page", () => {
  const light = [0, 0.1, 0.4, 0.7, 1].map((value) => luminance(strandColour(value, gate, colours)));
  assert.deepEqual(light, [...light].sort((one, other) => other - one));
});

test("the strands of a wire lie side by side inside it, each with its own room", () => {
  for (const count of [1, 2, 8, 16]) {
    for (const chosen of [-1, 0, count - 1, Math.floor(count / 2)]) {
      const { offsets, room, chosenRoom } = strandPlaces(count, 32, chosen);
      assert.equal(offsets.length, count);
      assert.ok(Math.abs(offsets[0] + offsets.at(-1)) < 1e-9);
      assert.ok(offsets.at(-1) <= 16);
      for (let index = 1; index < count; index++) {
        const beside = index === chosen || index - 1 === chosen;
        const needed = beside ? (room + chosenRoom) / 2 : room;
        assert.ok(offsets[index] - offsets[index - 1] >= needed, `${count} strands, ${chosen} chosen`);
      }
    }
  }
});

// The centre and radius of each arc of a path that sets out horizontally.
function arcs(path) {
  return [...path.matchAll(/L([\d.-]+) ([\d.-]+)A([\d.]+) [\d.]+ 0 0 [01] ([\d.-]+) ([\d.-]+)/g)].map((found, bend) => {
    const [x, y, radius, u, v] = found.slice(1).map(Number);
    return { radius, centre: bend % 2 ? [u, y] : [x, v] };
  });
}

test("strands keep their distance round a bend: their arcs have one centre", () => {
  const points = [[0, 0], [100, 0], [100, 80], [200, 80]];
  const middle = arcs(strandPath(points, 0));
  for (const offset of [-14, -6, 5, 14]) {
    arcs(strandPath(points, offset)).forEach(({ radius, centre }, bend) => {
      assert.ok(Math.abs(Math.abs(radius - middle[bend].radius) - Math.abs(offset)) < 0.11);
      centre.forEach((coordinate, axis) => assert.ok(Math.abs(coordinate - middle[bend].centre[axis]) < 0.11));
    });
  }
});

test("a branch begins on the strand that it leaves", () => {
  assert.match(strandPath([[0, 0], [40, 0], [40, 90]], 6, 10), /^M0\.0 10\.0L.* 10\.0A/);
  assert.match(strandPath([[0, 0], [40, 0], [40, 90]], 6, 10), /L34\.0 90\.0$/);
});

test("a click finds the strand under it", () => {
  const points = [[0, 0], [100, 0], [100, 80]];
  const offsets = [-8, 0, 8];
  assert.equal(nearestStrand(points, offsets, [30, -7]), 0);
  assert.equal(nearestStrand(points, offsets, [30, 1]), 1);
  assert.equal(nearestStrand(points, offsets, [92, 50]), 2);
});

test("a course leads along its path: through every place that the path names, and nowhere else", () => {
  const ways = [
    [[0, 0], [100, 0]],
    [[0, 0], [100, 0], [100, 80], [160, 80]],
    [[160, 20], [100, 20], [100, 80], [20, 80], [20, 60]],
    [[0, 0], [8, 0], [8, 90]],
  ];
  for (const points of ways) {
    for (const [offset, lead] of [[0, 0], [7, -3], [-11, 11]]) {
      const course = strandCourse(points, offset, lead);
      const near = ([x, y]) => course.some(({ at: [u, v] }) => Math.hypot(u - x, v - y) < 0.15);
      const path = strandPath(points, offset, lead);
      const named = [...path.matchAll(/(?:[ML]|A[\d.]+ [\d.]+ 0 0 [01] )([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
      assert.ok(named.length >= points.length && named.every(near), path);
      const bends = arcs(path);
      for (const { at: [x, y], angle } of course) {
        const isRound = angle % 90 !== 0;
        if (isRound) assert.ok(bends.some(({ centre: [u, v], radius }) => Math.abs(Math.hypot(x - u, y - v) - radius) < 0.15), `${x} ${y} on ${path}`);
      }
      const along = course.map((place) => place.along);
      assert.deepEqual([along[0], along.at(-1)], [0, 1]);
      assert.deepEqual(along, [...along].sort((one, other) => one - other));
      const [[x, y], [u, v]] = points.slice(-2);
      const last = (Math.atan2(Math.sign(v - y), Math.sign(u - x)) * 180) / Math.PI;
      assert.ok((course.at(-1).angle - last) % 360 === 0);
      for (let index = 1; index < course.length; index++) assert.ok(Math.abs(course[index].angle - course[index - 1].angle) <= 90);
    }
  }
});
