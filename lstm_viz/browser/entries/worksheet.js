// A worksheet in a browser: draws its cells, black on white, and has what stands above the pages do
// what it says. What the pages themselves say is there already.

import { Drawing } from "../parts/drawing.js";

const INK = "rgb(0, 0, 0)";
const WHITE = "rgb(255, 255, 255)";
const UNIT = 0; // one strand in each wire, and none of it shows a number

export default function mount({ scenes, root }) {
  for (const svg of root.querySelectorAll("svg[data-scene]")) {
    const scene = scenes[Number(svg.dataset.scene)];
    if (scene) drawn(svg, scene);
  }
  const controls = root.querySelector(".controls");
  const page = root.createElement("style");
  root.head.append(page);
  const { paper, prints } = controls.elements;
  const show = () => {
    page.textContent = `@page { size: ${paper.value}; } @page key { size: ${paper.value} landscape; }`;
    root.body.dataset.prints = prints.value;
    root.body.dataset.paper = paper.value;
    named(root, controls.querySelector("textarea")?.value ?? "");
  };
  controls.addEventListener("input", show);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.querySelector("button").addEventListener("click", () => root.defaultView.print());
  show();
}

// The names in their order: the first on the first sheet, on its answers and in the key.
function named(root, text) {
  const names = text.split("\n").map((name) => name.trim());
  for (const place of root.querySelectorAll("[data-number]")) {
    place.querySelector(".whose").textContent = names[Number(place.dataset.number) - 1] ?? "";
  }
}

function drawn(svg, scene) {
  const colours = { dark: false, background: WHITE, surface: WHITE, text: INK, border: INK, accent: INK, muted: INK, layer: WHITE, positive: INK, negative: INK, roles: new Proxy({}, { get: () => INK }) };
  const drawing = new Drawing(svg, scene, { colours });
  drawing.update({ valueAt: () => 1, widthAt: () => 1, shown: [UNIT], unit: -1 });
  svg.style.minWidth = "";
  for (const node of svg.querySelectorAll("[tabindex]")) node.removeAttribute("tabindex");
}
