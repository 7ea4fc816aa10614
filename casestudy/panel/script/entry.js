// Quick code entry: a few letters, Enter. A combobox over the codes in use, with the last ones used first.

import { make } from "./dom.js";

export class Entry {
  /** `chosen(code, typed)` gets a code's id; or null with what was typed, for a code that is not there yet. */
  constructor(book, phrases, chosen, left) {
    this.book = book;
    this.phrases = phrases;
    this.chosen = chosen;
    this.left = left;
    this.recent = [];
    this.options = [];
    this.at = 0;
    this.list = make("ul", { className: "cs-options", role: "listbox", id: unique("options"), hidden: true,
      "aria-label": phrases.say("codes") });
    this.input = make("input", {
      type: "text",
      className: "cs-entry",
      role: "combobox",
      autocomplete: "off",
      spellcheck: false,
      placeholder: phrases.say("entry"),
      "aria-label": phrases.say("entry_label"),
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-controls": this.list.id,
      on: {
        input: () => this.offer(),
        focus: () => this.offer(),
        blur: () => setTimeout(() => this.fold(), 150),
        keydown: (event) => this.key(event),
      },
    });
    this.element = make("div", { className: "cs-entry-of" }, this.input, this.list);
  }

  /** Begin with letters that were typed elsewhere. */
  begin(letters = "") {
    this.input.value = letters;
    this.input.focus();
    this.offer();
  }

  used(code) {
    this.recent = [code, ...this.recent.filter((one) => one !== code)].slice(0, 12);
  }

  offer() {
    const typed = this.input.value.trim();
    const codes = this.book.fitting(typed, this.recent);
    this.options = codes.map((code) => ({ code }));
    if (typed) this.options.push({ code: null, typed });
    this.at = 0;
    this.draw();
  }

  draw() {
    this.list.replaceChildren(
      ...this.options.map((option, index) => {
        const words = option.code
          ? [make("span", { className: "cs-dot", "aria-hidden": "true" }), this.book.path(option.code.id)]
          : [this.phrases.say("new_code", { name: option.typed })];
        const item = make(
          "li",
          {
            role: "option",
            id: `${this.list.id}-${index}`,
            className: "cs-option",
            "aria-selected": index === this.at ? "true" : "false",
            title: option.code?.definition ?? "",
            on: { pointerdown: (event) => { event.preventDefault(); this.at = index; this.take(); } },
          },
          ...words,
        );
        if (option.code) item.style.setProperty("--cs-own", `var(--cs-c${option.code.colour})`);
        return item;
      }),
    );
    const open = this.options.length > 0 && document.activeElement === this.input;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    if (open) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  fold() {
    if (document.activeElement === this.input) return;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }

  key(event) {
    event.stopPropagation();
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.options.length) % Math.max(1, this.options.length);
      this.draw();
    } else if (event.key === "Enter") {
      this.take();
    } else if (event.key === "Escape") {
      this.input.value = "";
      this.left();
    } else {
      return;
    }
    event.preventDefault();
  }

  take() {
    const option = this.options[this.at];
    if (!option) return;
    this.input.value = "";
    this.list.hidden = true;
    this.chosen(option.code?.id ?? null, option.typed ?? "");
  }
}

let count = 0;

/** An id that nothing else on the page has. */
export function unique(name) {
  count += 1;
  return `cs-${name}-${count}-${Math.random().toString(36).slice(2, 7)}`;
}
