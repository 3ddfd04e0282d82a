// A mark never stands beside a word that the network did not say.

import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf } from "../../lstm_viz/browser/parts/tokens.js";

const guesses = [
  { text: "she", p: 0.98 },
  { text: "he", p: 0.01 },
];
const marks = (token) => token.predictions.map((one, rank) => markOf(token, one, rank));

test("the tick stands at the first guess, whatever came", () => {
  assert.deepEqual(marks({ predictions: guesses, target: "he", right: true }), ["✓", ""]);
  assert.deepEqual(marks({ predictions: guesses, target: "it", right: true }), ["✓", ""]);
});

test("so does the cross", () => {
  assert.deepEqual(marks({ predictions: guesses, target: "he", right: false }), ["✗", ""]);
});

test("nothing is marked where nobody can know", () => {
  assert.deepEqual(marks({ predictions: guesses, target: null, right: null }), ["", ""]);
});

test("what was drawn is marked, however unlikely it was", () => {
  const drawn = [guesses[0], { ...guesses[1], drawn: true }];
  assert.deepEqual(marks({ predictions: drawn, target: "he", right: null }), ["", "▸"]);
});
