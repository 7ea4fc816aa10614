// A new code out of the words themselves: name, place and definition; it goes into the codebook's history.

import { button, make } from "./dom.js";
import { unique } from "./entry.js";

export class VivoForm {
  constructor(phrases, save, left) {
    this.phrases = phrases;
    this.save = save;
    this.left = left;
    const ids = ["name", "place", "definition"].map(unique);
    const say = (key) => phrases.say(key);
    this.name = make("input", { type: "text", id: ids[0] });
    this.place = make("select", { id: ids[1] });
    this.definition = make("input", { type: "text", id: ids[2] });
    this.element = make(
      "form",
      {
        className: "cs-vivo",
        hidden: true,
        "aria-label": say("vivo"),
        on: {
          submit: (event) => {
            event.preventDefault();
            this.send();
          },
          keydown: (event) => {
            event.stopPropagation();
            if (event.key === "Escape") this.cancel();
          },
        },
      },
      make("h3", {}, say("vivo")),
      make("label", { for: ids[0] }, say("name")),
      this.name,
      make("label", { for: ids[1] }, say("place")),
      this.place,
      make("label", { for: ids[2] }, say("definition")),
      this.definition,
      make("div", { className: "cs-tools" },
        make("button", { type: "submit", className: "cs-button" }, say("create")),
        button(say("cancel"), () => this.cancel())),
    );
  }

  open(words, book, current) {
    this.name.value = words.replace(/\s+/gu, " ").trim().slice(0, 80);
    this.definition.value = "";
    const schemes = [...new Set([...book.codes.values()].map((code) => code.scheme))];
    const options = schemes.flatMap((scheme) => [
      make("option", { value: `${scheme}|` }, this.phrases.say("top_of", { scheme })),
      ...[...book.codes.values()]
        .filter((code) => code.scheme === scheme && code.live)
        .map((code) => make("option", { value: `${scheme}|${code.id}` }, book.path(code.id))),
    ]);
    this.place.replaceChildren(...options);
    const own = book.codes.get(current);
    if (own) this.place.value = `${own.scheme}|${own.id}`;
    this.element.hidden = false;
    this.name.focus();
    this.name.select();
  }

  send() {
    const [scheme, parent] = this.place.value.split(/\|(.*)/s);
    this.save({ name: this.name.value.trim(), scheme, parent, definition: this.definition.value.trim() });
  }

  cancel() {
    this.close();
    this.left();
  }

  close() {
    this.element.hidden = true;
  }
}
