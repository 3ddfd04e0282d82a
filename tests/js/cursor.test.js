import assert from "node:assert/strict";
import test from "node:test";

import { Cursor, SPEEDS } from "../../lstm_viz/browser/state/cursor.js";

let frames = [];
globalThis.requestAnimationFrame = (frame) => frames.push(frame);
globalThis.cancelAnimationFrame = () => (frames = []);

function cursor(settings = {}) {
  frames = [];
  return new Cursor({ steps: 5, phases: 4, step: 1, unit: 0, still: false, ...settings });
}

test("a step is whole unless one goes into it", () => {
  const at = cursor();
  at.forward();
  assert.deepEqual([at.step, at.phase, at.whole], [2, 3, true]);
});

test("the first and the last step are where it stops", () => {
  const at = cursor();
  at.go(-3);
  assert.equal(at.step, 0);
  at.go(99);
  assert.equal(at.step, 4);
});

test("phases lead from one step into the next, and back", () => {
  const at = cursor({ still: true });
  const places = [];
  for (let press = 0; press < 5; press++) {
    at.subForward();
    places.push([at.step, at.phase]);
  }
  assert.deepEqual(places, [[2, 0], [2, 1], [2, 2], [2, 3], [3, 0]]);
  at.subBack();
  assert.deepEqual([at.step, at.phase, at.whole], [2, 3, true]);
});

test("in the last phase of the last step there is nothing further", () => {
  const at = cursor({ step: 4 });
  at.subForward();
  assert.deepEqual([at.step, at.phase], [4, 3]);
});

test("while it plays, numbers are those of a step and only the strands are between two", () => {
  const at = cursor();
  at.setSpeed(2);
  at.play();
  at.advance(500);
  assert.equal(at.step, 2);
  assert.ok(at.mix < 1);
  at.advance(150);
  assert.equal(at.step, 2);
  assert.ok(at.mix > 0 && at.mix < 1);
  at.advance(250);
  assert.equal(at.mix, 1, "there is a pause to look before the next step");
});

test("it plays as many steps a second as it says", () => {
  const at = cursor({ steps: 100, step: 0 });
  at.setSpeed(8);
  at.play();
  for (let frame = 0; frame < 60; frame++) at.advance(1000 / 60);
  assert.equal(at.step, 8);
});

test("it stops at the end on the numbers of the last step, and plays again from the first", () => {
  const at = cursor({ step: 3 });
  at.play();
  at.advance(600);
  at.advance(600);
  assert.deepEqual([at.step, at.playing, at.mix], [4, false, 1]);
  at.play();
  assert.equal(at.step, 0);
});

test("played by phases, each phase has its time", () => {
  const at = cursor({ step: 0 });
  at.setSpeed(0);
  at.play();
  const places = [[at.step, at.phase]];
  for (let second = 0; second < 4; second++) {
    at.advance(900);
    places.push([at.step, at.phase]);
  }
  assert.deepEqual(places, [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0]]);
});

test("whoever wants less motion sees none", () => {
  const at = cursor({ still: true });
  at.play();
  at.advance(510);
  assert.deepEqual([at.step, at.mix], [2, 1]);
  at.toPhase(1);
  assert.equal(at.progress, 1);
});

test("taking the cursor by hand stops the playing", () => {
  const at = cursor();
  at.play();
  at.go(3);
  assert.equal(at.playing, false);
});

test("the speed stays within what is offered", () => {
  const at = cursor();
  for (let press = 0; press < 20; press++) at.changeSpeed(1);
  assert.equal(at.speed, SPEEDS.at(-1));
  for (let press = 0; press < 20; press++) at.changeSpeed(-1);
  assert.equal(at.speed, 0);
});

test("listeners hear each kind of change once", () => {
  const at = cursor();
  const heard = [];
  for (const event of ["move", "frame", "play"]) at.on(event, () => heard.push(event));
  at.forward();
  at.choose(3);
  at.play();
  assert.deepEqual(heard, ["move", "move", "play"]);
});
