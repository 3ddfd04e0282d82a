// Notes which field of which type is read of a payload, and pokes at everything on a page.

window.seen = { read: new Set(), missing: new Set() };
const known = new WeakMap();
window.watched = (value, schema) => {
  if (!schema || typeof value !== "object" || value === null) return value;
  if (schema.any) schema = schema.any.find(({ fields }) => Object.keys(fields).every((key) => key in value));
  if (known.has(value)) return known.get(value);
  let copied = null;
  const proxy = new Proxy(value, {
    getOwnPropertyDescriptor(target, key) {
      copied = key; // whoever copies asks for this first
      return Reflect.getOwnPropertyDescriptor(target, key);
    },
    get(target, key) {
      const found = target[key];
      const copies = copied === key;
      copied = null;
      if (typeof key === "symbol") return found;
      if (schema.each) return Object.hasOwn(target, key) && key !== "length" ? watched(found, schema.each) : found;
      const name = `${schema.type}.${key}`;
      if (!(key in schema.fields)) window.seen.missing.add(name);
      else if (!copies) window.seen.read.add(name);
      return watched(found, schema.fields[key]);
    },
  });
  known.set(value, proxy);
  return proxy;
};
// What a test has no right to, or what would leave the page.
Element.prototype.setPointerCapture = () => {};
Element.prototype.requestFullscreen = () => {};

const MOST = 4; // of one kind of element
window.poke = (root) => {
  const counts = new Map();
  for (const node of root.querySelectorAll("*")) {
    const kind = `${node.localName} ${node.getAttribute("class")}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (counts.get(kind) > MOST || !node.isConnected) continue;
    const box = node.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const at = { clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, button: 0 };
    const pointed = ["pointerenter", "pointerover", "pointermove", "pointerdown", "pointerup"];
    for (const name of [...pointed, "click", "pointerleave", "focusin", "focusout"]) {
      node.dispatchEvent(new PointerEvent(name, { bubbles: true, composed: true, ...at }));
    }
    if (node.localName === "select") {
      for (const { value } of [...node.options].slice(-MOST)) {
        node.value = value;
        node.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    if (node.localName === "input") node.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const key of ["Home", "ArrowRight", "End", "ArrowLeft"]) {
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  }
};
