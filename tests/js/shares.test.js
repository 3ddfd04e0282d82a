import assert from "node:assert/strict";
import test from "node:test";

import { namesIn, sharesAt, sharesOfAnswer, sharesThroughout, total } from "../../lstm_viz/browser/math/shares.js";

const kept = [0.5, 0.25, 0, 2, 0.5];
const written = [4, -8, 3, 1, 0.5];
const of = (numbers) => (step) => numbers[step];

test("what was written is multiplied by all that was kept since, and by nothing of its own step", () => {
  assert.deepEqual([...sharesAt(of(kept), of(written), 1, 16).shares], [1, -8]);
  assert.equal(sharesAt(of(kept), of(written), 1, 16).start, 2);
});

test("a gate that shuts loses everything before it", () => {
  const { shares, start } = sharesAt(of(kept), of(written), 4, 16);
  assert.deepEqual([[...shares].map((share) => share + 0), start], [[0, 0, 3, 0.5, 0.5], 0]);
});

test("going on from step to step gives the same as going back from each", () => {
  sharesThroughout(of(kept), of(written), 5, 16).forEach((one, step) => assert.deepEqual(one, sharesAt(of(kept), of(written), step, 16)));
});

test("the names in a formula are its leaves, its operators are none", () => {
  assert.deepEqual(namesIn(["*", "o", [["-", ["*", 2, "a"], 1], "c"]]), ["o", "c"]);
});

// Two units; c is 3 and -1.
const shares = [
  { shares: Float64Array.from([2, 0.5]), start: 0.5 },
  { shares: Float64Array.from([-2, 1]), start: 0 },
];
const answer = (shown, given = {}) => sharesOfAnswer({ weights: [2, 10], shares, shown, state: "c", given });

test("where h is a multiple of the memory its shares are the memory's, and nothing is left over", () => {
  const found = answer(["*", "o", "c"], { o: Float64Array.from([0.5, 1]) });
  assert.deepEqual(found, { shares: [2 - 20, 0.5 + 10], start: 0.5, without: [-18, 10.5], bent: 0, fromMemory: 3 - 10 });
});

test("through tanh the shares still add up to what the memory does, and what each alone does not is named", () => {
  const found = answer(["tanh", "c"]);
  const whole = 2 * Math.tanh(3) + 10 * Math.tanh(-1);
  assert.ok(Math.abs(total(found.shares) + found.start - whole) < 1e-12);
  assert.ok(Math.abs(found.without[0] - (whole - 2 * Math.tanh(1) - 10 * Math.tanh(1))) < 1e-12);
  assert.ok(Math.abs(found.bent - (total(found.shares) - total(found.without))) < 1e-12 && Math.abs(found.bent) > 1);
});
