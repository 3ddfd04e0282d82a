import assert from "node:assert/strict";
import test from "node:test";

import { Line, SILENCE } from "../../lstm_viz/browser/state/line.js";

// A clock that stands until it is turned, and sockets that do what the test says.
function world() {
  const [timers, sockets, told] = [new Map(), [], []];
  let [now, number] = [0, 0];
  const clock = {
    setTimeout: (act, after) => (timers.set((number += 1), { act, at: now + after }), number),
    clearTimeout: (id) => timers.delete(id),
  };
  const turn = (by) => {
    const end = now + by;
    for (;;) {
      const next = [...timers].filter(([, { at }]) => at <= end).sort((one, other) => one[1].at - other[1].at)[0];
      if (!next) break;
      timers.delete(next[0]);
      now = next[1].at;
      next[1].act();
    }
    now = end;
  };
  class Socket {
    constructor(url) {
      Object.assign(this, { url, sent: [], readyState: 0 });
      sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
    }
    close() {
      this.readyState = 3;
    }
    opens() {
      this.readyState = 1;
      this.onopen({});
    }
    says(said) {
      this.onmessage({ data: JSON.stringify(said) });
    }
  }
  const line = new Line("ws://a/class", { hello: () => ({ follow: 1 }), told: (said) => told.push(said), lost: () => told.push("lost") }, Socket, clock);
  return { line, sockets, told, turn };
}

test("it says who it is, and hears", () => {
  const { line, sockets, told } = world();
  assert.equal(line.say({ answer: 1 }), false);
  sockets[0].opens();
  sockets[0].says({ room: 1 });
  assert.equal(line.say({ answer: 1 }), true);
  assert.deepEqual([sockets[0].sent, told], [[{ follow: 1 }, { answer: 1 }], [{ room: 1 }]]);
});

test("a line that is lost comes back by itself, each time later, and says who it is again", () => {
  const { sockets, told, turn } = world();
  for (let lost = 1; lost <= 6; lost += 1) {
    sockets.at(-1).onclose({});
    turn(10000);
    assert.equal(sockets.length, lost + 1);
  }
  sockets.at(-1).opens();
  sockets.at(-1).says({ room: 2 });
  assert.deepEqual(sockets.at(-1).sent, [{ follow: 1 }]);
  assert.deepEqual(told.at(-1), { room: 2 });
  sockets.at(-1).onclose({});
  turn(320); // what has been heard makes it quick again
  assert.equal(sockets.length, 8);
});

test("a line that is silent is lost, and one that speaks is not", () => {
  const { sockets, told, turn } = world();
  sockets[0].opens();
  turn(SILENCE - 1);
  sockets[0].says({ alive: true });
  turn(SILENCE - 1);
  assert.equal(sockets.length, 1);
  turn(1000);
  assert.equal(sockets.length, 2);
  assert.equal(told.at(-1), "lost");
});

test("what comes from a line that was given up is not heard, and a line that was dropped stays so", () => {
  const { line, sockets, told, turn } = world();
  sockets[0].opens();
  line.drop();
  sockets[0].says({ room: 3 });
  sockets[0].onclose({});
  turn(10 * SILENCE);
  assert.deepEqual([told, sockets.length], [[], 1]);
});
