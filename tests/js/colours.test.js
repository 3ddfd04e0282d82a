import assert from "node:assert/strict";
import test from "node:test";

import { luminance, paintOf, rgb, shaded, signedColour } from "../../lstm_viz/browser/math/colours.js";

const colours = {
  background: "#ffffff",
  positive: "#d1500a",
  negative: "#0b6fb8",
  roles: { keep: "#00805a" },
};

test("0 is the page's own background, for gates and for values with a sign", () => {
  assert.deepEqual(paintOf({ scale: "gate", role: "keep" }, colours)(0), [255, 255, 255]);
  assert.deepEqual(signedColour(colours, 0), [255, 255, 255]);
});

test("the ends of the scales are the colours of the table", () => {
  assert.deepEqual(paintOf({ scale: "gate", role: "keep" }, colours)(1), [0, 128, 90]);
  assert.deepEqual(signedColour(colours, 1), [209, 80, 10]);
  assert.deepEqual(signedColour(colours, -1), [11, 111, 184]);
});

test("a larger value is never paler", () => {
  const light = (share) => luminance(`rgb(${shaded("#ffffff", "#00805a", share).join(",")})`);
  for (let share = 0.1; share < 1; share += 0.1) assert.ok(light(share) <= light(share - 0.1));
});

test("beyond the scale a value is painted as its end", () => {
  assert.deepEqual(signedColour(colours, -7), signedColour(colours, -1));
});

test("colours are read as a browser writes them", () => {
  assert.deepEqual(rgb("#0af"), [0, 170, 255]);
  assert.deepEqual(rgb("rgb(14, 17, 23)"), [14, 17, 23]);
});
