// Following someone else's address, as if the browser's own history led there.
//
// The address holds all that is chosen on a page, the step and the unit (lstm_viz/ui/parameters.py).
// So a page that is to show what another one shows is given its address, and told as the back button
// tells it: the views of what moves in the browser alone, Streamlit of everything else.

import { MOVED } from "./address.js";

const OWN = ["lang", "class"]; // each has a language of one's own, and the way one came in
const LIKELY = 3000; // milliseconds in which what was touched moves the address

// Below which path the app lies: all its pages lie side by side.
const baseOf = (url) => new URL(".", url);

// A page and what is chosen there, as others are told it: "stage?t=5&unit=10".
export function addressToTell(href) {
  const url = new URL(href);
  for (const name of OWN) url.searchParams.delete(name);
  return url.pathname.slice(baseOf(url).pathname.length) + url.search;
}

// Where that is in this browser. Its language is always said: an address that says nothing is that of
// the menu, which leads to what was chosen there last (lstm_viz/ui/address.py).
export function addressHere(told, language, href) {
  const here = new URL(href);
  const there = new URL(told, baseOf(here));
  if (there.origin !== here.origin || baseOf(there).href !== baseOf(here).href) return here;
  there.hash = "";
  for (const name of OWN) there.searchParams.delete(name);
  there.searchParams.set("lang", language);
  return there;
}

// What of the two addresses is another: "" for nothing, "view" for what moves in the browser, else "page".
export function difference(here, there, moving) {
  if (here.pathname !== there.pathname) return "page";
  const names = new Set([...here.searchParams.keys(), ...there.searchParams.keys()]);
  const others = [...names].filter((name) => here.searchParams.getAll(name).join("\n") !== there.searchParams.getAll(name).join("\n"));
  if (!others.length) return "";
  return others.every((name) => moving.includes(name)) ? "view" : "page";
}

// `moving` are the names that the browser writes on this page.
export function goTo(told, language, moving) {
  const here = new URL(window.location.href);
  const there = addressHere(told, language, here);
  const other = difference(here, there, moving);
  if (!other) return;
  window.history.replaceState(window.history.state, "", there);
  window.dispatchEvent(other === "view" ? new Event(MOVED) : new PopStateEvent("popstate", { state: window.history.state }));
}

// Calls `told` after every change of the address.
export function watchAddress(told) {
  const { history } = window;
  for (const name of ["pushState", "replaceState"]) {
    const was = history[name].bind(history);
    history[name] = (...given) => {
      was(...given);
      told();
    };
  }
  window.addEventListener("popstate", () => told());
}

// Whether it was this person who moved the address, and not what follows from where it was put.
export class Hand {
  constructor(isOurs) {
    this.forget();
    for (const kind of ["pointerdown", "keydown", "input"]) {
      document.addEventListener(kind, (event) => event.isTrusted && !isOurs(event) && (this.at = performance.now()), { capture: true });
    }
  }

  forget() {
    this.at = -Infinity;
  }

  get hasMoved() {
    return performance.now() - this.at < LIKELY;
  }
}
