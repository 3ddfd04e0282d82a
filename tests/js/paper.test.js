import assert from "node:assert/strict";
import test from "node:test";

import { onPaper } from "../../lstm_viz/browser/state/paper.js";

test("a page of any size fits on one sheet of A4's shape, and has something to spare", () => {
  for (const width of [390, 768, 1280, 1920]) {
    for (const height of [300, 800, 1600, 4000, 9000]) {
      const { lies, wide, high, margin } = onPaper(width, height);
      assert.ok(width <= wide - 2 * margin + 1 && height * 1.1 <= high - 2 * margin + 1, `${width} x ${height}`);
      const [long, short] = lies === "landscape" ? [wide, high] : [high, wide];
      assert.ok(Math.abs(long / short - 297 / 210) < 0.01);
    }
  }
});

test("what is wide lies across, what is high stands upright, and it is as large as it fits", () => {
  assert.equal(onPaper(1280, 800).lies, "landscape");
  assert.equal(onPaper(1280, 2400).lies, "portrait");
  assert.ok(onPaper(1280, 700).wide < 1.1 * 1280);
});
