// A PNG of the stage as it stands, without its controls: a copy of the same elements under the same
// styles, inside an SVG image, painted by the browser.

import { element } from "./dom.js";

const SCALE = 2; // pixels of the picture to one of the page
const EDGE = 24;
const THEME = ["background-color", "secondary-background-color", "text-color", "border-color", "primary-color", "font"];

export async function picture(root, board, transport, colours) {
  const box = board.getBoundingClientRect();
  const rowGap = parseFloat(getComputedStyle(board).rowGap);
  const [width, height] = [box.width + 2 * EDGE, box.height - transport.offsetHeight - rowGap + 2 * EDGE];
  const copy = board.cloneNode(true);
  freeze(board, copy);
  copy.querySelector(".transport").remove();
  copy.style.width = `${box.width}px`;
  const style = element("style", {}, `.theme { ${themeOf(root)} padding: ${EDGE}px; }\n${stylesOf(root)}`);
  const source = element("div", { class: "theme stage", "data-scheme": root.dataset.scheme }, style, copy);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgAround(source, width, height))}`;
  await image.decode();
  const canvas = element("canvas", { width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  context.fillStyle = colours.background;
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function svgAround(source, width, height) {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<foreignObject width="100%" height="100%">${new XMLSerializer().serializeToString(source)}</foreignObject></svg>`
  );
}

// What a canvas shows, what is chosen in a list and how far something is scrolled are no part of an
// element's copy.
function freeze(board, copy) {
  const pairs = (selector) => {
    const copies = [...copy.querySelectorAll(selector)];
    return [...board.querySelectorAll(selector)].map((original, index) => [original, copies[index]]);
  };
  for (const [canvas, other] of pairs("canvas")) other.replaceWith(element("img", { src: canvas.toDataURL(), alt: "" }));
  for (const [select, other] of pairs("select")) {
    other.replaceWith(element("span", {}, select.selectedOptions[0]?.textContent ?? ""));
  }
  for (const [scroller, other] of pairs(".token-scroller")) {
    other.style.overflow = "hidden";
    other.firstElementChild.style.transform = `translateX(${-scroller.scrollLeft}px)`;
  }
}

// The theme is inherited from the page, which the picture does not have, so it goes along.
function themeOf(root) {
  const style = getComputedStyle(root);
  return THEME.map((name) => `--st-${name}: ${style.getPropertyValue(`--st-${name}`)};`).join(" ");
}

function stylesOf(root) {
  const place = root.getRootNode();
  const sheets = [...place.styleSheets, ...(place.adoptedStyleSheets ?? [])];
  return sheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
}

export function saveAs(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
