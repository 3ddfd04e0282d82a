import assert from "node:assert/strict";
import test from "node:test";

import { drawnFrom, ranked, softmax, termsOf } from "../../lstm_viz/browser/math/output.js";

const near = (one, other) => one.forEach((value, place) => assert.ok(Math.abs(value - other[place]) < 1e-12, `${one} is not ${other}`));

test("the terms of a logit add up to it, those for it and those against it apart", () => {
  assert.deepEqual(termsOf([2, -1, 0.5], [0.5, 3, -1], 0.25), { terms: [1, -3, -0.5], up: 1, down: -3.5, bias: 0.25, sum: -2.25 });
});

test("probabilities follow the differences of the logits alone, however large these are", () => {
  near(softmax([1000, 1000 + Math.log(3)]), [0.25, 0.75]);
  near(softmax([0, Math.log(3)]), [0.25, 0.75]);
});

test("of equal candidates the first comes first", () => {
  assert.deepEqual(ranked([1, 3, 3, 2]), [1, 2, 3, 0]);
});

const logits = [0, Math.log(2), Math.log(5)]; // 1/8, 2/8, 5/8
const draw = (settings) => drawnFrom(logits, { temperature: 1, topK: 0, topP: 1, ...settings });

test("at temperature 1, with nothing cut, the network's own probabilities are drawn from", () => {
  near(draw({}), [1 / 8, 2 / 8, 5 / 8]);
});

test("half the temperature squares the odds, and at 0 the likeliest is certain", () => {
  near(draw({ temperature: 0.5 }), [1 / 30, 4 / 30, 25 / 30]);
  near(draw({ temperature: 0 }), [0, 0, 1]);
});

test("top-k leaves so many, top-p the fewest that have so much, of what top-k has left", () => {
  near(draw({ topK: 2 }), [0, 2 / 7, 5 / 7]);
  near(draw({ topP: 0.625 }), [0, 0, 1]);
  near(draw({ topP: 0.63 }), [0, 2 / 7, 5 / 7]);
  near(draw({ topK: 2, topP: 0.7 }), [0, 0, 1]);
});
