// What is held by hand: framed on its strip, and where it is so, struck out in its equation, because it
// is not what its equation says. A span is { signal, from, to, unit }, unit null for all of them.

import { element, setAttributes } from "./dom.js";

export function markHeld({ lines }, spans, word, step, unit) {
  for (const { root, equation } of lines) {
    const held = spans.some((span) => span.signal === equation.signal && span.from <= step && step <= span.to && (span.unit ?? unit) === unit);
    setAttributes(root, { "data-held": held ? word : null });
  }
}

// The steps at which anything of a signal is held.
export function frameHeld({ strips }, { signal, from, to }, steps) {
  const style = `--from: ${from / steps}; --wide: ${(to - from + 1) / steps}`;
  strips.find((strip) => strip.signal.name === signal)?.root.append(element("div", { class: "held-span", style }));
}
