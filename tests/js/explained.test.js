import assert from "node:assert/strict";
import test from "node:test";

import { finder, found } from "../../lstm_viz/browser/math/explained.js";

const GLOSSARY = [{ forms: ["gate", "gates"] }, { forms: ["forget gate"] }, { forms: ["W"] }, { forms: ["⊙"] }, { forms: ["c++ (old)"] }];
const said = (text, glossary = GLOSSARY) => found(text, finder(glossary)).map(({ start, end, place }) => [text.slice(start, end), place]);

test("the longest form counts, in any case, and each word once", () => {
  assert.deepEqual(said("Forget gate, then a gate, then Gates."), [["Forget gate", 1], ["gate", 0]]);
});

test("a part of another word is none", () => {
  assert.deepEqual(said("investigate; gate_1; gateway; agate"), []);
  assert.deepEqual(said("(gate)"), [["gate", 0]]);
});

test("a symbol is one in its own case alone", () => {
  assert.deepEqual(said("W and w, f⊙c"), [["W", 2], ["⊙", 3]]);
});

test("signs in a form are signs", () => {
  assert.deepEqual(said("C++ (old)"), [["C++ (old)", 4]]);
});

test("Chinese needs no gaps, and Latin letters beside it are no part of it", () => {
  const glossary = [{ forms: ["遗忘门"] }, { forms: ["门"] }, { forms: ["LSTM"] }];
  assert.deepEqual(said("打开遗忘门和门。", glossary), [["遗忘门", 0], ["门", 1]]);
  assert.deepEqual(said("这个LSTM的门", glossary), [["LSTM", 2], ["门", 1]]);
});

test("nothing is found where there is nothing to find", () => {
  assert.deepEqual(found("any text", finder([])), []);
});
