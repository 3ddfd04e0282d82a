import assert from "node:assert/strict";
import test from "node:test";

import { between, matched, pathUpTo, piecesOf } from "../../lstm_viz/browser/math/matching.js";
import { strandPath } from "../../lstm_viz/browser/parts/strands.js";

const wire = (points, value = "c", to = "o", kind = "peephole") => ({ value, to, kind, points });
const pieces = (...wires) => piecesOf({ nodes: [], labels: [], wires });

test("a wire that carries the same value to the same part is the same wire, wherever it lies", () => {
  const [was] = pieces(wire([[0, 0], [10, 0], [10, 30]]));
  const [is] = pieces(wire([[5, 5], [70, 5], [70, 9]]));
  assert.equal(matched([was], [is]).get(is), was);
});

test("a wire that bends another way, ends elsewhere or carries something else is another wire", () => {
  const before = pieces(wire([[0, 0], [10, 0], [10, 30]]));
  const others = [wire([[0, 0], [10, 0], [10, -30]]), wire([[0, 0], [10, 0]]), wire(before[0].at, "h"), wire(before[0].at, "c", "f")];
  for (const other of others) assert.equal(matched(before, pieces(other)).size, 0);
});

test("of several wires of one kind each is the nearest one that was there, and none is taken twice", () => {
  const before = pieces(wire([[0, 0], [10, 0]]), wire([[100, 0], [110, 0]]));
  const after = pieces(wire([[95, 0], [110, 0]]), wire([[1, 0], [10, 0]]), wire([[99, 0], [111, 0]]));
  const found = matched(before, after);
  assert.equal(found.get(after[1]), before[0]);
  assert.equal(found.get(after[2]), before[1]);
  assert.equal(found.has(after[0]), false);
});

test("a box whose function is another one is another box", () => {
  const box = (label) => piecesOf({ nodes: [{ id: "i", label, x: 1, y: 2 }], labels: [], wires: [] });
  assert.equal(matched(box("σ"), box("1−")).size, 0);
  assert.equal(matched(box("σ"), box("σ")).size, 1);
});

test("half way is half way, and a right angle stays one", () => {
  assert.deepEqual(between([[0, 0], [10, 0], [10, 30]], [[4, 2], [20, 2], [20, 40]], 0.5), [[2, 1], [15, 1], [15, 35]]);
});

test("a path that is being drawn begins as a point, has always the same commands, and ends as itself", () => {
  const whole = strandPath([[0, 0], [100, 0], [100, 80]], 3);
  const shapeOf = (path) => path.replace(/-?[\d.]+/g, "#");
  const numbers = (path) => path.match(/-?[\d.]+/g).map(Number);
  for (const share of [0, 0.1, 0.5, 0.9, 1]) assert.equal(shapeOf(pathUpTo(whole, share)), shapeOf(whole));
  assert.deepEqual(numbers(pathUpTo(whole, 1)), numbers(whole));
  const ends = pathUpTo(whole, 0).split(/(?=[MLA])/).map((command) => command.trim().split(/\s+/).slice(-2).join(" ").replace(/^[MLA]/, ""));
  assert.equal(new Set(ends).size, 1);
});
