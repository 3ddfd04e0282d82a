// Typeset mathematics, each symbol in the colour of what its signal does, now or one step ago.

import { mathml } from "./dom.js";

export function symbols(source, signals) {
  const math = mathml(source);
  for (const symbol of math.querySelectorAll(".signal")) {
    const signal = signals.find(({ name }) => name === symbol.dataset.key.replace(/_prev$/, ""));
    if (signal) symbol.dataset.role = signal.role;
  }
  return math;
}
