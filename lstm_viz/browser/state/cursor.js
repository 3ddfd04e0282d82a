// The one cursor that everything follows: which step, which phase inside it, which unit.
//
// Whoever listens shows a step whole, in one frame: numbers, strands and strips. `moved` says by which
// way it came there, so that the way can be shown as well (parts/pulse.js). While it plays, the time
// that a step has been there is added up frame by frame, and not by a chain of timers, so whatever
// interrupts it (a key, a click, a hidden tab) leaves nothing behind.

export const SPEEDS = [0, 0.5, 1, 2, 4, 8]; // steps a second; 0 plays phase by phase
export const BY_PHASE = 0;
const PHASE_MS = 1200;
const STEP_MS = 1100; // in which one step is shown that was made by hand

// For looks.js.
export const speedOf = (cursor, first) => ({ part: "speed", options: SPEEDS, first, now: () => cursor.speed, set: (speed) => cursor.setSpeed(speed) });

export class Cursor {
  // `towards` is -1 where the walk goes back in time: "forward" then means one step earlier.
  constructor({ steps, phases, step, unit, phase, towards = 1 }) {
    Object.assign(this, { steps, phases, step, unit, towards });
    this.start = towards > 0 ? 0 : steps - 1;
    this.end = steps - 1 - this.start;
    this.phase = Math.min(phase ?? phases, phases - 1);
    this.moved = null;
    this.speed = 2;
    this.playing = false;
    this.listeners = { move: new Set(), play: new Set() };
  }

  // "move": step, phase or unit changed. "play": the rest.
  on(event, listener) {
    this.listeners[event].add(listener);
  }

  tell(event) {
    for (const listener of this.listeners[event]) listener(this);
  }

  get whole() {
    return this.phase === this.phases - 1;
  }

  // How long what is shown now stays, in milliseconds, or would while it plays.
  get interval() {
    return this.speed === BY_PHASE || !this.whole ? PHASE_MS : 1000 / this.speed;
  }

  // How long there is to show the way that it came.
  get room() {
    return this.playing ? Math.min(0.92 * this.interval, PHASE_MS) : STEP_MS;
  }

  go(step) {
    this.pause();
    this.put(step);
  }

  put(step) {
    const to = Math.min(Math.max(Math.round(step), 0), this.steps - 1);
    const by = to - this.step;
    this.step = to;
    this.phase = this.phases - 1;
    this.came(Math.abs(by) === 1 ? { by, first: 0, last: this.phase, onward: by === this.towards } : null);
  }

  // What is shown is another moment: `moved` is the step's or the sub-steps' way there, null for none.
  came(moved) {
    this.elapsed = 0;
    this.moved = moved;
    this.tell("move");
  }

  forward() {
    this.go(this.step + this.towards);
  }

  back() {
    this.go(this.step - this.towards);
  }

  toPhase(phase) {
    this.pause();
    this.openPhase(phase);
  }

  subForward() {
    if (this.phase < this.phases - 1) this.toPhase(this.phase + 1);
    else if (this.step !== this.end) {
      this.pause();
      this.openNextStep();
    }
  }

  subBack() {
    if (this.phase > 0) {
      this.pause();
      this.phase -= 1;
      this.came({ by: 0, first: this.phase + 1, last: this.phase + 1, onward: false });
    } else if (this.step !== this.start) this.back();
  }

  openPhase(phase, by = 0) {
    this.phase = phase;
    this.came({ by, first: phase, last: phase, onward: true });
  }

  openNextStep() {
    this.step += this.towards;
    this.openPhase(0, this.towards);
  }

  choose(unit) {
    this.unit = unit;
    this.moved = null;
    this.tell("move");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.step === this.end && this.whole) this.put(this.start);
    this.playing = true;
    this.elapsed = 0;
    this.tell("play");
    if (this.speed === BY_PHASE && this.whole) this.openPhase(0);
    this.runOn();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.tell("play");
  }

  setSpeed(speed) {
    this.speed = speed;
    this.tell("play");
  }

  changeSpeed(by) {
    const place = SPEEDS.indexOf(this.speed) + by;
    this.setSpeed(SPEEDS[Math.min(Math.max(place, 0), SPEEDS.length - 1)]);
  }

  runOn() {
    if (this.request || !this.playing) return;
    let last = performance.now();
    const frame = (now) => {
      this.advance(Math.max(0, now - last));
      last = now;
      this.request = this.playing ? requestAnimationFrame(frame) : null;
    };
    this.request = requestAnimationFrame(frame);
  }

  // Time passes. Kept apart from the browser's clock so that a test can pass it.
  advance(milliseconds) {
    if (!this.playing) return;
    this.elapsed += milliseconds;
    const { interval } = this;
    if (this.elapsed < interval) return;
    const remainder = this.elapsed % interval;
    this.next();
    this.elapsed = remainder;
  }

  next() {
    if (this.phase < this.phases - 1) this.openPhase(this.phase + 1);
    else if (this.step === this.end) this.pause();
    else if (this.speed === BY_PHASE) this.openNextStep();
    else this.put(this.step + this.towards);
  }

  stop() {
    cancelAnimationFrame(this.request);
    this.playing = false;
  }
}
