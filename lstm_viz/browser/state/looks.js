// How one likes to look at things: choices that change what is seen, and that Python does not know of.
//
// Each has a row in the address (lstm_viz/ui/parameters.py), opens again from it, and is a step of the
// browser's history. A choice is { part, options, first, now, set }: what it is called among the
// address' parts, what it may be, what it is without being named, what it is now, and how to set it.
// Whoever has a control need not know of this: after each change, click or key it is looked whether
// anything is another now.

import { textOf } from "./address.js";

export class Looks {
  // `isKept` where what is looked at replaces another view, whose choices it has taken over.
  constructor(address, choices, isKept) {
    this.address = address;
    this.choices = choices.filter(({ part }) => part in address.names);
    if (!isKept) this.open();
    this.say();
  }

  follow(root, cursor, signal) {
    for (const event of ["change", "click"]) root.addEventListener(event, () => this.notice(), { signal });
    cursor.on("play", () => this.notice()); // the speed has keys
  }

  // As the address has it, else as it is at first.
  open() {
    this.isOpening = true;
    for (const { part, options, first, now, set } of this.choices) {
      const text = textOf(this.address.names, part);
      const asked = options.find((option) => String(option) === text) ?? first;
      if (asked !== now()) set(asked);
    }
    this.isOpening = false;
  }

  goBack() {
    this.open();
    this.say();
  }

  notice() {
    if (this.isOpening || this.choices.every(({ now }, place) => now() === this.said[place])) return;
    this.address.turn();
    this.say();
  }

  say() {
    this.said = this.choices.map(({ now }) => now());
    this.address.say(Object.fromEntries(this.choices.map(({ part, first }, place) => [part, this.said[place] === first ? "" : this.said[place]])));
  }
}
