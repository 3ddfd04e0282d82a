// The bar that moves time: buttons, a scrubber, the phases of a step, the speed.

import { button, leaveFocus } from "./button.js";
import { BY_PHASE, SPEEDS } from "../state/cursor.js";
import { element, fill, setAttributes, setText } from "./dom.js";
import { icon } from "./icons.js";

export class Transport {
  // `phases` are those of one step; one that has no name is no phase of its own.
  constructor({ steps, phases = [""] }, cursor, words, signal) {
    Object.assign(this, { steps, words });
    this.scrubber = element("input", {
      type: "range",
      class: "scrubber",
      min: 1,
      max: steps,
      step: 1,
      "aria-label": words.step_label_long,
    });
    this.scrubber.addEventListener("input", () => cursor.go(Number(this.scrubber.value) - 1), { signal });
    this.playButton = button("play", words.play, () => cursor.toggle(), signal);
    this.where = element("output", { class: "transport-where" });
    this.speed = speedSelect(cursor, words, signal);
    this.pace = phases.length > 1 ? new Pace(cursor, words, signal) : null;
    this.phases = phaseButtons(phases, cursor, words, signal);
    const moves = element(
      "div",
      { class: "transport-buttons", role: "group", "aria-label": words.transport },
      button("first", words.first, () => cursor.go(cursor.start), signal),
      button("back", words.back, () => cursor.back(), signal),
      this.playButton,
      button("forward", words.forward, () => cursor.forward(), signal),
      button("last", words.last, () => cursor.go(cursor.end), signal),
    );
    this.root = element("div", { class: "transport" }, moves, this.pace?.root, this.scrubber, this.where, this.speed);
  }

  show(cursor, token) {
    this.scrubber.value = String(cursor.step + 1);
    this.scrubber.style.setProperty("--share", this.steps > 1 ? cursor.step / (this.steps - 1) : 1);
    this.scrubber.setAttribute("aria-valuetext", fill(this.words.step_reads, { t: cursor.step + 1, token: token.text }));
    setText(this.where, fill(this.words.step_of, { t: cursor.step + 1, steps: this.steps }));
    this.phases.childNodes.forEach((phase, index) => {
      setAttributes(phase, { "aria-current": index === cursor.phase && !cursor.whole ? "step" : null });
      phase.classList.toggle("done", index <= cursor.phase);
    });
  }

  showPlay(cursor) {
    const name = cursor.playing ? "pause" : "play";
    if (this.playButton.dataset.icon !== name) {
      this.playButton.replaceChildren(icon(name));
      setAttributes(this.playButton, { "data-icon": name, "aria-label": this.words[name], title: this.words[name] });
    }
    this.speed.querySelector("select").value = String(cursor.speed);
    this.pace?.show(cursor);
    this.speed.hidden = Boolean(this.pace) && cursor.speed === BY_PHASE; // that is said once
  }
}

// Whether playing stops at each sub-step, or shows whole steps as fast as was chosen last.
class Pace {
  constructor(cursor, words, signal) {
    this.speed = 2;
    const offer = (name, speed) => {
      const node = element("button", { type: "button", class: "pace-choice", "data-pace": name, title: words[`${name}_why`] }, words[name]);
      node.addEventListener("click", () => cursor.setSpeed(speed()), { signal });
      leaveFocus(node);
      return node;
    };
    this.choices = [offer("phase_by_phase", () => BY_PHASE), offer("whole_steps", () => this.speed)];
    this.root = element("div", { class: "pace", role: "group", "aria-label": words.pace }, ...this.choices);
  }

  show({ speed }) {
    if (speed !== BY_PHASE) this.speed = speed;
    this.choices.forEach((choice, index) => setAttributes(choice, { "aria-pressed": String((speed === BY_PHASE) === (index === 0)) }));
  }
}

function speedSelect(cursor, words, signal) {
  const options = SPEEDS.map((speed) =>
    element("option", { value: speed }, speed === 0 ? words.phase_by_phase : fill(words.steps_a_second, { speed: speed === 0.5 ? "½" : speed })),
  );
  const select = element("select", { "aria-label": words.speed, title: words.speed }, ...options);
  select.addEventListener(
    "change",
    () => {
      cursor.setSpeed(Number(select.value));
      select.blur();
    },
    { signal },
  );
  return element("div", { class: "speed" }, select);
}

function phaseButtons(phases, cursor, words, signal) {
  const names = phases.map((name) => words.phase_names[name] ?? name);
  const buttons = names.map((name, index) => {
    const node = element(
      "button",
      { type: "button", class: "phase", title: fill(words.phase, { number: index + 1, name }) },
      element("span", { class: "phase-number" }, index + 1),
      name,
    );
    node.addEventListener("click", () => cursor.toPhase(index), { signal });
    leaveFocus(node);
    return node;
  });
  return element("div", { class: "phases", role: "group", "aria-label": words.phases }, ...buttons);
}
