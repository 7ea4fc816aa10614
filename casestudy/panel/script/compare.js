// Two coders side by side: agreement by code, and each disagreement with a decision and its reason.

import { button, make } from "./dom.js";
import { unique } from "./entry.js";

export class Comparison {
  constructor(panel) {
    this.panel = panel;
    this.say = (key, values) => panel.phrases.say(key, values);
    this.at = 0;
    this.element = make("section", { className: "cs-compare", "aria-label": this.say("comparison") });
    this.ask();
  }

  async ask() {
    const answer = await this.panel.wire.ask("compare", {}, 120000);
    this.panel.complain(answer.said ?? "");
    if (!answer.said) this.show(answer);
  }

  show(answer) {
    this.answer = answer;
    this.at = Math.min(this.at, Math.max(0, answer.disagreements.length - 1));
    this.element.replaceChildren(this.table(answer), ...this.one(answer));
    const current = answer.disagreements[this.at];
    if (current) this.panel.choose(current.start, current.end, false);
    this.panel.say("open_now", { n: answer.disagreements.length, decided: answer.decided });
  }

  table(answer) {
    const titles = [this.say("code"), this.say("both"), this.say("one_only"), answer.coefficient];
    const head = titles.map((title) => make("th", { scope: "col" }, title));
    return make(
      "table",
      { className: "cs-table" },
      make("caption", {}, this.say("agreement", { n: answer.units })),
      make("thead", {}, make("tr", {}, ...head)),
      make(
        "tbody",
        {},
        ...answer.agreement.map((row) =>
          make(
            "tr",
            {},
            make("th", { scope: "row" }, row.path),
            make("td", {}, String(row.both)),
            make("td", {}, String(row.one)),
            make("td", { title: row.reason }, row.value === null ? "–" : row.value.toFixed(2)),
          ),
        ),
      ),
    );
  }

  one(answer) {
    const line = answer.disagreements[this.at];
    if (!line) return [make("p", {}, this.say("none_open"))];
    const codes = [...new Set(line.sides.map((side) => side.code).filter(Boolean))];
    const why = make("input", { type: "text", id: unique("why"), on: { keydown: (event) => event.stopPropagation() } });
    const who = make("input", { type: "text", id: unique("who"), value: this.who ?? "", on: { keydown: (event) => event.stopPropagation() } });
    const decide = (fields) => {
      this.who = who.value;
      this.decide({ ...fields, why: why.value.trim(), who: who.value.trim() });
    };
    return [
      make("h3", {}, this.say("disagreement", { at: this.at + 1, of: answer.disagreements.length })),
      make("blockquote", { dir: "auto" }, this.panel.text.slice(line.start, line.end)),
      make(
        "ul",
        {},
        ...line.sides.map((side) =>
          make("li", {}, `${side.coder}: ${side.code ? this.panel.book.path(side.code) : this.say("no_code_there")}`),
        ),
      ),
      make("label", { for: who.id }, this.say("who")),
      who,
      make("label", { for: why.id }, this.say("why")),
      why,
      make(
        "div",
        { className: "cs-tools" },
        ...codes.map((code) => button(this.panel.book.name(code), () => decide({ codes: [code] }), {
          "aria-label": this.say("decide_for", { code: this.panel.book.path(code) }),
        })),
        codes.length > 1 ? button(this.say("both_codes"), () => decide({ codes })) : null,
        button(this.say("neither"), () => decide({ codes: [] })),
        button(this.say("keep_both"), () => decide({ codes: [], keep: true })),
      ),
      make(
        "div",
        { className: "cs-tools" },
        button(this.say("before"), () => this.go(-1)),
        button(this.say("after"), () => this.go(1)),
      ),
    ];
  }

  go(step) {
    const n = this.answer.disagreements.length;
    this.at = (this.at + step + n) % n;
    this.show(this.answer);
  }

  async decide(fields) {
    const disagreement = this.answer.disagreements[this.at].id;
    const answer = await this.panel.wire.ask("decide", { disagreement, ...fields }, 120000);
    this.panel.complain(answer.said ?? "");
    if (!answer.said) this.show(answer);
  }
}
