import assert from "node:assert/strict";
import test from "node:test";

import { endsOf, finelyAlike, percent, written, writtenExactly } from "../../lstm_viz/browser/math/numbers.js";

test("a number has three decimals and a true minus sign", () => {
  assert.equal(written(0.97251), "0.973");
  assert.equal(written(-1.5), "−1.500");
});

test("nothing is minus zero", () => {
  assert.equal(written(-0.0001), "0.000");
});

test("large numbers keep their place", () => {
  assert.equal(written(123.4567), "123.46");
  assert.equal(written(-4321.987), "−4322.0");
  assert.equal(written(123456), "1.23e5");
});

test("whoever wants to know exactly gets six digits", () => {
  assert.equal(writtenExactly(-0.123456789), "−0.123457");
});

test("what is nearly sure is not called sure", () => {
  assert.deepEqual([1, 0.999, 0.5, 0.001, 0].map(percent), ["100%", ">99%", "50%", "<1%", "0%"]);
});

test("the numbers of one sum have one form", () => {
  const alike = (values) => values.map((value) => finelyAlike(values)(value));
  assert.deepEqual(alike([0.25, -1.5, 0]), ["0.250", "−1.500", "0.000"]);
  assert.deepEqual(alike([0.25, 0.0012]), ["0.2500", "0.0012"]);
  assert.deepEqual(alike([7.1e-4, 0]), ["7.1e−4", "0"]);
  assert.deepEqual(alike([-7.1e-4, 0.25]), ["−7.1e−4", "2.5e−1"]);
  assert.deepEqual(alike([NaN, 0]), ["–", "0.000"]);
});

test("a scale's ends say so where values reach beyond them", () => {
  assert.equal(endsOf(49.2, 69.54, true), "±49 … 70");
  assert.equal(endsOf(1, 0.7, true), "±1");
  assert.equal(endsOf(1, 1, false), "0–1");
  assert.equal(endsOf(4.2, 4.21, true), "±4.2");
  assert.equal(endsOf(0.00023, 0.0068, true), "±2e−4 … 7e−3");
  assert.equal(endsOf(0.00023, 0.0001, true), "±2.3e−4");
  assert.equal(endsOf(0.0004, 0.5, false), "0–4e−4 … 0.5");
  assert.equal(endsOf(0, 0, true), "±0");
});
