// A text whose symbols stand on a ground as strong as their values; pointing at one says its value.

const STRONGEST = 55; // percent of the colour at most: the symbol on it stays readable

export default function mount({ data: [data], parentElement }) {
  const root = parentElement.querySelector(".coloured");
  root.view ??= new View(root);
  root.view.show(data);
}

class View {
  constructor(root) {
    this.key = add(root, "div", "coloured-key");
    this.text = add(root, "p", "coloured-text");
    this.text.setAttribute("role", "img");
    this.text.addEventListener("pointerover", (event) => this.say(event.target.dataset.step));
    this.text.addEventListener("pointerleave", () => this.say());
  }

  show(data) {
    this.data = data;
    const { colours, ends } = data;
    this.key.replaceChildren();
    add(this.key, "span", "").textContent = ends[0];
    add(this.key, "i", "").style.background = scaleOf(data, colours);
    add(this.key, "span", "").textContent = ends[1];
    this.value = add(this.key, "span", "coloured-value");
    const words = data.tokens.some(([token]) => [...token].length > 1);
    this.text.className = words ? "coloured-text words" : "coloured-text";
    this.text.setAttribute("aria-label", data.label);
    this.text.replaceChildren(...data.tokens.map(([token], step) => this.symbol(token, step, words)));
  }

  symbol(token, step, words) {
    const span = document.createElement("span");
    span.textContent = words ? `${token} ` : token;
    span.dataset.step = step;
    span.style.background = ground(this.data, this.data.values[step]);
    return span;
  }

  say(step) {
    const value = this.data.values[step];
    if (value === undefined) this.value.textContent = "";
    else this.value.textContent = `${this.data.name}, “${this.data.tokens[step][1]}”: ${written(value)}`;
  }
}

function ground({ colours, limit }, value) {
  const share = Math.min(1, Math.abs(value) / limit) * STRONGEST;
  return mixed(value < 0 ? colours.negative : colours.positive, share);
}

function mixed(colour, percent) {
  return `color-mix(in srgb, ${colour} ${percent.toFixed(1)}%, transparent)`;
}

function scaleOf({ signed }, { positive, negative }) {
  const from = signed ? mixed(negative, STRONGEST) : "transparent";
  const middle = signed ? "transparent, " : "";
  return `linear-gradient(90deg, ${from}, ${middle}${mixed(positive, STRONGEST)})`;
}

function written(value) {
  return value.toFixed(3).replace("-", "−");
}

function add(parent, kind, name) {
  const node = document.createElement(kind);
  if (name) node.className = name;
  parent.append(node);
  return node;
}
