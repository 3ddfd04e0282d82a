// The stage as a widget of a notebook: a world of its own among others' styles and keys.
//
// The model is what Python and this page share (anywidget): the payload, the step and the unit. Python
// moves the cursor by setting them, and reads there where it stands; a hold brings another payload.

import { luminance } from "../math/colours.js";
import { element, setText } from "../parts/dom.js";
import { frameHeld, markHeld } from "../parts/held.js";
import { shownIn } from "./stage.js";

const PAUSE = 50; // ms: of a quick series of steps, as in dragging, Python is told the last

export default function mount({ model, el, styles }) {
  const host = element("div", { "data-lm-suppress-shortcuts": "true" }); // JupyterLab leaves its keys alone
  const shadow = host.attachShadow({ mode: "open" });
  const said = element("p", { class: "widget-caption" });
  const root = element("div", { class: "stage", tabindex: "0" });
  shadow.append(element("style", {}, styles), said, root);
  el.append(host);

  const cursor = () => root.view.cursor;
  let telling;
  const tell = () => {
    clearTimeout(telling);
    telling = setTimeout(() => {
      model.set("step", cursor().step);
      model.set("unit", cursor().unit);
      model.save_changes();
    }, PAUSE);
  };
  const follow = () => {
    const [step, unit] = [model.get("step"), model.get("unit")];
    if (unit !== cursor().unit) cursor().choose(unit);
    if (step !== cursor().step) cursor().go(step);
  };
  const show = () => {
    const before = root.view;
    host.toggleAttribute("data-dark", isDark(el));
    setText(said, model.get("said"));
    const view = shownIn(root, model.get("payload"), { keys: root });
    if (view === before) return;
    const { spans, word } = model.get("held");
    view.cursor.on("move", tell);
    const mark = () => markHeld(view.equations, spans, word, view.cursor.step, view.cursor.unit);
    view.cursor.on("move", mark);
    for (const span of spans) frameHeld(view.strips, span, view.payload.steps);
    mark();
  };

  const heard = [["change:payload", show], ["change:said", show], ["change:step", follow], ["change:unit", follow]];
  const themes = new MutationObserver(show);
  // A notebook may put the widget into its page later: before, it has neither colours nor a width.
  const placed = new ResizeObserver(() => {
    if (!host.clientWidth || root.view) return;
    placed.disconnect();
    show();
    follow();
    for (const [event, listener] of heard) model.on(event, listener);
    for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
  });
  placed.observe(host);
  return () => {
    placed.disconnect();
    for (const [event, listener] of heard) model.off(event, listener);
    themes.disconnect();
    clearTimeout(telling);
    root.view?.leave();
  };
}

// Whether the page is dark where the widget lies: by the first ground behind it that is not transparent.
function isDark(node) {
  for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
    const ground = getComputedStyle(at).backgroundColor;
    const [, , , opacity = 1] = ground.match(/[\d.]+/g) ?? [0, 0, 0, 0];
    if (Number(opacity) > 0) return luminance(ground) < 0.4;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
