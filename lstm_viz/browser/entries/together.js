// A class that is together: the bar that stands on every page while one is in it, and the door at
// which one comes in. Both show the one ClassRoom of this tab (state/class_room.js).

import { Ask } from "../parts/ask.js";
import { ClassRoom } from "../state/class_room.js";
import { element, fill, setAttributes, setText } from "../parts/dom.js";
import { Question } from "../parts/question.js";
import { themed } from "../math/colours.js";

export default function mount({ data: [payload], parentElement }) {
  const root = parentElement.querySelector(".together");
  window.lstmVizClass ??= new ClassRoom();
  window.lstmVizClass.language = payload.language;
  themed(root);
  const before = root.view;
  if (before?.language !== payload.language) {
    root.view = payload.is_door ? new Door(root, payload, window.lstmVizClass) : new Bar(root, payload, window.lstmVizClass);
    before?.leave();
  }
  return () => root.view?.leave();
}

class Part {
  constructor(root, { language, words }, room) {
    Object.assign(this, { root, language, words, room, abort: new AbortController() });
    room.ours.add(root);
    this.build();
    room.on(() => this.show(), this.abort.signal);
    this.show();
  }

  button(label, act, kind = "") {
    const node = element("button", { type: "button", class: kind }, label);
    node.addEventListener("click", act, { signal: this.abort.signal });
    return node;
  }

  // What the server has refused, in the reader's language where it is one of the usual things.
  get said() {
    const { problem } = this.room;
    return problem ? (this.words[`refused_${problem.why}`] ?? problem.sentence) : "";
  }

  leave() {
    this.abort.abort();
    this.room.ours.delete(this.root);
    this.root.view = null;
  }
}

class Bar extends Part {
  build() {
    const { words, room } = this;
    this.state = element("span", { class: "together-state", role: "status" });
    this.again = this.button(words.follow_again, () => room.followAgain(), "primary");
    this.code = element("b", { class: "together-code" });
    this.ask = new Ask(words, (text, options) => room.say({ ask: { text, options } }), this.abort.signal);
    this.asking = this.button(words.ask, () => this.toggle());
    this.reveal = this.button(words.reveal, () => room.say({ reveal: { right: this.right } }), "primary");
    this.away = this.button(words.take_away, () => room.say({ take_away: {} }));
    this.out = this.button("", () => (room.role === "teacher" ? this.end() : room.leave()));
    this.problem = element("p", { class: "together-problem", role: "alert" });
    this.asked = element("div", { class: "together-asked" });
    this.moves = element("div", { class: "together-row" }, this.reveal, this.away);
    this.panel = element("div", { class: "together-panel" }, this.ask.root, this.asked, this.moves, this.problem);
    this.line = element("div", { class: "together-line" }, this.code, this.state, this.again, this.asking, this.out);
    this.root.replaceChildren(element("section", { class: "together-bar", "aria-label": words.class }, this.panel, this.line));
    this.size = new ResizeObserver(() => this.makeRoom());
    this.size.observe(this.root.firstChild);
  }

  // The page ends above the bar.
  makeRoom() {
    document.documentElement.style.setProperty("--class-bar", `${this.root.hidden ? 0 : Math.ceil(this.root.firstChild.offsetHeight)}px`);
  }

  leave() {
    super.leave();
    this.size.disconnect();
    document.documentElement.style.removeProperty("--class-bar");
  }

  toggle(open = this.ask.root.hidden) {
    this.ask.root.hidden = !open;
    this.show();
    if (open) this.ask.text.focus();
  }

  // Pressed twice, it ends for all.
  end() {
    if (this.isSure) return this.room.say({ end: {} });
    this.isSure = true;
    setText(this.out, this.words.end_sure);
    setTimeout(() => {
      this.isSure = false;
      this.show();
    }, 4000);
  }

  show() {
    const { room, words } = this;
    const { role } = room;
    const hasEnded = !role && room.problem?.why === "ended";
    this.root.hidden = !role && !hasEnded;
    this.makeRoom();
    if (!role) {
      setText(this.state, hasEnded ? this.said : "");
      for (const node of [this.panel, this.code, this.again, this.asking, this.out]) node.hidden = true;
      this.question = null;
      this.asked.replaceChildren();
      this.ask.root.hidden = true;
      return;
    }
    const teaches = role === "teacher";
    this.out.hidden = false;
    setText(this.state, this.whatIs());
    setAttributes(this.root, { "data-role": role, "data-lost": !room.isConnected && Boolean(room.room) });
    setText(this.code, room.room?.code ?? "");
    this.code.hidden = !teaches || !room.room;
    this.again.hidden = teaches || room.follows;
    this.asking.hidden = !teaches || !room.isConnected;
    this.ask.root.hidden ||= !teaches;
    this.asking.setAttribute("aria-expanded", String(!this.ask.root.hidden));
    if (!this.isSure) setText(this.out, teaches ? words.end : words.leave);
    setText(this.problem, this.said);
    this.showQuestion(room.room?.question ?? null, teaches);
    this.panel.hidden = this.ask.root.hidden && !this.question && !this.said;
  }

  whatIs() {
    const { room, words } = this;
    if (!room.room) return words.coming_in;
    if (!room.isConnected) return words.lost;
    if (room.role === "teacher") return fill(words.present, { count: room.room.present });
    if (!room.room.at) return words.not_yet;
    return room.follows ? words.following : words.looking;
  }

  showQuestion(question, teaches) {
    const { room, words } = this;
    if (question?.number !== this.question?.number) this.begin(question, teaches);
    this.moves.hidden = !teaches || !question || !this.ask.root.hidden;
    if (!question) return;
    this.asked.hidden = !this.ask.root.hidden;
    const { revealed, counts } = question;
    this.reveal.hidden = revealed;
    const right = teaches && !revealed ? this.right : question.right;
    const mine = teaches ? null : (room.answer?.option ?? null);
    this.question.show({ counts, right }, mine, !revealed, this.saidOf(question, mine, teaches));
  }

  begin(question, teaches) {
    this.right = null;
    const choose = teaches ? (option) => this.mark(option) : (option) => this.room.choose(option);
    this.question = question ? new Question(question, this.words, choose, this.abort.signal) : null;
    this.asked.replaceChildren(...(question ? [this.question.root] : []));
    if (question && teaches) {
      this.ask.clear();
      this.ask.root.hidden = true;
    }
    if (question && document.fullscreenElement && !teaches) document.exitFullscreen();
  }

  // The teacher says which option is right, before all see it.
  mark(option) {
    this.right = this.right === option ? null : option;
    this.show();
  }

  saidOf({ revealed, counts, right }, mine, teaches) {
    const { words } = this;
    if (teaches) {
      const answers = counts.reduce((sum, count) => sum + count, 0);
      const said = fill(words.answered, { count: answers, all: this.room.room.present });
      return revealed ? words.all_see : `${said} ${words.mark_right}`;
    }
    if (revealed) return mine === null || right === null ? words.answers_shown : mine === right ? words.you_right : words.you_wrong;
    return mine === null ? words.choose : words.chosen;
  }
}

class Door extends Part {
  build() {
    const { words, room } = this;
    this.typed = element("input", { type: "text", class: "together-typed", maxlength: 80, autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-label": words.code, placeholder: words.code_example });
    const join = element("form", { class: "together-row" }, this.typed, element("button", { type: "submit", class: "primary" }, words.join));
    join.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        room.join(this.typed.value);
      },
      { signal: this.abort.signal },
    );
    this.problem = element("p", { class: "together-problem", role: "alert" });
    this.outside = element(
      "div",
      { class: "together-ways" },
      element("section", {}, element("h2", {}, words.students), element("p", {}, words.students_say), join, this.problem),
      element("section", {}, element("h2", {}, words.teachers), element("p", {}, words.teachers_say), this.button(words.open, () => room.openClass(), "primary")),
    );
    this.inside = element("section", { class: "together-inside" });
    this.root.replaceChildren(this.outside, this.inside);
    this.asAddressed();
  }

  // As a link says that leads here: a student's has the code, the teacher's the secret as well.
  asAddressed() {
    const { searchParams, hash } = new URL(window.location.href);
    const code = searchParams.get("class");
    if (!code || this.room.role) return;
    const secret = new URLSearchParams(hash.slice(1)).get("teacher");
    const clean = new URL(window.location.href);
    clean.hash = "";
    clean.searchParams.delete("class");
    window.history.replaceState(window.history.state, "", clean); // the secret is on no screen
    if (secret) this.room.teach(code, secret);
    else this.room.join(code);
  }

  show() {
    const { room } = this;
    this.outside.hidden = Boolean(room.role);
    this.inside.hidden = !room.role;
    setText(this.problem, this.said);
    const shown = `${room.role} ${room.room?.code} ${Boolean(room.room?.at)}`;
    if (!room.role || shown === this.shown) return;
    this.shown = shown;
    this.inside.replaceChildren(...(room.room && room.role === "teacher" ? this.forTeacher(room) : [element("p", {}, room.room ? this.words.in_class : this.words.coming_in)]));
  }

  forTeacher({ code, secret }) {
    const { words } = this;
    const here = new URL(window.location.href);
    here.search = here.hash = "";
    const link = new URL(here);
    link.searchParams.set("class", code);
    const own = new URL(link);
    own.hash = `teacher=${secret}`;
    const big = element("p", { class: "together-big" }, ...code.split("-").map((word) => element("span", {}, word)));
    return [
      element("h2", {}, words.opened),
      element("p", {}, fill(words.write_up, { address: here.href })),
      big,
      element("p", {}, words.go_on),
      this.copied(words.link, link.href, false),
      this.copied(words.own_link, own.href, true),
    ];
  }

  // An address to be copied; one that is a secret is seen only when it is asked for.
  copied(label, text, isSecret) {
    const field = element("input", { type: isSecret ? "password" : "text", class: "together-address", readonly: true, value: text, "aria-label": label });
    const copy = this.button(this.words.copy, () => {
      field.type = "text";
      field.select();
      if (!navigator.clipboard) document.execCommand("copy");
      else navigator.clipboard.writeText(text).catch(() => document.execCommand("copy"));
      setText(copy, this.words.copied);
    });
    return element("div", { class: "together-row" }, element("span", { class: "together-label" }, label), field, copy);
  }
}
