import assert from "node:assert/strict";
import test from "node:test";

import { Values } from "../../lstm_viz/browser/state/values.js";

function encoded(numbers, shape) {
  return { data: Buffer.from(new Float32Array(numbers).buffer).toString("base64"), shape };
}

const values = new Values({
  "f * c_prev": encoded([1, 2, 3, 4, 5, 6], [2, 3]),
  b_f: encoded([7, -8, 9], [3]),
  1: encoded([1], [1]),
});

test("a value is found by step and unit", () => {
  assert.equal(values.at("f * c_prev", 1, 2), 6);
});

test("a bias is the same at every step, a number for every unit as well", () => {
  assert.deepEqual([values.at("b_f", 0, 1), values.at("b_f", 1, 1)], [-8, -8]);
  assert.deepEqual([values.at("1", 0, 0), values.at("1", 1, 2)], [1, 1]);
});

test("what is not there is not a number, and not 0", () => {
  assert.ok(Number.isNaN(values.at("nothing", 0, 0)));
  assert.ok(Number.isNaN(values.at("b_f", 0, 3)));
});

test("the largest value has no sign", () => {
  assert.equal(values.largest("b_f"), 9);
});
