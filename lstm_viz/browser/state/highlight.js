// What is lit. Hovering a symbol, a wire, a box or a strip lights the same thing everywhere.
// A thing is named by its key: the text of the expression it is the value of.

export class Highlight {
  constructor() {
    this.key = null;
    this.listeners = new Set();
  }

  on(listener) {
    this.listeners.add(listener);
  }

  set(key) {
    if (key === this.key) return;
    this.key = key;
    for (const listener of this.listeners) listener(key);
  }
}

// Reports the key of what the pointer, or the keyboard's focus, is on, and null when it leaves.
// `known` turns what an element is called into a key that has a value, or into null: a weight matrix
// alone has none, so that W_f lights W_f x, which it stands in.
export function reportKeys(root, known, report, signal) {
  const keyOf = (event) => {
    for (let node = event.target; node && node !== root; node = node.parentElement) {
      const key = node.dataset?.key === undefined ? null : known(node.dataset.key);
      if (key !== null) return key;
    }
    return null;
  };
  const middle = (event) => {
    const box = event.target.getBoundingClientRect();
    return { clientX: box.left, clientY: box.bottom };
  };
  root.addEventListener("pointerover", (event) => report(keyOf(event), event), { signal });
  root.addEventListener("pointerleave", () => report(null), { signal });
  root.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && report(keyOf(event), middle(event)), { signal });
  root.addEventListener("focusout", () => report(null), { signal });
}

// The class "lit" on every element below root that shows this key.
export function markLit(root, key) {
  for (const node of root.querySelectorAll(".lit")) node.classList.remove("lit");
  if (key === null) return;
  for (const node of root.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)) node.classList.add("lit");
}
