// Elements from data. Nothing here, or anywhere in the stage, is parsed as HTML.

const XHTML = "http://www.w3.org/1999/xhtml";

// element("button", { class: "play", "aria-label": "play" }, child, "text")
export function element(tag, attributes = {}, ...children) {
  const node = document.createElementNS(XHTML, tag);
  setAttributes(node, attributes);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

// Writing what is already there would cost a layout.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// MathML comes as text from Python: read as XML, where a script would be inert, then adopted.
export function mathml(source) {
  const parsed = new DOMParser().parseFromString(source, "application/xml");
  const root = parsed.documentElement;
  if (root.localName !== "math") return element("code", {}, source);
  return document.importNode(root, true);
}

const SVG = "http://www.w3.org/2000/svg";

export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  setAttributes(node, attributes);
  node.append(...children);
  return node;
}

// "t = {t} of {steps}" with the braces filled in.
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
