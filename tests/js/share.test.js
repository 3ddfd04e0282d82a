import assert from "node:assert/strict";
import test from "node:test";

import { linkOf } from "../../lstm_viz/browser/entries/share.js";

const HERE = "http://school.edu/lstm/stage?lang=zh&cell=gru&t=5&unit=3#teacher=secret";

test("a link is the page's own address, in any language, with what is written on it", () => {
  const url = new URL(linkOf(HERE, { title: " Lesson 3 ", note: "a\nb", question: "" }, { task: "locked", cell: "hidden", t: "shown", sequence: "locked" }));
  assert.equal(url.origin + url.pathname, "http://school.edu/lstm/stage");
  assert.deepEqual(Object.fromEntries(url.searchParams), { cell: "gru", t: "5", unit: "3", title: "Lesson 3", note: "a\nb", lock: "task,sequence", hide: "cell" });
  assert.equal(url.hash, "");
});

test("of an earlier link nothing is left", () => {
  const once = linkOf(HERE, { title: "one", note: "two", question: "three" }, { cell: "hidden", task: "locked" });
  assert.equal(linkOf(once, {}, {}), "http://school.edu/lstm/stage?cell=gru&t=5&unit=3");
});

test("what is written is one value of the address, whatever is in it", () => {
  const text = "a&hide=task#x=1?<script>“中文”%41+";
  assert.equal(new URL(linkOf(HERE, { note: text }, {})).searchParams.get("note"), text);
  assert.equal(new URL(linkOf(HERE, { note: text }, {})).searchParams.has("hide"), false);
});
