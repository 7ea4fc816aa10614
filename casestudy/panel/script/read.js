// Reading: whose codings are shown, and which theme; codes are chosen in the tree.

import { make } from "./dom.js";
import { unique } from "./entry.js";

export class Filter {
  constructor(panel, themes) {
    this.panel = panel;
    const say = (key) => panel.phrases.say(key);
    const items = [...panel.items().values()];
    this.own = panel.opened.coder;
    const coders = [...new Set(items.map((item) => item.coder ?? this.own))].sort();
    this.hidden = new Set();
    this.codes = null;
    const boxes = coders.map((coder) => {
      const box = make("input", {
        type: "checkbox",
        checked: true,
        on: { change: () => this.toggle(coder, box.checked) },
      });
      return make("label", { className: "cs-check" }, box, ` ${coder}`);
    });
    const id = unique("theme");
    const select = make(
      "select",
      { id, on: { change: () => this.theme(themes[Number(select.value)] ?? null) } },
      make("option", { value: "-1" }, say("all_themes")),
      ...themes.map((theme, index) => make("option", { value: String(index) }, theme.name)),
    );
    this.element = make(
      "section",
      { className: "cs-filter", "aria-label": say("filter") },
      make("fieldset", {}, make("legend", {}, say("coders")), ...boxes),
      themes.length ? make("label", { for: id }, say("theme")) : null,
      themes.length ? select : null,
    );
  }

  toggle(coder, shown) {
    if (shown) this.hidden.delete(coder);
    else this.hidden.add(coder);
    this.apply();
  }

  theme(theme) {
    this.codes = theme ? new Set(theme.codes) : null;
    this.apply();
  }

  apply() {
    this.panel.filter = (item) =>
      !this.hidden.has(item.coder ?? this.own) && (!this.codes || this.codes.has(item.code));
    this.panel.draw();
    this.panel.say("shown_now", { n: this.panel.page.items.size });
  }
}
