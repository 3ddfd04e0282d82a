import assert from "node:assert/strict";
import test from "node:test";

import { laneShare, ribbon } from "../../lstm_viz/browser/parts/unrolled.js";

const FLOAT32 = -7.22;

test("a lane is as wide as what is left, and one that is gone has no width", () => {
  assert.equal(laneShare(0, "proportional", 0, FLOAT32), 1);
  assert.ok(Math.abs(laneShare(Math.log10(0.12), "proportional", 0, FLOAT32) - 0.12) < 1e-12);
  assert.equal(laneShare(null, "proportional", 0, FLOAT32), 0);
  assert.equal(laneShare(null, "logarithmic", 0, FLOAT32), 0);
});

test("by powers of ten every tenth takes as much width away, until float32 has lost it", () => {
  const widths = [0, -1, -2, -3].map((decades) => laneShare(decades, "logarithmic", 0, FLOAT32));
  for (const [index, width] of widths.slice(1).entries()) assert.ok(Math.abs(widths[index] - width + 1 / FLOAT32) < 1e-12);
  assert.equal(laneShare(FLOAT32, "logarithmic", 0, FLOAT32), 0);
  assert.equal(laneShare(-30, "logarithmic", 0, FLOAT32), 0);
});

test("where a gradient grows, the largest is the full width", () => {
  assert.equal(laneShare(3, "proportional", 3, FLOAT32), 1);
  assert.ok(Math.abs(laneShare(0, "proportional", 3, FLOAT32) - 0.001) < 1e-12);
  assert.equal(laneShare(3, "logarithmic", 3, FLOAT32), 1);
});

test("a ribbon lies evenly round its line", () => {
  assert.equal(ribbon([[0, 4], [10, 2]], 20), "M0.0 18.00L10.0 19.00L10.0 21.00L0.0 22.00Z");
});
