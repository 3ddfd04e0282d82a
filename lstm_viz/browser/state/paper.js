// On paper a page is one page: as large as it fits on A4, across or upright, whichever is larger.
//
// A browser lays a page out for the width of its sheet, and narrow sheets have the styles of narrow
// screens: what was beside each other would stand below, and be higher than it was measured. So the
// sheet is as wide as the page is on the screen, and of A4's shape: whoever prints it, or saves it,
// brings it to the size of the paper, letters and lines as they are. A browser says when it is about to
// print; where nothing is said, the page is printed as the style sheet (css/page.css) has it.

const SHAPE = Math.SQRT2; // long side to short
const MARGIN = 0.03; // of the sheet's width, on each side
const SPARE = 1.12; // what is printed may be a little higher than what is seen: text is broken anew

// The sheet for a page of so many pixels: how it lies, how wide and high it is, and its margins.
export function onPaper(width, height) {
  const [inside, needed] = [1 - 2 * MARGIN, height * SPARE];
  const sheet = (lies, shape) => {
    const wide = Math.ceil(Math.max(width / inside, needed / (shape - 2 * MARGIN)));
    return { lies, wide, high: Math.round(wide * shape), margin: Math.round(wide * MARGIN) };
  };
  const [landscape, portrait] = [sheet("landscape", 1 / SHAPE), sheet("portrait", SHAPE)];
  // The same paper: what lies across is shown so much larger.
  return landscape.wide / SHAPE <= portrait.wide ? landscape : portrait;
}

let style = null;

export function fitOnPaper() {
  if (style) return;
  style = document.createElement("style");
  window.addEventListener("beforeprint", () => {
    const page = document.querySelector(".stMainBlockContainer");
    if (!page) return;
    const width = page.scrollWidth;
    const { wide, high, margin } = onPaper(width, page.scrollHeight);
    style.textContent = `@page { size: ${wide}px ${high}px; margin: ${margin}px; } @media print { .stMainBlockContainer { width: ${width}px; max-width: none; margin-inline: auto; zoom: 1 !important; } }`;
    document.body.append(style);
  });
  window.addEventListener("afterprint", () => style.remove());
}
