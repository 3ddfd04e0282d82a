import assert from "node:assert/strict";
import test from "node:test";

import { Cursor, SPEEDS } from "../../lstm_viz/browser/state/cursor.js";

let frames = [];
globalThis.requestAnimationFrame = (frame) => frames.push(frame);
globalThis.cancelAnimationFrame = () => (frames = []);

function cursor(settings = {}) {
  frames = [];
  return new Cursor({ steps: 5, phases: 4, step: 1, unit: 0, ...settings });
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
  const at = cursor();
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

test("it says by which way it came, and where that would be none it says nothing", () => {
  const at = cursor();
  const ways = [];
  at.on("move", () => ways.push(at.moved && [at.moved.by, at.moved.first, at.moved.last, at.moved.onward]));
  at.forward();
  at.back();
  at.go(4);
  at.choose(2);
  at.toPhase(1);
  at.subBack();
  at.go(3);
  at.subForward();
  assert.deepEqual(ways, [[1, 0, 3, true], [-1, 0, 3, false], null, null, [0, 1, 1, true], [0, 1, 1, false], [-1, 0, 3, false], [1, 0, 0, true]]);
});

test("going back in time, one step on is one step earlier", () => {
  const at = cursor({ towards: -1, step: 4 });
  at.forward();
  assert.deepEqual([at.moved.by, at.moved.onward], [-1, true]);
  at.back();
  assert.deepEqual([at.moved.by, at.moved.onward], [1, false]);
});

test("the way is shown in less time than the step is there, however fast it plays", () => {
  const at = cursor({ steps: 100 });
  for (const speed of SPEEDS) {
    at.setSpeed(speed);
    at.play();
    assert.ok(at.room > 0 && at.room < at.interval, `${speed}`);
    at.pause();
  }
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
  assert.deepEqual([at.step, at.playing, at.whole], [4, false, true]);
  at.play();
  assert.equal(at.step, 0);
});

test("played by phases, each phase has its time", () => {
  const at = cursor({ step: 0 });
  at.setSpeed(0);
  at.play();
  const places = [[at.step, at.phase]];
  for (let second = 0; second < 4; second++) {
    at.advance(1200);
    places.push([at.step, at.phase]);
  }
  assert.deepEqual(places, [[0, 0], [0, 1], [0, 2], [0, 3], [1, 0]]);
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
  for (const event of ["move", "play"]) at.on(event, () => heard.push(event));
  at.forward();
  at.choose(3);
  at.play();
  assert.deepEqual(heard, ["move", "move", "play"]);
});
