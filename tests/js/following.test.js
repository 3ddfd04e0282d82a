import assert from "node:assert/strict";
import test from "node:test";

import { addressHere, addressToTell, difference } from "../../lstm_viz/browser/state/following.js";
import { codeOf } from "../../lstm_viz/browser/state/class_room.js";

const MOVING = ["t", "unit", "phase"];
const here = (at, from = "http://school.edu/lstm/stage?lang=zh&t=3") => addressHere(at, "zh", from).href;

test("what is told is the page and what is chosen there, and nothing of one's own", () => {
  assert.equal(addressToTell("http://a:8501/stage?lang=zh&t=5&unit=10#teacher=secret"), "stage?t=5&unit=10");
  assert.equal(addressToTell("https://school.edu/lstm/what_if?hold=f.shut&class=a-b-c-d"), "what_if?hold=f.shut");
  assert.equal(addressToTell("https://school.edu/lstm/"), "");
});

test("it opens below the same path and in one's own language", () => {
  assert.equal(here("what_if?hold=f.1&lang=en"), "http://school.edu/lstm/what_if?hold=f.1&lang=zh");
  assert.equal(here("what_if", "http://school.edu/stage?t=1"), "http://school.edu/what_if?lang=zh");
});

test("no address leads out of the app", () => {
  for (const at of ["//evil.example/stage", "https://evil.example/", "../../stage", "/elsewhere/stage", "javascript:alert(1)", "a/b/c"]) {
    assert.equal(here(at), "http://school.edu/lstm/stage?lang=zh&t=3", at);
  }
});

test("what moves in the browser is told to the views alone", () => {
  const [from, to] = ["http://a/stage?t=3&cell=gru", "http://a/stage?t=4&unit=2&cell=gru"].map((href) => new URL(href));
  assert.equal(difference(from, to, MOVING), "view");
  assert.equal(difference(from, from, MOVING), "");
  assert.equal(difference(from, new URL("http://a/stage?t=3&cell=lstm"), MOVING), "page");
  assert.equal(difference(from, new URL("http://a/what_if?t=3&cell=gru"), MOVING), "page");
  assert.equal(difference(new URL("http://a/x?c=1&c=2"), new URL("http://a/x?c=1"), MOVING), "page");
});

test("a code may be typed as it is heard", () => {
  for (const typed of ["amber-river-moon-fox", " Amber river\tMOON, fox ", "amber_river.moon fox"]) assert.equal(codeOf(typed), "amber-river-moon-fox");
  assert.equal(codeOf("…"), "");
});
