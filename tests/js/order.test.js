import assert from "node:assert/strict";
import test from "node:test";

import { unitsInOrder } from "../../lstm_viz/browser/math/order.js";

// Four units over six steps: 0 and 2 move together, 1 peaks first, 3 is flat.
const RUN = [
  [0, 5, 0, 1],
  [1, 4, 2, 1],
  [2, 3, 4, 1],
  [3, 2, 6, 1],
  [4, 1, 8, 1],
  [1, 0, 2, 1],
];
const valueOf = (step, unit) => RUN[step][unit];
const order = (name) => unitsInOrder(name, [3, 1, 2, 0], RUN.length, valueOf);

test("by number", () => assert.deepEqual(order("number"), [0, 1, 2, 3]));

test("by the step at which each is farthest from 0", () => assert.deepEqual(order("peak"), [1, 3, 0, 2]));

test("similar ones side by side, the liveliest first, what never moves last", () => {
  assert.deepEqual(order("similarity"), [2, 0, 1, 3]);
});

test("an order loses no unit and adds none", () => {
  for (const name of ["number", "peak", "similarity"]) assert.deepEqual(order(name).sort(), [0, 1, 2, 3]);
});
