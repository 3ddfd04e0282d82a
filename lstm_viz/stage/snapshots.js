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

  // The value at another moment than the one that is shown.
  of(moment, key, step, unit) {
    const { numbers, width } = this.run(moment).array(key);
    return numbers[step * width + (width === 1 ? 0 : unit)];
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

  at(key, step, unit) {
    return this.right.at(key, step, unit) - this.left.at(key, step, unit);
  }
}

export function valuesOf({ values, training, steps }) {
  return training ? new Snapshots(training, steps) : new Values(values);
}
