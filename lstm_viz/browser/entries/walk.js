// The gradient flowing back through several unrolled networks, under one cursor.

import { addressed } from "../state/address.js";
import { themed } from "../math/colours.js";
import { Cursor, speedOf } from "../state/cursor.js";
import { element } from "../parts/dom.js";
import { listenToKeys, steering } from "../state/keys.js";
import { Transport } from "../parts/transport.js";
import { Unrolled, widthOfLanes } from "../parts/unrolled.js";
import { View, viewIn } from "../parts/view.js";

const SPEED = 4; // steps a second

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".stage");
  viewIn(root, data.id, (before) => new Walk(root, data, before));
  return () => root.view?.leave();
}

class Walk extends View {
  constructor(root, data, before) {
    super(root, data.id, data.address);
    Object.assign(this, { data, shape: { steps: data.steps, units: 1 } });
    const { signal } = this;
    this.cursor = new Cursor({ steps: data.steps, phases: 1, towards: data.towards, step: startOf(data, before) });
    this.cursor.speed = before ? before.cursor.speed : SPEED;
    this.unrolled = new Unrolled(data.unrolled, (step) => this.go(step), signal);
    if (before) this.unrolled.rescale(before.unrolled.scale);
    this.transport = new Transport({ steps: data.steps }, this.cursor, data.words, signal);
    this.live = element("div", { class: "heard", "aria-live": "polite", role: "status" });
    this.board = element("div", { class: "walk-board" }, this.transport.root, this.unrolled.root);
    this.root.replaceChildren(this.board, this.live);
    this.dress();
    this.listen(signal);
    this.moved();
    this.begin([speedOf(this.cursor, SPEED), widthOfLanes(this.unrolled)], before);
  }

  listen(signal) {
    const { cursor } = this;
    cursor.on("play", () => this.tell());
    const actions = { ...steering(cursor), fullScreen: () => this.fullScreen() };
    for (const [name, action] of Object.entries(actions)) actions[name] = () => this.isSeen() && action();
    listenToKeys(actions, (node) => node === this.transport.scrubber, signal);
    this.resizes(() => this.unrolled.measure());
  }

  // Further up or down the page the same keys scroll it.
  isSeen() {
    const { top, bottom } = this.board.getBoundingClientRect();
    const middle = (top + bottom) / 2;
    return 0 < middle && middle < globalThis.innerHeight;
  }

  moved() {
    const { step } = this.cursor;
    this.root.dataset.step = step + 1;
    this.transport.show(this.cursor, this.data.tokens[step]);
    this.unrolled.show(step);
    this.address.show(this.cursor);
    if (!this.cursor.playing) this.tell();
  }

  tell() {
    this.announce(this.live, () => this.unrolled.now(this.cursor.step));
  }

  dress() {
    this.unrolled.dress(themed(this.root).dark);
  }
}

// As far back as before; else what the address says, else where there is something to see.
function startOf(data, before) {
  const { last } = data.unrolled;
  if (before) return Math.max(0, last - Math.max(before.data.unrolled.last - before.cursor.step, 0));
  return addressed(data.address, data.steps, 1).step ?? data.start.t;
}
