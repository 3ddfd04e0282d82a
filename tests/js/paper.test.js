import assert from "node:assert/strict";
import test from "node:test";

import { onPaper } from "../../lstm_viz/browser/state/paper.js";

const INSIDE = { landscape: [1054, 725], portrait: [725, 1054] }; // A4 within 9 mm at 96 dots an inch

test("a page of any size fits on one sheet", () => {
  for (const width of [390, 768, 1280, 1920]) {
    for (const height of [300, 800, 1600, 4000, 9000]) {
      const { lies, zoom } = onPaper(width, height);
      const [across, down] = INSIDE[lies];
      assert.ok(width * zoom <= across && height * zoom <= down, `${width} x ${height}`);
    }
  }
});

test("what is wide lies across, what is high stands upright, and it is as large as it fits", () => {
  assert.equal(onPaper(1280, 800).lies, "landscape");
  assert.equal(onPaper(1280, 2400).lies, "portrait");
  assert.ok(onPaper(1280, 800).zoom > 0.75);
});
