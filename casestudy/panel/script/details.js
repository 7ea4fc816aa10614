// The coding that is looked at: its words, memo and attributes, and what can be done with it.

import { button, make } from "./dom.js";
import { unique } from "./entry.js";

export class Details {
  /** `on` holds the acts: move, split, remove, recode, describe, next, listen. */
  constructor(phrases, attributes, slots, on) {
    this.slots = slots;
    this.phrases = phrases;
    this.attributes = attributes;
    this.on = on;
    this.element = make("section", { className: "cs-details", "aria-label": phrases.say("details"), hidden: true });
    this.shown = "";
  }

  show(item, words, editable) {
    const beside = item && editable ? this.on.beside(item) : [];
    const mark = item ? JSON.stringify([item, words, editable, beside]) : "";
    if (mark === this.shown) return;
    const typing = this.element.contains(document.activeElement) && ["TEXTAREA", "INPUT"].includes(document.activeElement.tagName);
    if (item && typing && this.item?.id === item.id) return; // what is being written is not replaced
    this.shown = mark;
    this.item = item;
    this.element.hidden = !item;
    if (!item) {
      this.element.replaceChildren();
      return;
    }
    const say = (key) => this.phrases.say(key);
    const quote = words.length > 220 ? `${words.slice(0, 150)} … ${words.slice(-50)}` : words;
    const parts = [make("h3", {}, item.path), make("blockquote", { dir: "auto" }, quote)];
    if (item.by) parts.push(make("p", { className: "cs-by" }, item.by));
    if (editable) parts.push(...this.tools(item, say));
    else if (item.memo) parts.push(make("p", {}, item.memo));
    this.element.replaceChildren(...parts);
  }

  tools(item, say) {
    const act = (key, what, title = key) =>
      button(say(key), what, { title: say(`${title}_key`), "aria-label": say(title + "_label") });
    const memo = unique("memo");
    const area = make("textarea", {
      id: memo,
      rows: 3,
      value: item.memo,
      on: {
        change: () => this.on.describe(item.id, { memo: area.value }),
        keydown: (event) => {
          event.stopPropagation();
          if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
            this.on.leave();
            event.preventDefault();
          }
        },
      },
    });
    return [
      make(
        "div",
        { className: "cs-tools", role: "group", "aria-label": say("borders") },
        act("start_out", () => this.on.move(item.id, -1, 0)),
        act("start_in", () => this.on.move(item.id, 1, 0)),
        act("end_in", () => this.on.move(item.id, 0, -1)),
        act("end_out", () => this.on.move(item.id, 0, 1)),
      ),
      make(
        "div",
        { className: "cs-tools" },
        act("to_selection", () => this.on.toSelection(item.id)),
        act("split", () => this.on.split(item.id)),
        act("recode", () => this.on.recode(item.id)),
        act("remove", () => this.on.remove(item.id)),
        act("alike", () => this.on.alike(item.start, item.end)),
      ),
      make("label", { for: memo }, say("memo")),
      area,
      ...this.attributes.map((attribute) => this.attribute(item, attribute)),
      ...this.slots.filter((slot) => !slot.codes.includes(item.code)).map((slot) => this.slot(item, slot)),
    ];
  }

  attribute(item, attribute) {
    const id = unique("attribute");
    const value = item.attributes[attribute.name] ?? "";
    const set = (event) => this.on.describe(item.id, { attributes: { [attribute.name]: event.target.value } });
    const shared = { id, on: { change: set, keydown: (event) => event.stopPropagation() } };
    const field = attribute.values.length
      ? make(
          "select",
          shared,
          ...["", ...new Set([...attribute.values, value].filter(Boolean))].map((one) =>
            make("option", { value: one, selected: one === value }, one || "–"),
          ),
        )
      : make("input", { type: "text", value, ...shared });
    return make(
      "div",
      { className: "cs-attribute", title: attribute.rule },
      make("label", { for: id }, attribute.name),
      field,
    );
  }

  /** One question of an episode: which code of the slot the same passage has. */
  slot(item, slot) {
    const id = unique("slot");
    const there = this.on.beside(item).find((code) => slot.codes.includes(code)) ?? "";
    const field = make(
      "select",
      { id, on: { change: (event) => this.on.fill(item.id, slot.codes, event.target.value) } },
      ...["", ...slot.codes].map((code) =>
        make("option", { value: code, selected: code === there }, code ? this.on.name(code) : "–"),
      ),
    );
    return make("div", { className: "cs-attribute cs-slot" }, make("label", { for: id }, slot.name), field);
  }

  /** Put the cursor into the memo. */
  write() {
    this.element.querySelector("textarea")?.focus();
  }
}
