// The gradient flowing back through several unrolled networks, under one cursor.

import { Address, addressed } from "../state/address.js";
import { themed } from "../math/colours.js";
import { Cursor, speedOf } from "../state/cursor.js";
import { element, setText } from "../parts/dom.js";
import { listenToKeys, steering } from "../state/keys.js";
import { Looks } from "../state/looks.js";
import { Transport } from "../parts/transport.js";
import { Unrolled, widthOfLanes } from "../parts/unrolled.js";

const SPEED = 4; // steps a second

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".stage");
  const before = root.view;
  if (before?.source === data.id) before.dress();
  else {
    before?.leave();
    root.view = new Walk(root, data, before);
  }
  return () => root.view?.leave();
}

class Walk {
  constructor(root, data, before) {
    Object.assign(this, { root, data, source: data.id, abort: new AbortController() });
    const { signal } = this.abort;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.cursor = new Cursor({ steps: data.steps, phases: 1, still, towards: data.towards, step: startOf(data, before) });
    this.cursor.speed = before ? before.cursor.speed : SPEED;
    this.address = new Address(data.address);
    const go = (step) => step !== this.cursor.step && this.cursor.go(step);
    this.unrolled = new Unrolled(data.unrolled, go, signal);
    if (before) this.unrolled.rescale(before.unrolled.scale);
    this.transport = new Transport({ steps: data.steps }, this.cursor, data.words, signal);
    this.live = element("div", { class: "heard", "aria-live": "polite", role: "status" });
    this.board = element("div", { class: "walk-board" }, this.transport.root, this.unrolled.root);
    this.root.replaceChildren(this.board, this.live);
    this.dress();
    this.listen(signal);
    this.moved();
    this.transport.showPlay(this.cursor);
    this.looks = new Looks(this.address, [speedOf(this.cursor, SPEED), widthOfLanes(this.unrolled)], Boolean(before));
    this.looks.follow(root, this.cursor, signal);
    this.address.follow(signal, () => this.goBack());
  }

  // Where the address says, after the browser has gone back.
  goBack() {
    this.looks.goBack();
    const { step } = addressed(this.data.address, this.data.steps, 1);
    if (step !== null && step !== this.cursor.step) this.cursor.go(step);
  }

  listen(signal) {
    const { cursor } = this;
    cursor.on("move", () => this.moved());
    cursor.on("frame", () => this.draw());
    cursor.on("play", () => this.transport.showPlay(cursor));
    cursor.on("play", () => this.announce());
    const actions = {
      ...steering(cursor),
      fullScreen: () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen?.()),
    };
    for (const [name, action] of Object.entries(actions)) actions[name] = () => this.isSeen() && action();
    listenToKeys(actions, (node) => node === this.transport.scrubber, signal);
    this.resized = new ResizeObserver(() => this.unrolled.measure());
    this.resized.observe(this.root);
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
    this.draw();
    this.address.show(step);
    if (!this.cursor.playing) this.announce();
  }

  draw() {
    const { step, mix, towards } = this.cursor;
    this.unrolled.glide(step + (mix - 1) * towards);
  }

  announce() {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => {
      if (!this.cursor.playing) setText(this.live, this.unrolled.now(this.cursor.step));
    }, 400);
  }

  dress() {
    this.unrolled.dress(themed(this.root).dark);
  }

  leave() {
    this.abort.abort();
    this.cursor.stop();
    this.address.stop();
    this.resized.disconnect();
    clearTimeout(this.announcing);
  }
}

// As far back as before; else what the address says, else where there is something to see.
function startOf(data, before) {
  const { last } = data.unrolled;
  if (before) return Math.max(0, last - Math.max(before.data.unrolled.last - before.cursor.step, 0));
  return addressed(data.address, data.steps, 1).step ?? data.start.t;
}
