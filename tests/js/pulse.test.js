import assert from "node:assert/strict";
import test from "node:test";

import { timeOf, wayRound } from "../../lstm_viz/browser/parts/pulse.js";

const step = { first: 0, last: 3, onward: true };

test("what goes round comes first, and the sub-steps share what is left", () => {
  assert.equal(timeOf(step, 0.4, 0, 0), 0.4);
  assert.ok(Math.abs(timeOf(step, 0.4, 1, 0) - 0.55) < 1e-12);
  assert.ok(Math.abs(timeOf(step, 0.4, 3, 1) - 1) < 1e-12);
  assert.equal(timeOf({ first: 2, last: 2, onward: true }, 0, 2, 0.25), 0.25);
});

test("going back, what was last comes first", () => {
  const back = { ...step, onward: false };
  const times = [[0, 0.2], [1, 0], [1, 0.7], [3, 1]];
  for (const [phase, turn] of times) {
    assert.ok(Math.abs(timeOf(step, 0.4, phase, turn) + timeOf(back, 0.4, phase, turn) - 1.4) < 1e-12);
  }
});

test("a state goes round outside the cell, from where it leaves to where it comes in", () => {
  const body = { x: 100, y: 70, w: 500, h: 300 };
  for (const over of [true, false]) {
    const y = over ? 110 : 340;
    const way = wayRound({ leaves: [620, y], enters: [80, y], over }, body, 1);
    assert.deepEqual([way[0], way.at(-1)], [[620, y], [80, y]]);
    const [outside, inside] = [way.slice(2, 4).map(([, v]) => v), [body.y, body.y + body.h]];
    for (const v of outside) assert.ok(v < inside[0] || v > inside[1]);
    for (const [[x, v], [u, w]] of way.slice(1).map((point, index) => [way[index], point])) assert.ok(x === u || v === w);
  }
});
