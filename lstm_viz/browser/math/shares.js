// What a memory is made of: c after a step is the sum of all that was written, each times what every
// step since then has kept of it. The same as gradients/memory_shares.py, from the numbers that are here.
//
// `kept(step)` and `written(step)` are those of one unit; `start` is what it held before the first step.

import { evaluate } from "./arithmetic.js";

// What of the memory after step `at` was written at each step up to it, and what is left of the start.
export function sharesAt(kept, written, at, start = 0) {
  const shares = new Float64Array(at + 1);
  let left = 1;
  for (let step = at; step >= 0; step--) {
    shares[step] = left * written(step);
    left *= kept(step);
  }
  return { shares, start: left * start };
}

// The same after every step, one after the other: each share is multiplied by what is kept, and a new one
// joins them.
export function sharesThroughout(kept, written, steps, start = 0) {
  const found = [];
  let now = { shares: new Float64Array(0), start };
  for (let step = 0; step < steps; step++) {
    const [factor, shares] = [kept(step), new Float64Array(step + 1)];
    now.shares.forEach((share, before) => (shares[before] = share * factor));
    shares[step] = written(step);
    now = { shares, start: now.start * factor };
    found.push(now);
  }
  return found;
}

export const total = (numbers) => numbers.reduce((sum, one) => sum + one, 0);

// The names in a tree of arithmetic.js.
export function namesIn(tree) {
  if (typeof tree === "string") return [tree];
  return Array.isArray(tree) ? tree.slice(1).flatMap(namesIn) : [];
}

// What every step's share of the memory has of the answer that the `weights` make of h.
//
// `shares` has those of each unit and its start, `given` the values of every unit by name, `shown` is h as
// a tree over them. In each unit the memory's part of h, which is h less what h were if it was empty, goes
// to the steps as the memory itself does: in proportion. That is exact, and all there is to say where h is
// no curve of it. Where it is one (tanh), `without` says how much less the answer were if this step's share
// alone were not there: those do not add up, and `bent` is by how much.
export function sharesOfAnswer({ weights, shares, shown, state, given }) {
  const memory = shares.map((one) => total(one.shares) + one.start);
  const h = (values) => {
    const found = evaluate(shown, { ...given, [state]: Float64Array.from(values) });
    return typeof found === "number" ? weights.map(() => found) : found;
  };
  const [full, empty] = [h(memory), h(memory.map(() => 0))];
  const part = weights.map((weight, unit) => weight * (full[unit] - empty[unit]));
  const scaled = (unit, share) => (memory[unit] === 0 ? 0 : (part[unit] * share) / memory[unit]);
  const steps = shares[0].shares.length;
  const found = Array.from({ length: steps }, (_, step) => total(weights.map((_, unit) => scaled(unit, shares[unit].shares[step]))));
  const without = Array.from({ length: steps }, (_, step) => {
    const left = h(memory.map((value, unit) => value - shares[unit].shares[step]));
    return total(weights.map((weight, unit) => weight * (full[unit] - left[unit])));
  });
  const start = total(weights.map((_, unit) => scaled(unit, shares[unit].start)));
  return { shares: found, start, without, bent: total(found) - total(without), fromMemory: total(part) };
}
