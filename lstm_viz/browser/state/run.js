// A cell's run over a sequence, worked out here from its weights: the numbers of the library's own run.
//
// Python sends the equations once and the weights of every moment, which are far smaller than all
// that follows from them.

import { carried, evaluate, stepped } from "../math/arithmetic.js";

export class Run {
  // program: the lines in the order of computation, the states with their initial values, and for
  // each key that is shown the tree of its expression. `weights` and `x` are as `unpacked` has them.
  constructor(program, weights, x) {
    this.program = program;
    this.arrays = new Map();
    this.ofStep = [];
    const { lines, initial, units } = program;
    const states = Object.keys(initial);
    const wide = (value) => (typeof value === "number" ? new Float64Array(units).fill(value) : value);
    let past = carried(states, Object.fromEntries(states.map((state) => [state, wide(initial[state])])));
    this.steps = x.map((input) => {
      const values = stepped(lines, { ...weights, ...past, x: input });
      for (const { name } of lines) values[name] = wide(values[name]);
      past = carried(states, values);
      return values;
    });
  }

  // As Values has it: the numbers of every step, one after the other.
  array(key) {
    if (!this.arrays.has(key)) this.arrays.set(key, this.worked(this.program.trees[key]));
    return this.arrays.get(key);
  }

  // One step's value of every unit, without those of all other steps.
  at(key, step) {
    const known = (this.ofStep[step] ??= new Map());
    if (!known.has(key)) known.set(key, evaluate(this.program.trees[key], this.steps[step]));
    return known.get(key);
  }

  worked(tree) {
    const found = this.steps.map((values) => evaluate(tree, values));
    const width = found[0].length ?? 1; // a number is the same for every unit
    const numbers = new Float64Array(found.length * width);
    found.forEach((value, step) => numbers.set(typeof value === "number" ? [value] : value, step * width));
    return { numbers, steps: true, width };
  }
}

// Weights that follow each other in one array, by name: a vector, or a matrix as its rows.
export function unpacked(numbers, shapes) {
  let from = 0;
  const take = (count) => Float64Array.from(numbers.subarray(from, (from += count)));
  return Object.fromEntries(
    shapes.map(([name, [rows, columns]]) => [name, columns === undefined ? take(rows) : Array.from({ length: rows }, () => take(columns))]),
  );
}

// (T, D) numbers as one array for each step.
export function rowsOf(numbers, steps) {
  const width = numbers.length / steps;
  return Array.from({ length: steps }, (_, step) => Float64Array.from(numbers.subarray(step * width, (step + 1) * width)));
}
