// The one cursor that everything follows: which step, which phase inside it, which unit.
//
// Numbers are always those of `step`. While it plays, the strands glide from the step before:
// `mix` runs from 0 to 1 and reaches 1 well before the next step, so that there is a pause to look.
// All animation is a function of the time since the last step and not a chain of timers, so whatever
// interrupts it (a key, a click, a hidden tab) leaves nothing behind.

export const SPEEDS = [0, 0.5, 1, 2, 4, 8]; // steps a second; 0 plays phase by phase
const PHASE_MS = 900;
const GLIDE_MS = 360;
const SHARE_OF_GLIDE = 0.6;

// For looks.js.
export const speedOf = (cursor, first) => ({ part: "speed", options: SPEEDS, first, now: () => cursor.speed, set: (speed) => cursor.setSpeed(speed) });

export class Cursor {
  // `towards` is -1 where the walk goes back in time: "forward" then means one step earlier.
  constructor({ steps, phases, step, unit, phase, still, towards = 1 }) {
    Object.assign(this, { steps, phases, step, unit, still, towards });
    this.start = towards > 0 ? 0 : steps - 1;
    this.end = steps - 1 - this.start;
    this.phase = Math.min(phase ?? phases, phases - 1);
    this.progress = 1;
    this.mix = 1;
    this.speed = 2;
    this.playing = false;
    this.listeners = { move: new Set(), frame: new Set(), play: new Set() };
  }

  // "move": step, phase or unit changed. "frame": only how far the drawing has glided. "play": the rest.
  on(event, listener) {
    this.listeners[event].add(listener);
  }

  tell(event) {
    for (const listener of this.listeners[event]) listener(this);
  }

  get whole() {
    return this.phase === this.phases - 1 && this.progress === 1;
  }

  go(step) {
    this.pause();
    this.put(step);
  }

  put(step, mix = 1) {
    this.settle();
    this.mix = mix;
    this.step = Math.min(Math.max(Math.round(step), 0), this.steps - 1);
    this.phase = this.phases - 1;
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
      this.step += this.towards;
      this.openPhase(0);
    }
  }

  subBack() {
    if (this.phase > 0) {
      this.pause();
      this.settle();
      this.phase -= 1;
      this.tell("move");
    } else if (this.step !== this.start) this.back();
  }

  openPhase(phase) {
    this.settle();
    this.phase = phase;
    this.progress = this.still ? 1 : 0;
    this.tell("move");
    this.glide();
  }

  choose(unit) {
    this.unit = unit;
    this.tell("move");
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.step === this.end && this.whole) this.put(this.start);
    this.settle();
    this.playing = true;
    this.elapsed = 0;
    this.tell("play");
    if (this.speed === 0 && this.whole) this.openPhase(0);
    this.glide();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.settle();
    this.tell("play");
    this.tell("frame");
  }

  setSpeed(speed) {
    this.speed = speed;
    this.tell("play");
  }

  changeSpeed(by) {
    const place = SPEEDS.indexOf(this.speed) + by;
    this.setSpeed(SPEEDS[Math.min(Math.max(place, 0), SPEEDS.length - 1)]);
  }

  // Whatever was gliding is where it was going.
  settle() {
    this.mix = 1;
    this.progress = 1;
    this.elapsed = 0;
  }

  glide() {
    if (this.request || !(this.playing || this.progress < 1)) return;
    let last = performance.now();
    const frame = (now) => {
      this.advance(Math.max(0, now - last));
      last = now;
      this.request = this.playing || this.progress < 1 ? requestAnimationFrame(frame) : null;
    };
    this.request = requestAnimationFrame(frame);
  }

  // Time passes. Kept apart from the browser's clock so that a test can pass it.
  advance(milliseconds) {
    this.elapsed += milliseconds;
    const byPhase = this.speed === 0 || this.phase < this.phases - 1 || this.progress < 1;
    const interval = byPhase ? PHASE_MS : 1000 / this.speed;
    if (this.playing && this.elapsed >= interval) {
      this.next(this.elapsed % interval);
      if (!this.playing) return;
    }
    const glide = Math.min(GLIDE_MS, interval * SHARE_OF_GLIDE);
    const part = this.still ? 1 : eased(Math.min(1, this.elapsed / glide));
    if (part === this.mix && part === this.progress) return;
    if (byPhase) this.progress = part;
    else this.mix = part;
    this.tell("frame");
  }

  next(remainder) {
    const last = this.step === this.end;
    if (this.phase < this.phases - 1) this.openPhase(this.phase + 1);
    else if (last) return this.pause();
    else if (this.speed === 0) {
      this.step += this.towards;
      this.openPhase(0);
    } else this.put(this.step + this.towards, this.still ? 1 : 0);
    this.elapsed = remainder;
  }

  stop() {
    cancelAnimationFrame(this.request);
    this.playing = false;
  }
}

function eased(part) {
  return part < 0.5 ? 4 * part ** 3 : 1 - (2 - 2 * part) ** 3 / 2;
}
