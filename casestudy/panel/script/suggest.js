// Suggestions: dashed lines on the page, and a list by code to accept, reject, or preview and accept all of.

import { button, make } from "./dom.js";

export class Suggestions {
  constructor(panel) {
    this.panel = panel;
    this.say = (key, values) => panel.phrases.say(key, values);
    this.list = make("div", {});
    this.element = make(
      "section",
      { className: "cs-suggest", "aria-label": this.say("suggestions") },
      make(
        "div",
        { className: "cs-tools" },
        button(this.say("by_rules"), () => this.ask(false)),
        button(this.say("by_model"), () => this.ask(true)),
      ),
      this.list,
    );
  }

  async ask(model) {
    this.panel.say("looking");
    const answer = await this.panel.wire.ask("suggest", { model }, 120000);
    this.panel.complain(answer.said || answer.note || "");
    if (answer.said) return;
    this.waiting = answer.suggestions;
    this.show();
    this.panel.say("suggested", { n: this.waiting.length });
  }

  show() {
    const panel = this.panel;
    panel.others = new Map(
      this.waiting.map((one) => [one.id, { ...one, memo: "", attributes: {}, placed: true, suggested: true, by: this.reason(one) }]),
    );
    const byCode = new Map();
    for (const one of this.waiting) byCode.set(one.code, [...(byCode.get(one.code) ?? []), one]);
    this.list.replaceChildren(...[...byCode].map(([code, group]) => this.group(code, group)));
    panel.draw();
  }

  reason(one) {
    return this.say(one.kind === "rule" ? "reason_rule" : "reason_model", {
      score: one.score,
      words: one.words.join(", "),
    });
  }

  group(code, group) {
    const path = this.panel.book.path(code);
    return make(
      "details",
      { className: "cs-group" },
      make("summary", {}, `${path} (${group.length})`),
      button(this.say("accept_all", { n: group.length }), () => this.decide("accept", group), {
        "aria-label": this.say("accept_all_of", { n: group.length, code: path }),
      }),
      make("ul", {}, ...group.map((one) => this.row(one))),
    );
  }

  row(one) {
    const words = this.panel.text.slice(one.start, one.end);
    return make(
      "li",
      {},
      button(words, () => this.panel.pick(one.id), { className: "cs-link", title: this.say("to_words"), dir: "auto" }),
      make("p", { className: "cs-by" }, this.reason(one)),
      ...one.nearest.map((line) => make("p", { className: "cs-by" }, line)),
      make(
        "div",
        { className: "cs-tools" },
        button(this.say("accept"), () => this.decide("accept", [one])),
        button(this.say("reject"), () => this.decide("reject", [one])),
      ),
    );
  }

  async decide(act, group) {
    const answer = await this.panel.act(act, { suggestions: group.map((one) => one.id) });
    if (answer.said) return;
    const gone = new Set(answer.decided);
    this.waiting = this.waiting.filter((one) => !gone.has(one.id));
    this.show();
    this.panel.say(act === "accept" ? "accepted" : "rejected", { n: gone.size });
  }

  /** Passages like a stretch, in talk that is not coded yet. */
  async alike(start, end) {
    this.panel.say("looking");
    const answer = await this.panel.wire.ask("alike", { start, end }, 120000);
    this.panel.complain(answer.said ?? "");
    if (answer.said) return;
    const rows = answer.alike.map((one) => {
      const here = one.document === this.panel.opened.document.id;
      const go = () => this.panel.choose(one.start, one.end);
      const words = here ? button(one.words, go, { className: "cs-link", dir: "auto" }) : make("span", { dir: "auto" }, one.words);
      return make("li", {}, make("span", { className: "cs-by" }, here ? "" : `${one.document}: `), words);
    });
    this.list.replaceChildren(
      make("h3", {}, this.say("alike")),
      rows.length ? make("ul", {}, ...rows) : make("p", {}, this.say("nothing_alike")),
    );
    this.panel.say("alike_found", { n: rows.length });
  }
}
