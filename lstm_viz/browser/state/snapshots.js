// The values of a network at many moments of its training. One of them is shown; all can be asked.

import { Run, rowsOf, unpacked } from "./run.js";
import { Values, decoded } from "./values.js";

export class Snapshots extends Values {
  constructor({ program, snapshots }, steps) {
    super({});
    Object.assign(this, { program, snapshots, steps, runs: [], now: snapshots.length - 1 });
  }

  get count() {
    return this.snapshots.length;
  }

  has(key) {
    return key in this.program.trees;
  }

  array(key) {
    return this.run(this.now).array(key);
  }

  at(key, step, unit) {
    return this.has(key) ? this.of(this.now, key, step, unit) : NaN;
  }

  // Where nothing else was sent, the input is that of the first moment.
  run(moment) {
    return (this.runs[moment] ??= new Run(
      this.program,
      unpacked(decoded(this.snapshots[moment].weights), this.program.weights),
      rowsOf(decoded(this.snapshots[moment].x ?? this.snapshots[0].x), this.steps),
    ));
  }

  isKnown(moment) {
    return this.runs[moment] !== undefined;
  }

  // The value at any moment. A number is the same for every unit; beyond the last one there is none.
  of(moment, key, step, unit) {
    const value = this.run(moment).at(key, step);
    return typeof value === "number" ? value : (value[unit] ?? NaN);
  }
}

// Right minus left, for keys that both have; what a change of either changes with it.
export class Difference extends Values {
  constructor(left, right) {
    super({});
    Object.assign(this, { left, right });
  }

  has(key) {
    return this.left.has(key) && this.right.has(key);
  }

  // Worked out anew each time: the right one may have moved on.
  array(key) {
    const [from, to] = [this.left.array(key), this.right.array(key)];
    return { ...to, numbers: Float64Array.from(to.numbers, (value, place) => value - from.numbers[place]) };
  }

  at(key, step, unit) {
    return this.right.at(key, step, unit) - this.left.at(key, step, unit);
  }
}

export function valuesOf({ values, training, steps }) {
  return training ? new Snapshots(training, steps) : new Values(values);
}
