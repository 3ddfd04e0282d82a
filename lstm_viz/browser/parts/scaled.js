// A drawing is as large as its frame allows, and its letters with it: too small to be read on a phone.
// So it is told how many of its own units a pixel is (`--pixel`), and its style sheet says
// `max(16px, calc(var(--least) * var(--pixel)))`: never smaller than what can be read.

// From this many units a pixel on there is no room for words inside the boxes.
const SMALL = 1.75;

// Keeps it true as long as `signal` is not aborted.
export function keepScale(svg, signal) {
  const observer = new ResizeObserver(() => tellScale(svg));
  observer.observe(svg);
  signal?.addEventListener("abort", () => observer.disconnect());
}

// Asking costs a layout.
export function tellScale(svg) {
  const scale = svg.getScreenCTM()?.a;
  if (!scale) return;
  const pixel = 1 / scale;
  svg.style.setProperty("--pixel", pixel.toFixed(3));
  svg.classList.toggle("small", pixel > SMALL);
}
