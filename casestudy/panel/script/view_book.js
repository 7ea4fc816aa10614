// The codebook to be changed: a code's words in a form, its place in the tree, and the history below.

import { Book } from "./book.js";
import { Phrases, button, make } from "./dom.js";
import { unique } from "./entry.js";
import { Tree } from "./tree.js";
import { Wire } from "./wire.js";

const LINES = ["include", "exclude", "examples", "near"];

class BookEditor {
  constructor(model, element) {
    this.root = make("div", { className: "cs-panel", "data-lm-suppress-shortcuts": "true", role: "region" });
    element.append(this.root);
    this.wire = new Wire(model, (answer) => this.heard(answer), (silent) => this.silence(silent));
    this.current = "";
  }

  async start() {
    const opened = await this.wire.ask("open", {}, 20000);
    if (!this.phrases) this.root.append(make("p", { className: "cs-alert", role: "alert" }, opened.said));
    this.timer = setInterval(() => {
      if (!this.wire.busy && this.root.isConnected && !document.hidden) this.wire.ask("look");
    }, 3000);
  }

  heard(answer) {
    if (!answer.codes) return;
    this.told = answer;
    this.book = new Book(answer.codes);
    if (!this.phrases) this.build(answer);
    this.tree.take(this.book);
    this.tree.count(new Map(Object.entries(answer.counts)));
    if (!this.form.contains(document.activeElement)) this.edit(this.current);
    this.showEvents();
  }

  build(answer) {
    this.phrases = new Phrases(answer.phrases);
    const say = (key) => this.phrases.say(key);
    this.tree = new Tree(this.book, this.phrases, (code) => this.edit(code));
    this.status = make("div", { className: "cs-status", role: "status", "aria-live": "polite" });
    this.alert = make("div", { className: "cs-alert", role: "alert", hidden: true });
    this.lost = make("div", { className: "cs-alert", role: "alert", hidden: true }, say("no_answer"));
    this.who = this.field("who_changes", answer.who);
    this.why = this.field("why", "");
    this.form = make("div", { className: "cs-form" });
    this.events = make("ol", { className: "cs-events" });
    this.root.setAttribute("aria-label", say("codebook"));
    this.root.append(
      make("div", { className: "cs-bar", role: "toolbar", "aria-label": say("tools") },
        make("strong", { className: "cs-title" }, say("codebook")),
        button(say("code_new"), () => this.edit("")),
        button(say("undo_change"), () => this.revise({ what: "undo" }))),
      this.lost,
      this.alert,
      make("div", { className: "cs-body cs-two" }, this.tree.element,
        make("div", { className: "cs-side" },
          make("div", { className: "cs-said-by" }, ...this.who.parts, ...this.why.parts),
          this.form,
          make("h3", {}, say("history")), this.events)),
      this.status,
    );
  }

  field(key, value, rows = 1) {
    const id = unique("field");
    const input = make(rows > 1 ? "textarea" : "input", { id, value, ...(rows > 1 ? { rows } : { type: "text" }) });
    input.addEventListener("keydown", (event) => event.stopPropagation());
    return { input, parts: [make("label", { for: id }, this.phrases.say(key)), input] };
  }

  places(key, chosen, top) {
    const id = unique("field");
    const codes = [...this.book.codes.values()].filter((code) => code.live);
    const input = make("select", { id }, ...top, ...codes.map((code) =>
      make("option", { value: code.id, selected: code.id === chosen }, this.book.path(code.id))));
    return { input, parts: [make("label", { for: id }, this.phrases.say(key)), input] };
  }

  edit(id) {
    const code = this.book.codes.get(id);
    this.current = code ? id : "";
    if (code) this.change(code);
    else this.create();
  }

  create() {
    const say = (key, values) => this.phrases.say(key, values);
    const name = this.field("name", "");
    const tops = this.told.schemes.map((scheme) => make("option", { value: `|${scheme}` }, say("top_of", { scheme })));
    const place = this.places("place", "", tops);
    const definition = this.field("definition", "", 3);
    const send = () => {
      const [, top] = place.input.value.split("|");
      const parent = top === undefined ? place.input.value : "";
      const scheme = top ?? this.book.codes.get(parent).scheme;
      this.revise({ what: "create", name: name.input.value, scheme, parent, definition: definition.input.value });
    };
    this.form.replaceChildren(make("h3", {}, say("code_new")), ...name.parts, ...place.parts, ...definition.parts,
      make("div", { className: "cs-tools" }, button(say("save"), send)));
  }

  change(code) {
    const say = (key) => this.phrases.say(key);
    const texts = { name: this.field("name", code.name), definition: this.field("definition", code.definition, 3) };
    for (const key of LINES) texts[key] = this.field(key, code[key].join("\n"), 2);
    const save = () => {
      const fields = {};
      for (const [key, { input }] of Object.entries(texts)) {
        fields[key] = LINES.includes(key) ? input.value.split("\n") : input.value;
      }
      this.revise({ what: "fields", code: code.id, fields });
    };
    const parent = this.places("move_to", code.parent, [make("option", { value: "" }, say("top"))]);
    const into = this.places("merge_into", "", []);
    const parts = this.field("split_into", "", 2);
    const act = (key, given) => button(say(key), () => this.revise({ code: code.id, ...given() }));
    this.form.replaceChildren(
      make("h3", {}, this.book.path(code.id)),
      make("p", { className: "cs-by" }, code.id),
      ...Object.values(texts).flatMap((text) => text.parts),
      make("div", { className: "cs-tools" }, button(say("save"), save),
        code.live ? act("retire", () => ({ what: "retire" })) : act("restore", () => ({ what: "restore" }))),
      make("details", {}, make("summary", {}, say("place_in_tree")),
        ...parent.parts, act("move", () => ({ what: "move", parent: parent.input.value })),
        ...into.parts, act("merge", () => ({ what: "merge", into: into.input.value })),
        ...parts.parts, act("split", () => ({ what: "split", into: parts.input.value.split("\n").filter((one) => one.trim()) }))),
    );
  }

  async revise(given) {
    const before = this.told.events.length;
    document.activeElement?.blur();
    const answer = await this.wire.ask("revise", { ...given, who: this.who.input.value, why: this.why.input.value });
    this.alert.textContent = answer.said ?? "";
    this.alert.hidden = !answer.said;
    if (answer.said) return;
    this.why.input.value = "";
    this.status.textContent = this.phrases.say("changed", { n: Math.max(1, answer.events.length - before) });
  }

  showEvents() {
    this.events.replaceChildren(...this.told.events.map((event) =>
      make("li", {}, `${event.when} ${event.who}: ${event.action} ${this.book.path(event.code)}. ${event.why}`)));
  }

  silence(silent) {
    if (this.lost) this.lost.hidden = !silent;
  }

  close() {
    clearInterval(this.timer);
    this.wire.close();
  }
}

function render({ model, el }) {
  const editor = new BookEditor(model, el);
  editor.start();
  return () => editor.close();
}

export default { render };
