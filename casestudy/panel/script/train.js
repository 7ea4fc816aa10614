// Training: the score against the key by code, and the key's codings beside one's own once it was asked for.

import { button, make } from "./dom.js";

export class Training {
  constructor(panel) {
    this.panel = panel;
    this.say = (key, values) => panel.phrases.say(key, values);
    this.table = make("div", {});
    this.element = make(
      "section",
      { className: "cs-train", "aria-label": this.say("training") },
      button(this.say("score"), () => this.ask()),
      this.table,
    );
  }

  async ask() {
    const answer = await this.panel.wire.ask("score", {}, 60000);
    this.panel.complain(answer.said ?? "");
    if (answer.said) return;
    this.panel.others = new Map(answer.key.map((one) => [one.id, one]));
    this.panel.draw();
    const titles = [this.say("code"), this.say("met"), this.say("missed"), this.say("extra")];
    const head = titles.map((title) => make("th", { scope: "col" }, title));
    const rows = answer.score.map((row) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, this.panel.book.path(row.code)),
        ...[row.met, row.missed, row.extra].map((n) => make("td", {}, String(n))),
      ),
    );
    const total = (key) => answer.score.reduce((sum, row) => sum + row[key], 0);
    this.table.replaceChildren(
      make(
        "table",
        { className: "cs-table" },
        make("caption", {}, this.say("score_caption", { met: total("met"), all: total("met") + total("missed") })),
        make("thead", {}, make("tr", {}, ...head)),
        make("tbody", {}, ...rows),
      ),
    );
    this.panel.say("scored", { met: total("met"), all: total("met") + total("missed") });
  }
}
