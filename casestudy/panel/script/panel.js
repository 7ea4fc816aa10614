// The panel: a transcript, its codebook and a coder's work. What is shown is what the kernel answered was saved.

import { Book } from "./book.js";
import { Choice } from "./choice.js";
import { Coding } from "./coding.js";
import { Comparison } from "./compare.js";
import { Details } from "./details.js";
import { Phrases, button, make } from "./dom.js";
import { Entry } from "./entry.js";
import { HELP, actOf } from "./keys.js";
import { Recording } from "./listen.js";
import { Page } from "./page.js";
import { Filter } from "./read.js";
import { Suggestions } from "./suggest.js";
import { Text } from "./text.js";
import { Training } from "./train.js";
import { Tree } from "./tree.js";
import { VivoForm } from "./vivo.js";
import { Wire } from "./wire.js";

const LOOK_EVERY = 2000;

export class Panel {
  constructor(model, element) {
    this.root = make("div", { className: "cs-panel", "data-lm-suppress-shortcuts": "true", role: "region" });
    element.append(this.root);
    this.wire = new Wire(model, (answer) => this.heard(answer), (silent) => this.silence(silent));
    this.codings = new Map();
    this.others = new Map();
    this.names = new WeakMap();
    this.active = "";
    this.parts = [];
  }

  async start() {
    const opened = await this.wire.ask("open", {}, 20000);
    if (opened.said) {
      this.root.append(make("p", { className: "cs-alert", role: "alert" }, opened.said));
      return;
    }
    this.build(opened);
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
  }

  build(opened) {
    this.parts.forEach((part) => part.close?.());
    this.opened = opened;
    this.mode = opened.mode;
    this.editable = Boolean(opened.editable);
    this.phrases = new Phrases(opened.phrases);
    const say = (key, values) => this.phrases.say(key, values);
    this.text = new Text(opened.document.text, opened.document.language);
    this.book = new Book(opened.codes);
    this.codings = new Map(opened.codings.map((one) => [one.id, one]));
    this.others = new Map((opened.others ?? []).map((one) => [one.id, one]));
    this.filter = null;
    this.page = new Page(this.text, opened.document.blocks, this.phrases, { pick: (id) => this.pick(id) });
    this.coding = new Coding(this);
    this.choice = new Choice(this.page, () => this.chosen());
    this.entry = new Entry(this.book, this.phrases, (code, typed) => this.coding.entered(code, typed), () => this.back());
    this.tree = new Tree(this.book, this.phrases, (code) => this.inTree(code));
    this.details = new Details(this.phrases, opened.attributes ?? [], opened.slots ?? [], {
      move: (id, start, end) => this.coding.border(start, end, id),
      toSelection: (id) => this.coding.toSelection(id),
      split: () => this.coding.split(),
      recode: () => this.coding.recode(),
      remove: (id) => this.coding.remove(id),
      describe: (id, fields) => this.act("describe", { coding: id, ...fields }),
      fill: (coding, codes, code) => this.act("fill", { coding, codes, code }),
      beside: (item) => this.beside(item),
      name: (code) => this.book.path(code),
      alike: () => this.alike(),
      leave: () => this.back(),
    });
    this.vivo = new VivoForm(this.phrases, (fields) => this.coding.created(fields), () => this.back());
    this.status = make("div", { className: "cs-status", role: "status", "aria-live": "polite" });
    this.alert = make("div", { className: "cs-alert", role: "alert", hidden: true });
    this.lost = make("div", { className: "cs-alert", role: "alert", hidden: true }, say("no_answer"));
    this.undoButton = button(say("undo"), () => this.coding.undo(), { title: "Ctrl Z" });
    this.redoButton = button(say("redo"), () => this.coding.redo(), { title: "Ctrl Y" });
    this.extend = button(say("extend"), () => this.extending(), { "aria-pressed": "false", title: say("extend_title") });
    this.side = make("div", { className: "cs-side" }, this.details.element, this.vivo.element);
    this.bar = make(
      "div",
      { className: "cs-bar", role: "toolbar", "aria-label": say("tools") },
      make("strong", { className: "cs-title" }, say("title", { document: opened.document.title, coder: opened.coder })),
      this.editable ? this.entry.element : null,
      ...(this.editable ? [this.undoButton, this.redoButton, this.extend] : []),
    );
    this.bar.append(button(say("help"), () => this.help(), { title: "F1" }));
    this.helped = make("div", { className: "cs-help", hidden: true, role: "dialog", "aria-label": say("help") });
    this.root.setAttribute("aria-label", say("title", { document: opened.document.title, coder: opened.coder }));
    this.root.replaceChildren(
      this.bar,
      this.lost,
      this.alert,
      this.helped,
      make("div", { className: "cs-body" }, this.tree.element, this.page.element, this.side),
      this.status,
    );
    this.page.element.addEventListener("keydown", (event) => this.key(event));
    this.page.element.addEventListener("click", (event) => this.clicked(event));
    this.parts = [this.page, this.choice];
    this.extras(opened);
    this.stacks(opened);
    this.draw();
    if (opened.at !== null && opened.at !== undefined) requestAnimationFrame(() => this.jump(opened.at));
    this.say("ready", { n: this.codings.size, file: opened.file });
  }

  /** What this panel does beside coding. */
  extras(opened) {
    this.suggestions = opened.suggesting ? new Suggestions(this) : null;
    const extras = [
      this.suggestions,
      opened.training ? new Training(this) : null,
      opened.comparing ? new Comparison(this) : null,
      opened.reading ? new Filter(this, opened.themes) : null,
    ];
    for (const extra of extras) if (extra) this.side.append(extra.element);
    this.recording = opened.recording ? new Recording(this, opened.recording) : null;
    if (this.recording) this.bar.append(this.recording.element);
    if (this.recording) this.parts.push(this.recording);
  }

  /** Everything that is underlined: own codings, those of others, suggestions. */
  items() {
    const all = new Map();
    const own = this.opened.others ? this.opened.coder : undefined;
    for (const one of this.codings.values()) all.set(one.id, this.named(one, own));
    for (const one of this.others.values()) all.set(one.id, this.named(one, one.coder));
    return all;
  }

  /** A coding with the names and the colour of its code; made once while neither is another. */
  named(one, coder) {
    const known = this.names.get(one);
    if (known?.book === this.book) return known.item;
    const code = one.code;
    const item = { ...one, coder, name: this.book.name(code), path: this.book.path(code), colour: this.book.colour(code) };
    this.names.set(one, { book: this.book, item });
    return item;
  }

  draw() {
    const all = this.items();
    const shown = this.filter ? new Map([...all].filter(([, item]) => this.filter(item))) : all;
    this.page.show(shown, this.active);
    const counts = new Map();
    for (const one of this.codings.values()) counts.set(one.code, (counts.get(one.code) ?? 0) + 1);
    this.tree.count(counts);
    const item = all.get(this.active) ?? null;
    const words = item ? (item.placed ? this.text.slice(item.start, item.end) : item.quote) : "";
    this.details.show(item, words, this.editable && this.codings.has(this.active));
    this.choice.again();
  }

  /** The codes that the very passage of a coding has too. */
  beside(item) {
    const same = [...this.codings.values()].filter((one) => one.start === item.start && one.end === item.end);
    return same.map((one) => one.code);
  }

  /** A message of the kernel: what changed, whoever asked for it. */
  heard(answer) {
    if (!this.page) return;
    if (answer.words) {
      this.reopen();
      return;
    }
    if (answer.codes) {
      this.book = new Book(answer.codes);
      this.entry.book = this.book;
      this.tree.take(this.book);
    }
    for (const id of answer.gone ?? []) this.codings.delete(id);
    for (const one of answer.codings ?? []) this.codings.set(one.id, one);
    if (this.active && !this.codings.has(this.active) && !this.others.has(this.active)) this.active = "";
    if (answer.undo !== undefined) this.stacks(answer);
    if (answer.codes || answer.gone?.length || answer.codings?.length) this.draw();
  }

  async reopen() {
    const place = this.page.element.scrollTop;
    const opened = await this.wire.ask("open");
    if (!opened.said) this.build({ ...opened, at: null });
    this.page.element.scrollTop = place;
    this.say("reopened");
  }

  /** Ask for an act; what it changed was drawn by `heard` before this goes on. */
  async act(name, fields = {}) {
    const answer = await this.wire.ask(name, fields);
    this.complain(answer.said ?? "");
    return answer;
  }

  look() {
    if (this.wire.busy || !this.root.isConnected || document.hidden) return;
    this.wire.ask("look");
  }

  complain(words) {
    if (this.alert.textContent === words) return;
    this.alert.textContent = words;
    this.alert.hidden = !words;
  }

  silence(silent) {
    if (this.lost) this.lost.hidden = !silent;
  }

  say(key, values) {
    this.status.textContent = this.phrases.say(key, values);
  }

  stacks(answer) {
    this.undoButton.disabled = !answer.undo;
    this.redoButton.disabled = !answer.redo;
  }

  back() {
    this.coding.recoding = "";
    this.page.element.focus({ preventScroll: true });
    this.choice.again();
  }

  key(event) {
    if (event.target !== this.page.element) return this.inChip(event);
    if (this.choice.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      return undefined;
    }
    const act = actOf(event);
    if (!act) return undefined;
    event.preventDefault();
    event.stopPropagation();
    return this.do(...act);
  }

  inChip(event) {
    const id = event.target.dataset?.id;
    const act = id ? actOf(event) : null;
    if (!act || ["enter", "widen", "type", "turn"].includes(act[0])) return undefined;
    event.preventDefault();
    event.stopPropagation();
    return this.do(...act);
  }

  do(name, ...given) {
    const reading = ["next", "leave", "help", "listen", "slower", "faster", "loop", "widen", "turn"];
    if (!this.editable && !reading.includes(name)) return undefined;
    const acts = {
      undo: () => this.coding.undo(),
      redo: () => this.coding.redo(),
      inVivo: () => this.coding.inVivo(),
      recode: () => this.coding.recode(),
      split: () => this.coding.split(),
      lastAgain: () => this.coding.lastAgain(),
      lastOnTurn: () => this.coding.lastAgain(true),
      turn: () => this.choice.turn(),
      border: () => this.coding.border(...given),
      next: () => this.next(given[0]),
      enter: () => this.coding.enter(),
      remove: () => this.coding.remove(this.active),
      leave: () => this.leave(),
      widen: () => this.choice.widen(),
      help: () => this.help(),
      memo: () => this.details.write(),
      alike: () => this.alike(),
      type: () => this.coding.enter(given[0]),
      listen: () => this.recording?.toggle(),
      slower: () => this.recording?.rate(-1),
      faster: () => this.recording?.rate(1),
      loop: () => this.recording?.loop(),
    };
    return acts[name]?.();
  }

  chosen() {
    if (this.choice.empty) return;
    const words = this.text.slice(this.choice.start, this.choice.end);
    const n = [...this.text.graphemes.segment(words)].length;
    this.say("selected", { n, words: short(words) });
  }

  clicked(event) {
    const piece = event.target.closest?.(".cs-piece");
    if (!piece || !this.choice.empty) return;
    const ids = piece.dataset.ids.split(" ");
    this.pick(ids[(ids.indexOf(this.active) + 1) % ids.length], false);
  }

  /** Make a coding the one that is looked at. */
  pick(id, reveal = true) {
    this.active = id === this.active && !reveal ? "" : id;
    this.draw();
    const item = this.items().get(this.active);
    if (!item) return;
    if (reveal && item.placed) this.choice.set(item.start, item.start);
    this.say("looked_at", { code: item.path });
  }

  next(step) {
    const list = [...this.page.items.values()].filter((item) => item.placed);
    list.sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
    if (!list.length) return;
    let at = list.findIndex((item) => item.id === this.active);
    if (at < 0) {
      const from = this.choice.focus ?? 0;
      at = list.findIndex((item) => item.start >= from);
      at = step > 0 ? (at < 0 ? list.length : at) - 1 : at < 0 ? list.length : at;
    }
    this.pick(list[(at + step + list.length) % list.length].id);
    this.page.element.focus({ preventScroll: true });
  }

  leave() {
    this.active = "";
    if (this.choice.anchor !== null) this.choice.set(this.choice.focus, this.choice.focus, false);
    this.draw();
  }

  inTree(code) {
    if (this.editable && !this.choice.empty) this.coding.entered(code, "");
    else this.only(code);
  }

  /** Show only the codings of a code and those below it; the same again shows all. */
  only(code) {
    const same = this.shownCode === code;
    this.shownCode = same ? "" : code;
    const family = new Set(this.book.family(code));
    this.filter = same ? null : (item) => family.has(item.code);
    for (const row of this.tree.list.querySelectorAll("[role=treeitem]")) {
      row.setAttribute("aria-selected", String(row.dataset.code === this.shownCode));
    }
    this.draw();
    this.say(same ? "all_shown" : "only_shown", { code: this.book.path(code), n: this.page.items.size });
  }

  extending() {
    this.choice.extending = !this.choice.extending;
    this.extend.setAttribute("aria-pressed", String(this.choice.extending));
  }

  jump(point) {
    this.choice.set(point, point, false);
    this.page.reveal(point, "center");
  }

  help() {
    this.helped.hidden = !this.helped.hidden;
    if (this.helped.hidden) {
      this.back();
      return;
    }
    const close = button(this.phrases.say("close"), () => this.help());
    this.helped.replaceChildren(
      make("dl", {}, ...HELP.flatMap(([key, keys]) => [make("dt", {}, keys), make("dd", {}, this.phrases.say(key))])),
      close,
    );
    close.focus();
  }

  /** Look for passages like the selection, or like the coding that is looked at. */
  alike() {
    const item = this.codings.get(this.active);
    if (!this.choice.empty) this.suggestions?.alike(this.choice.start, this.choice.end);
    else if (item) this.suggestions?.alike(item.start, item.end);
  }

  /** Select a stretch and show it. */
  choose(start, end, focus = true) {
    if (focus) this.page.element.focus({ preventScroll: true });
    this.choice.set(start, end, false);
    this.page.reveal(start, "center");
  }

  close() {
    clearInterval(this.timer);
    this.parts.forEach((part) => part.close?.());
    this.wire.close();
  }
}

function short(words) {
  const plain = words.replace(/\s+/gu, " ");
  return plain.length > 60 ? `${plain.slice(0, 30)} … ${plain.slice(-25)}` : plain;
}
