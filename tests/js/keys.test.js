import assert from "node:assert/strict";
import test from "node:test";

import { Cursor } from "../../lstm_viz/browser/state/cursor.js";
import { steering } from "../../lstm_viz/browser/state/keys.js";

test("where a step has no phases, their keys step", () => {
  const cursor = new Cursor({ steps: 5, phases: 1, step: 1, unit: 0, still: true });
  const keys = steering(cursor);
  keys.subForward();
  assert.equal(cursor.step, 2);
  keys.subBack();
  assert.equal(cursor.step, 1);
});

test("walking back in time, the first step is the last one", () => {
  const cursor = new Cursor({ steps: 5, phases: 4, step: 2, unit: 0, still: true, towards: -1 });
  const keys = steering(cursor);
  keys.forward();
  assert.equal(cursor.step, 1);
  keys.first();
  assert.equal(cursor.step, 4);
  keys.last();
  assert.equal(cursor.step, 0);
});
