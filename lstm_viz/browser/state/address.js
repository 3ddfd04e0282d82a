// The address bar holds the step and the unit, so that copying it copies the moment.
// On the screen and in the address the first step is 1; units count from 0, as in the arrays.
//
// Python writes what is chosen on a page (lstm_viz/ui/address.py) and says under which names stands
// what moves here: { step: "t", unit: "unit", after: "after" }. What has no name is not written.

export const WRITTEN = "lstm-viz:address"; // an event: Python has written, and left out what is ours
export const MOVED = "lstm-viz:moved"; // an event: what is ours has been written by someone else (following.js)

export const SHOWN = "lstm-viz:shown"; // an event: a view shows another step, `detail` has it, from 0

const MOST = 999999;

export const textOf = (names, part) => (part in names ? new URL(window.location.href).searchParams.get(names[part]) : null);

export function addressed(names, steps, units) {
  const number = (part, low, high) => wholeNumber(textOf(names, part), low, high);
  const [step, phase] = [number("step", 1, steps), number("phase", 1, MOST)];
  return { step: step === null ? null : step - 1, unit: number("unit", 0, units - 1), after: number("after", 0, MOST), phase: phase === null ? null : phase - 1 };
}

// The number that the address has for a part, null if there is none from low to high.
export function numberOf(names, part, low, high) {
  const text = textOf(names, part);
  if (text === null || !/^-?\d{1,6}(\.\d{1,6})?$/.test(text)) return null;
  return Number(text) >= low && Number(text) <= high ? Number(text) : null;
}

function wholeNumber(text, low, high) {
  if (text === null || !/^\d{1,6}$/.test(text)) return null;
  return Math.min(Math.max(Number(text), low), high);
}

// A choice makes an entry in the browser's history. It is Streamlit that makes it, from what Python
// says, and a view that is drawn then asks the address where it is: so what moves here stays in it.
// `back` is told when it is left again, to another one of the same page.
export function stayInHistory(names, back) {
  const { history } = window;
  const push = history.lstmViz ? null : history.pushState.bind(history);
  history.lstmViz = { names, back, page: window.location.pathname }; // that is shown now
  if (push) {
    history.pushState = (state, title, url) => {
      if (url && leadsElsewhere(url)) toTheTop();
      push(state, title, url && withWhatMoves(url, history.lstmViz.names));
    };
    window.addEventListener("popstate", () => {
      if (window.location.pathname === history.lstmViz.page) history.lstmViz.back();
    });
  }
}

const leadsElsewhere = (url) => new URL(url, window.location.href).pathname !== window.location.pathname;

// Streamlit draws every page in the same box, which stays scrolled to where the last page was left.
function toTheTop() {
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
}

function withWhatMoves(url, names) {
  const now = new URL(window.location.href);
  const next = new URL(url, now);
  if (next.pathname !== now.pathname) return url;
  for (const name of names) {
    if (now.searchParams.has(name) && !next.searchParams.has(name)) next.searchParams.set(name, now.searchParams.get(name));
  }
  return next.href;
}

// The step that stands in the address is another one, and the view that has the cursor goes there: for
// what lies beside it on the page.
export function showStep(names, step) {
  const address = new URL(window.location.href);
  address.searchParams.set(names.step, step + 1);
  window.history.replaceState(window.history.state, "", address);
  window.dispatchEvent(new Event(MOVED));
}

// Browsers allow some hundred changes of the address in half a minute: while it plays or is dragged,
// only the last of a burst is written.
export class Address {
  constructor(names = {}, wait = 120) {
    this.names = names;
    this.wait = wait;
    this.written = 0;
    this.values = {};
    this.following = false;
  }

  // From now on what is shown is written: at once when it moves, and again when Python has written.
  // Before, the address is still that of the choice before. `back` is told what the address says when
  // the browser goes back in its history.
  follow(signal, back) {
    this.following = true;
    window.addEventListener(WRITTEN, () => this.put(), { signal });
    for (const event of ["popstate", MOVED]) window.addEventListener(event, () => back(), { signal });
  }

  // `after` is how many training steps the network has had, null where nothing is said about them.
  show({ step, unit = null, phase, phases }, after = null) {
    this.say({ step: step + 1, unit, after, phase: phase < phases - 1 ? phase + 1 : "" });
    if ("step" in this.names) window.dispatchEvent(new CustomEvent(SHOWN, { detail: step }));
  }

  // What follows is another choice: the back button returns to the one before.
  turn() {
    if (this.timer && this.following) this.write(); // what is still to be written belongs to the one before
    window.history.pushState(window.history.state, "", window.location.href);
  }

  // What stands in the address for each part: "" for nothing, null for what stands there already.
  say(values) {
    this.values = { ...this.values, ...values };
    if (this.following) this.put();
  }

  // What is said meanwhile is written at the end, so that all of it can read what the address had.
  afterwards(act) {
    this.stop();
    this.following = false;
    act();
    this.following = true;
    this.put();
  }

  put() {
    this.stop();
    const late = this.written + this.wait - performance.now();
    if (late <= 0) this.write();
    else this.timer = setTimeout(() => this.write(), late);
  }

  write() {
    this.stop();
    this.written = performance.now();
    const address = new URL(window.location.href);
    for (const [part, value] of Object.entries(this.values)) {
      if (!(part in this.names) || value === null) continue;
      if (value === "") address.searchParams.delete(this.names[part]);
      else address.searchParams.set(this.names[part], value);
    }
    if (address.href === window.location.href) return;
    try {
      window.history.replaceState(window.history.state, "", address);
    } catch {
      // A page inside a sandbox has no address of its own; everything else works.
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
