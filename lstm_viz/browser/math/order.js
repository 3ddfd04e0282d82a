// In which order the units stand in the strips, and by what each row is divided.

export const ORDERS = ["number", "peak", "similarity"];
export const SCALES = ["unit", "signal", "all"];

// The units of `signal` in the chosen order. valueOf(step, unit) is the signal's value.
export function unitsInOrder(order, units, steps, valueOf) {
  if (order === "peak") {
    const peaks = new Map(units.map((unit) => [unit, peakStep(unit, steps, valueOf)]));
    return [...units].sort((one, other) => peaks.get(one) - peaks.get(other) || one - other);
  }
  if (order === "similarity") return bySimilarity(units, steps, valueOf);
  return [...units].sort((one, other) => one - other);
}

function peakStep(unit, steps, valueOf) {
  let best = 0;
  for (let step = 1; step < steps; step++) {
    if (Math.abs(valueOf(step, unit)) > Math.abs(valueOf(best, unit))) best = step;
  }
  return best;
}

// A chain: begin with the liveliest unit, then always the one most correlated with the last.
function bySimilarity(units, steps, valueOf) {
  const rows = new Map(units.map((unit) => [unit, centred(unit, steps, valueOf)]));
  const left = [...units].sort((one, other) => rows.get(other).size - rows.get(one).size || one - other);
  const chain = left.splice(0, 1);
  while (left.length) {
    const last = rows.get(chain.at(-1));
    const likeness = left.map((unit) => correlation(last, rows.get(unit)));
    chain.push(...left.splice(likeness.indexOf(Math.max(...likeness)), 1));
  }
  return chain;
}

function centred(unit, steps, valueOf) {
  const row = Float64Array.from({ length: steps }, (_, step) => valueOf(step, unit));
  const mean = row.reduce((sum, value) => sum + value, 0) / steps;
  const values = row.map((value) => value - mean);
  return { values, size: Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) };
}

function correlation(one, other) {
  if (one.size === 0 || other.size === 0) return -2;
  return one.values.reduce((sum, value, step) => sum + value * other.values[step], 0) / (one.size * other.size);
}
