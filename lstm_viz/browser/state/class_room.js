// The class that this browser's tab is in: as its teacher, as a student, or not at all.
//
// There is one for a tab, whatever page it shows; what it is in outlives a reload (sessionStorage).
// A teacher's tab tells where it is whenever its address changes. A student's tab goes there, until
// its own student moves something; then it stays until they follow again.

import { Hand, addressToTell, goTo, watchAddress } from "./following.js";
import { Line } from "./line.js";

const KEPT = "lstm-viz:class";
const DOOR = "together"; // the page at which one comes in shows nothing to a class
const ENDED = 8000; // milliseconds
const TOLD_EVERY = 30; // milliseconds between two addresses that are told

// A page inside a sandbox has no storage; then a reload leaves the class.
function stored() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function store(text) {
  try {
    if (text === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, text);
  } catch {
    // as above
  }
}

// A code as it was typed: "Amber river,  moon fox" is amber-river-moon-fox.
export const codeOf = (typed) => typed.toLowerCase().match(/[a-z]+/g)?.join("-") ?? "";

export class ClassRoom {
  constructor() {
    this.listeners = new Set();
    this.ours = new Set(); // elements in which a click moves nothing of the page
    this.hand = new Hand((event) => event.composedPath().some((node) => this.ours.has(node)));
    this.seat = ""; // that of a student, told by the server
    const kept = JSON.parse(stored() ?? "null");
    this.leave();
    watchAddress(() => this.moved());
    window.addEventListener("online", () => this.role && !this.isConnected && this.line.open());
    if (kept) this.enter(kept);
  }

  on(listener, signal) {
    this.listeners.add(listener);
    signal.addEventListener("abort", () => this.listeners.delete(listener));
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  // ---- coming in and going out

  openClass() {
    this.enter({ role: "teacher", code: "", secret: "" });
  }

  teach(code, secret) {
    this.enter({ role: "teacher", code, secret });
  }

  join(typed) {
    this.enter({ role: "student", code: codeOf(typed), seat: "" });
  }

  enter({ role, code, secret = "", seat = "", answer = null }) {
    this.leave();
    if (!window.location.protocol.startsWith("http")) return this.leave({ why: "nowhere" });
    Object.assign(this, { role, code, secret, seat, answer, problem: null });
    const url = new URL("class", window.location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = url.hash = "";
    this.line = new Line(url.href, { hello: () => this.hello(), told: (said) => this.take(said), lost: () => this.lost() });
    this.tell();
  }

  hello() {
    this.told = null;
    if (this.role === "student") return { follow: { code: this.code, seat: this.seat } };
    return this.secret ? { teach: { code: this.code, secret: this.secret } } : { open: {} };
  }

  // Out of the class; `problem` is why, where it was not wished.
  leave(problem = null) {
    this.line?.drop();
    Object.assign(this, { line: null, role: null, room: null, answer: null, follows: true, isConnected: false, problem });
    store(null);
    this.tell();
  }

  // It is over for all, which is said for a while.
  end() {
    this.leave({ why: "ended" });
    setTimeout(() => !this.role && this.leave(), ENDED);
  }

  keep() {
    const { role, code, secret, seat, answer } = this;
    store(JSON.stringify({ role, code, secret, seat, answer }));
  }

  // ---- what the server says

  take({ opened, seat, room, refused, over }) {
    if (opened) Object.assign(this, opened);
    if (seat) this.seat = seat;
    if (opened || seat) this.keep();
    if (over) return this.end();
    if (refused && !this.room) return this.leave(refused);
    if (refused) this.problem = refused;
    if (room) this.hear(room);
    this.tell();
  }

  hear(room) {
    this.isConnected = true;
    this.problem = null;
    this.room = room;
    this.keep();
    if (room.question && this.answer?.number !== room.question.number) this.answer = null;
    if (this.role === "student") this.follow();
    else this.show();
  }

  lost() {
    this.isConnected = false;
    this.tell();
  }

  // ---- a student

  follow() {
    if (!this.follows || !this.room.at) return;
    this.hand.forget();
    this.isGoing = true;
    goTo(this.room.at, this.language, Object.values(window.history.lstmViz?.names ?? {}));
    this.isGoing = false;
    this.went = addressToTell(window.location.href);
  }

  followAgain() {
    this.follows = true;
    this.follow();
    this.tell();
  }

  choose(option) {
    const { number } = this.room.question;
    if (!this.line.say({ answer: { number, option } })) return;
    this.answer = { number, option };
    this.keep();
    this.tell();
  }

  // ---- the teacher

  say(said) {
    this.problem = null;
    return this.line.say(said);
  }

  show() {
    clearTimeout(this.telling);
    const at = addressToTell(window.location.href);
    if (at === this.told || at.split("?")[0] === DOOR) return;
    const late = (this.toldAt ?? 0) + TOLD_EVERY - performance.now();
    if (late > 0) this.telling = setTimeout(() => this.show(), late);
    else if (this.line?.say({ show: { at } })) Object.assign(this, { told: at, toldAt: performance.now() });
  }

  // ---- both

  moved() {
    if (this.isGoing || !this.room) return;
    if (this.role === "teacher") this.show();
    else if (this.follows && this.room.at && this.hand.hasMoved && addressToTell(window.location.href) !== this.went) {
      this.follows = false;
      this.tell();
    }
  }
}
