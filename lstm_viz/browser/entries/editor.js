// A text box for equations: numbered lines, and what is wrong at the line where it is wrong.
//
// Python reads the text and says what it found; here it is only typed, and shown again.

const PAUSE = 350; // ms without a key before Python reads what was typed

export default function mount({ data: [data], parentElement, setStateValue }) {
  const root = parentElement.querySelector(".editor");
  const editor = (root.editor ??= new Editor(root));
  editor.tell = (text) => setStateValue("typed", { text, version: editor.version });
  editor.show(data);
  return () => editor.leave();
}

class Editor {
  constructor(root) {
    this.root = root;
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.numbers = add(root, "div", "numbers", { "aria-hidden": "true" });
    this.box = add(root, "textarea", "box", { spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off" });
    // Both stand at one place, which is kept for them: nothing moves when something is wrong.
    this.fine = add(root, "p", "fine", {});
    this.problem = add(root, "p", "problem", { role: "status", "aria-live": "polite", id: "problem" });
    this.box.addEventListener("input", () => this.typed(), { signal });
    this.box.addEventListener("scroll", () => this.scrolled(), { signal });
    this.box.addEventListener("blur", () => this.send(), { signal });
    // The stage on the same page listens to arrows and space: here they belong to the text.
    this.box.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  }

  show({ text, version, problem, fine, meanwhile, line, label, longest }) {
    this.box.setAttribute("aria-label", label);
    this.box.maxLength = longest;
    if (version !== this.version) {
      this.version = version;
      this.box.value = text;
      this.sent = text;
    }
    // What is said is about what was sent; a line typed since is read in a moment.
    this.line = problem ? line : null;
    this.fine.textContent = fine;
    this.fine.hidden = Boolean(problem);
    this.problem.textContent = problem ? `${problem} ${meanwhile}` : "";
    this.problem.hidden = !problem;
    this.box.setAttribute("aria-invalid", problem ? "true" : "false");
    this.box.setAttribute("aria-describedby", "problem");
    this.number();
  }

  typed() {
    this.number();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.send(), PAUSE);
  }

  send() {
    clearTimeout(this.waiting);
    if (this.box.value === this.sent) return;
    this.sent = this.box.value;
    this.tell(this.sent);
  }

  number() {
    const lines = this.box.value.split("\n").length;
    this.box.rows = Math.max(lines, 3);
    while (this.numbers.childElementCount > lines) this.numbers.lastElementChild.remove();
    while (this.numbers.childElementCount < lines) add(this.numbers, "span", "number", {});
    [...this.numbers.children].forEach((number, index) => {
      number.textContent = index + 1;
      number.classList.toggle("wrong", index + 1 === this.line);
    });
    this.root.style.setProperty("--wrong", this.line ?? 0);
    this.root.classList.toggle("has-wrong", Boolean(this.line));
  }

  scrolled() {
    this.numbers.scrollTop = this.box.scrollTop;
  }

  leave() {
    clearTimeout(this.waiting);
    this.abort.abort();
    this.root.editor = undefined;
    this.root.replaceChildren();
  }
}

function add(parent, tag, kind, attributes) {
  const node = document.createElement(tag);
  node.className = kind;
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}
