// A PNG of the stage as it stands, without its controls: a copy of the same elements under the same
// styles, inside an SVG image, painted by the browser.

import { element, shape } from "./dom.js";
import { widthOf } from "./tokens.js";

const SCALE = 2; // pixels of the picture to one of the page
const EDGE = 24;
const THEME = ["background-color", "secondary-background-color", "text-color", "border-color", "primary-color", "font"];

// `said` is what stands above and below it: the title and the source; what is found the board says itself.
export async function picture(root, board, transport, colours, said) {
  const box = board.getBoundingClientRect();
  const rowGap = parseFloat(getComputedStyle(board).rowGap);
  const around = framed(said);
  const [above, below] = heights(root, around, box.width);
  const [width, height] = [box.width + 2 * EDGE, box.height - transport.offsetHeight - rowGap + above + below + 2 * EDGE];
  const copy = board.cloneNode(true);
  freeze(board, copy);
  for (const control of copy.querySelectorAll(".transport, .hint, .note-close, .pulse, .drawer-openers")) control.remove();
  copy.style.width = `${box.width}px`;
  const style = element("style", {}, `.theme { ${themeOf(root)} padding: ${EDGE}px; }\n${stylesOf(root)}`);
  const source = element("div", { class: "theme stage", "data-scheme": root.dataset.scheme }, style, around[0], copy, around[1]);
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

function framed({ title, source }) {
  const head = element("header", { class: "picture-head" }, element("h2", {}, title));
  return [head, element("footer", { class: "picture-foot" }, source)];
}

// How high they are where they are as wide as the board.
function heights(root, parts, width) {
  const tried = element("div", { class: "picture-tried", style: `width: ${width}px` }, ...parts);
  root.append(tried);
  const found = parts.map((part) => part.getBoundingClientRect().height);
  tried.remove();
  return found;
}

const ROOM = 64; // for the line above and the line below
const [LETTERS, LINE] = [15, 20]; // of the finding: the size of its letters, and from line to line

export const sizeAlone = ({ width, height }, { finding }) => ({ width, height: height + ROOM + LINE * linesOf(finding, width - 24).length });

// The drawing by itself, as vectors, with what it is of, what is found, and where it is from.
export function drawingAlone(svg, scene, colours, said) {
  const { title, finding, source } = said;
  const { width, height } = sizeAlone(scene, said);
  const copy = svg.cloneNode(true);
  copy.removeAttribute("style");
  copy.classList.remove("small");
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 -34 ${width} ${height}` })) copy.setAttribute(name, value);
  const line = (y, size, words) => {
    const text = shape("text", { x: 12, y, "font-size": size, "font-family": "system-ui, sans-serif", fill: colours.text });
    text.textContent = words;
    return text;
  };
  const named = (tag, words) => {
    const node = shape(tag);
    node.textContent = words;
    return node;
  };
  const found = linesOf(finding, width - 24).map((words, place) => line(scene.height + 16 + LINE * place, LETTERS, words));
  copy.prepend(named("title", title), named("desc", finding), shape("rect", { x: 0, y: -34, width, height, fill: colours.background }), line(-10, 19, title), ...found, line(height - 46, 13, source));
  return new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" });
}

// A vector image breaks no lines. Chinese breaks after any sign, other languages after a word.
function linesOf(words, width) {
  const lines = [];
  for (const piece of words.match(/[\u3000-\uffef]|[^\s\u3000-\uffef]+\s*/g) ?? []) {
    const longer = (lines.at(-1) ?? "") + piece;
    if (lines.length && widthOf(longer) * LETTERS <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines;
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
