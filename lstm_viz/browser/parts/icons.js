// The pictures on the buttons, drawn on a square of 24 by 24.

import { shape } from "./dom.js";

const PATHS = {
  first: "M6 5v14M19 5 9 12l10 7z",
  back: "M16 5 6 12l10 7z",
  play: "M7 4v16l13-8z",
  pause: "M7 4h4v16H7zM14 4h4v16h-4z",
  forward: "M8 5l10 7-10 7z",
  last: "M18 5v14M5 5l10 7-10 7z",
  keys: "M3 6h18v12H3zM6.5 9.5h1M10 9.5h1M13.500 9.500h1M17 9.500h1M6.500 14.500h11",
  view: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h13",
  fullScreen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500h.01",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v7",
  chevron: "M9 6l6 6-6 6",
};

export function icon(name) {
  return shape("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true" }, shape("path", { d: PATHS[name] }));
}
