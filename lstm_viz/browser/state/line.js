// A line to the server that comes back by itself: a websocket, and another one when it is lost.
//
// The server speaks every ten seconds at least. A line that has been silent for longer than that is
// lost although nobody has said so, as when a Wi-Fi goes.

const FIRST_WAIT = 250; // milliseconds until it is tried again, twice as long each time
const LONGEST_WAIT = 5000;
export const SILENCE = 25000;

export class Line {
  // `hello()` is the first thing to say; `told(said)` gets what the server says; `lost()` that it is
  // gone for now. `Socket` and `clock` are the browser's; a test has others.
  constructor(url, { hello, told, lost }, Socket = WebSocket, clock = globalThis) {
    Object.assign(this, { url, hello, told, lost, Socket, clock, wait: FIRST_WAIT });
    this.open();
  }

  open() {
    this.clock.clearTimeout(this.timer);
    const socket = new this.Socket(this.url);
    this.socket = socket;
    const mine = (act) => (event) => socket === this.socket && act(event);
    socket.onopen = mine(() => socket.send(JSON.stringify(this.hello())));
    socket.onmessage = mine(({ data }) => this.hear(JSON.parse(data)));
    socket.onclose = mine(() => this.again());
    this.listen();
  }

  hear(said) {
    this.wait = FIRST_WAIT;
    this.listen();
    this.told(said);
  }

  listen() {
    this.clock.clearTimeout(this.silence);
    this.silence = this.clock.setTimeout(() => this.again(), SILENCE);
  }

  again() {
    this.drop();
    this.lost();
    this.timer = this.clock.setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2)); // not all at once
    this.wait = Math.min(2 * this.wait, LONGEST_WAIT);
  }

  // Whether it has been handed over.
  say(said) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(said));
    return true;
  }

  drop() {
    this.clock.clearTimeout(this.timer);
    this.clock.clearTimeout(this.silence);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }
}
