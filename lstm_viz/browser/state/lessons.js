// Where one is in the lessons, kept by this browser; and how one goes to an address of the app.

const KEPT = "lstm-viz:lessons";
const NOTHING = { last: "", steps: {}, done: [] };

// { last: "valves", steps: { valves: 3 }, done: ["valves"] }: steps count from 1.
export function progress() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return typeof kept?.last === "string" && typeof kept.steps === "object" && Array.isArray(kept.done) ? kept : NOTHING;
  } catch {
    return NOTHING; // a browser that keeps nothing, or something that is none of ours
  }
}

export function remember({ key, step, done = false }) {
  const before = progress();
  const finished = done ? [...new Set([...before.done, key])] : before.done;
  try {
    localStorage.setItem(KEPT, JSON.stringify({ last: done ? "" : key, steps: { ...before.steps, [key]: step }, done: finished }));
  } catch {
    // nothing is kept; the lesson itself goes on
  }
}

// Opens another address without loading the page anew. To Streamlit, and to every view, it is as if
// the browser had gone forward to it.
export function go(href) {
  window.history.pushState({}, "", new URL(href, window.location.href).href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

// The same in place of the address that there is: the back button does not come here again.
export function goInstead(href) {
  window.history.replaceState({}, "", new URL(href, window.location.href).href);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

// A link that goes there; opened in another tab it is an address like any other.
export function leadsTo(node, href, signal) {
  if (!URL.canParse(href, window.location.href)) return node; // on a page without an address
  node.setAttribute("href", href);
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    go(href);
  };
  node.addEventListener("click", follow, { signal });
  return node;
}
