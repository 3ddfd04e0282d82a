// What all views share: a life, one cursor, and their place in the address.
//
// A view is built for one payload and its words. The same payload again means another theme: the view
// is dressed anew. Another payload means another view, made while the one before is still there, so that
// it can begin where that one stands: at its step, at its speed, playing if that one played.
//
// A view has `moved()`, which shows the cursor's step, `dress()`, and `shape`: how many steps and units
// its cursor has.

import { Address, addressed } from "../state/address.js";
import { setText } from "./dom.js";
import { Looks } from "../state/looks.js";

export const STRANDS = 16; // units whose strands are drawn
const QUIET_MS = 400; // so long nothing moves before a step is read out

export const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The view of this payload in this element; `make` makes one from the view before.
export function viewIn(root, id, make) {
  const before = root.view;
  if (before?.source === id) before.dress();
  else {
    root.view = make(before);
    before?.leave();
  }
  return root.view;
}

// Of all units those whose strands are drawn; the chosen one is always among them.
export function withChosen(shown, unit) {
  const kept = shown.includes(unit) ? shown : [...shown.slice(0, STRANDS - 1), unit];
  return [...kept].sort((one, other) => one - other);
}

export class View {
  constructor(root, source, names) {
    Object.assign(this, { root, source, abort: new AbortController(), address: new Address(names) });
  }

  get signal() {
    return this.abort.signal;
  }

  // Everything is built and shown: from now on the view follows its cursor and the address the view.
  // `choices` are those of looks.js; `before` is the view that stood here.
  begin(choices, before) {
    const { cursor, signal } = this;
    this.transport.showPlay(cursor);
    cursor.on("move", () => this.moved());
    cursor.on("play", () => this.transport.showPlay(cursor));
    this.looks = new Looks(this.address, choices, Boolean(before));
    this.looks.follow(this.root, cursor, signal);
    if (before?.cursor.playing) cursor.play();
    this.address.follow(signal, () => this.goBack());
  }

  // What is asked for in the address: null where it says nothing.
  get wanted() {
    const { steps, units } = this.shape;
    return addressed(this.address.names, steps, units);
  }

  go(step) {
    if (step !== this.cursor.step) this.cursor.go(step);
  }

  // Where the address says, after the browser has gone back.
  goBack() {
    this.address.afterwards(() => {
      this.looks.goBack();
      const { step, unit, phase } = this.wanted;
      const { cursor } = this;
      if (unit !== null && unit !== cursor.unit) cursor.choose(unit);
      if (step !== null) this.go(step);
      if ((phase ?? cursor.phases - 1) !== cursor.phase) cursor.toPhase(phase ?? cursor.phases - 1);
    });
  }

  resizes(action) {
    this.resized = new ResizeObserver(action);
    this.resized.observe(this.root);
  }

  // Says for those who listen where the cursor is, once it rests.
  announce(live, said) {
    clearTimeout(this.announcing);
    this.announcing = setTimeout(() => !this.cursor.playing && setText(live, said()), QUIET_MS);
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen?.();
  }

  leave() {
    this.abort.abort();
    this.cursor.stop();
    this.address.stop();
    this.resized?.disconnect();
    clearTimeout(this.announcing);
  }
}
