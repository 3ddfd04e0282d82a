// The keyboard, for the whole page: a presenter's clicker works without a click first.
// Whoever is typing, or moving another control with the keys, keeps them.

export const KEYS = [
  { keys: ["ArrowRight", "PageDown"], action: "forward" },
  { keys: ["ArrowLeft", "PageUp"], action: "back" },
  { keys: ["Shift+ArrowRight", "Shift+PageDown"], action: "subForward" },
  { keys: ["Shift+ArrowLeft", "Shift+PageUp"], action: "subBack" },
  { keys: [" "], action: "toggle" },
  { keys: ["Home"], action: "first" },
  { keys: ["End"], action: "last" },
  { keys: ["["], action: "slower" },
  { keys: ["]"], action: "faster" },
  { keys: ["."], action: "learnForward" },
  { keys: [","], action: "learnBack" },
  { keys: ["l"], action: "learnToggle" },
  { keys: ["f"], action: "fullScreen" },
  { keys: ["Escape"], action: "close" },
];

const ACTIONS = new Map(KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action])));

const TAKES_KEYS =
  'input, textarea, select, [contenteditable]:not([contenteditable="false"]), [role="slider"], ' +
  '[role="spinbutton"], [role="textbox"], [role="combobox"], [role="listbox"], [role="option"], ' +
  '[role="menu"], [role="menuitem"], [role="radio"], [role="radiogroup"], [role="tab"], [role="grid"], [role="dialog"]';
const TAKES_SPACE = 'button, a[href], summary, [role="button"], [role="link"], [role="checkbox"], [role="switch"]';

// A list that one has chosen from keeps the focus, closed. A clicker must go on working then.
const CLOSED_LIST = '[role="combobox"][aria-expanded="false"]';
const CLICKER = /^(Shift\+)?(ArrowLeft|ArrowRight|PageUp|PageDown)$/;

// What the keys do to a cursor. Where a step has no phases, those keys step as well.
export function steering(cursor) {
  const whole = cursor.phases === 1;
  return {
    forward: () => cursor.forward(),
    back: () => cursor.back(),
    subForward: () => (whole ? cursor.forward() : cursor.subForward()),
    subBack: () => (whole ? cursor.back() : cursor.subBack()),
    toggle: () => cursor.toggle(),
    first: () => cursor.go(cursor.start),
    last: () => cursor.go(cursor.end),
    slower: () => cursor.changeSpeed(-1),
    faster: () => cursor.changeSpeed(1),
  };
}

// Of all KEYS; an action that says false leaves its key to the browser, and so does one not given.
export function listenToKeys(actions, isOwnScrubber, signal, where = document) {
  const listener = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const name = event.key.length === 1 ? event.key : (event.shiftKey ? "Shift+" : "") + event.key;
    const act = actions[ACTIONS.get(name)];
    if (!act || isTakenBy(event.composedPath(), name, isOwnScrubber)) return;
    if (act() !== false) event.preventDefault();
  };
  where.addEventListener("keydown", listener, { signal });
}

function isTakenBy(path, name, isOwnScrubber) {
  const elements = path.filter((node) => node instanceof Element);
  if (elements.length && isOwnScrubber(elements[0])) return false;
  if (name === "Escape") return false;
  if (elements[0]?.matches(CLOSED_LIST) && CLICKER.test(name)) return false;
  if (elements.some((node) => node.matches(TAKES_KEYS))) return true;
  return name === " " && elements.some((node) => node.matches(TAKES_SPACE));
}
