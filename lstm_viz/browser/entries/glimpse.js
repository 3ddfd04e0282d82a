// The stage as it looks through the front door: it moves by itself, and only the cell is there.

import { prefersStillness } from "../parts/view.js";
import { shownIn } from "./stage.js";

export default function mount({ data: [payload], parentElement }) {
  const root = parentElement.querySelector(".stage");
  const before = root.view;
  const { cursor } = shownIn(root, payload, {});
  if (root.view !== before && !prefersStillness()) cursor.play();
  return () => root.view?.leave();
}
