// On paper a page is one page: as large as it fits on A4, across or upright, whichever is larger.
//
// A browser says when it is about to print, while the page is still as wide as the screen. From how
// wide and high it is then follows by what it has to be made smaller; the style sheet (css/page.css)
// leaves the controls out. Where nothing is said, the page is printed as the style sheet has it.

const [LONG, SHORT] = [1040, 712]; // pixels of A4 within its margins, a little less than there are
const LARGEST = 0.9;

// How a page of so many pixels is printed: the way the paper lies, and the share of its size.
export function onPaper(width, height) {
  const fits = (across, down) => Math.min(across / width, down / height, LARGEST);
  const [landscape, portrait] = [fits(LONG, SHORT), fits(SHORT, LONG)];
  return landscape >= portrait ? { lies: "landscape", zoom: landscape } : { lies: "portrait", zoom: portrait };
}

let style = null;

export function fitOnPaper() {
  if (style) return;
  style = document.createElement("style");
  window.addEventListener("beforeprint", () => {
    const page = document.querySelector(".stMainBlockContainer");
    if (!page) return;
    const width = page.scrollWidth; // as on the screen: what is wider is often higher, too
    const { lies, zoom } = onPaper(width, page.scrollHeight);
    style.textContent = `@page { size: A4 ${lies}; margin: 9mm; } @media print { .stMainBlockContainer { width: ${width}px; max-width: none; zoom: ${zoom.toFixed(3)} !important; } }`;
    document.body.append(style);
  });
  window.addEventListener("afterprint", () => style.remove());
}
