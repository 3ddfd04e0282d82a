// The ways in, where one left off, and the lessons in their order.

import { element, fill } from "../parts/dom.js";
import { themed } from "../math/colours.js";
import { goInstead, leadsTo, progress } from "../state/lessons.js";

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".course");
  root.abort?.abort();
  root.abort = new AbortController();
  const { signal } = root.abort;
  themed(root);
  if (data.to) goInstead(data.to);
  else root.replaceChildren(doors(data, signal), resume(data, signal), listed(data, signal));
}

const stepOf = (page, key, step) => `${page}?lesson=${key}.${step}`;

function doors({ doors }, signal) {
  if (!doors.length) return "";
  const cards = doors.map(({ title, said, seen }) => leadsTo(element("a", { class: "door" }, element("strong", {}, title), element("span", {}, said)), seen, signal));
  return element("nav", { class: "doors" }, ...cards);
}

// The step that this browser was at in a lesson, 1 where it has not begun.
function reached({ key, steps }) {
  const step = progress().steps[key];
  return Number.isInteger(step) && step >= 1 && step <= steps ? step : 1;
}

function resume({ lessons, page, words }, signal) {
  const { resume } = words;
  const lesson = lessons.find(({ key }) => key === progress().last);
  if (!lesson) return "";
  const step = reached(lesson);
  const said = fill(resume, { title: lesson.title, step, steps: lesson.steps });
  return element("p", { class: "resume" }, leadsTo(element("a", {}, said), stepOf(page, lesson.key, step), signal));
}

function listed({ lessons, listed, page, words }, signal) {
  if (!listed) return "";
  const { done, begun } = words;
  const finished = progress().done;
  const rows = lessons.map((lesson) => {
    const { key, title, goal, minutes, steps } = lesson;
    const step = reached(lesson);
    const state = finished.includes(key) ? done : step > 1 ? fill(begun, { step, steps }) : "";
    const card = element("a", {}, element("strong", {}, title), element("span", {}, goal), element("small", {}, state ? `${minutes} · ${state}` : minutes));
    return element("li", {}, leadsTo(card, stepOf(page, key, step), signal));
  });
  return element("ol", { class: "lessons" }, ...rows);
}
