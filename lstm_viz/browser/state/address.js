// The address bar holds the step and the unit, so that copying it copies the moment.
// On the screen and in the address the first step is 1; units count from 0, as in the arrays.

export function addressed(steps, units) {
  const asked = new URL(window.location.href).searchParams;
  const step = wholeNumber(asked.get("t"), 1, steps);
  const unit = wholeNumber(asked.get("unit"), 0, units - 1);
  const after = wholeNumber(asked.get("after"), 0, 999999);
  return { step: step === null ? null : step - 1, unit, after };
}

function wholeNumber(text, low, high) {
  if (text === null || !/^\d{1,6}$/.test(text)) return null;
  return Math.min(Math.max(Number(text), low), high);
}

// Browsers allow some hundred changes of the address in half a minute: while it plays or is dragged,
// only the last of a burst is written.
export class Address {
  constructor(run, wait = 120) {
    this.run = run; // what Python chose: task, cell, sequence
    this.wait = wait;
    this.written = 0;
  }

  // `after` is how many training steps the network has had, null where nothing is said about them.
  show(step, unit, after = null) {
    clearTimeout(this.timer);
    const late = this.written + this.wait - performance.now();
    if (late <= 0) this.write(step, unit, after);
    else this.timer = setTimeout(() => this.write(step, unit, after), late);
  }

  write(step, unit, after) {
    this.written = performance.now();
    const address = new URL(window.location.href);
    for (const [name, value] of Object.entries(this.run)) {
      if (value === "") address.searchParams.delete(name);
      else address.searchParams.set(name, value);
    }
    address.searchParams.set("t", step + 1);
    if (unit !== undefined) address.searchParams.set("unit", unit);
    if (after !== null) address.searchParams.set("after", after);
    if (address.href === window.location.href) return;
    try {
      window.history.replaceState(window.history.state, "", address);
    } catch {
      // A page inside a sandbox has no address of its own; everything else works.
    }
  }

  stop() {
    clearTimeout(this.timer);
  }
}
