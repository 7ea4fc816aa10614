// The framework matrix: participants by themes; a cell is written in place, its quotes beside.

import { Phrases, make } from "./dom.js";
import { Wire } from "./wire.js";

class Matrix {
  constructor(model, element) {
    this.root = make("div", { className: "cs-panel", "data-lm-suppress-shortcuts": "true", role: "region" });
    element.append(this.root);
    this.wire = new Wire(model, (answer) => this.heard(answer), (silent) => this.silence(silent));
    this.cells = new Map();
    this.areas = new Map();
  }

  async start() {
    const opened = await this.wire.ask("open", {}, 60000);
    if (!this.phrases) this.root.append(make("p", { className: "cs-alert", role: "alert" }, opened.said));
    this.timer = setInterval(() => {
      if (!this.wire.busy && this.root.isConnected && !document.hidden) this.wire.ask("look");
    }, 3000);
  }

  heard(answer) {
    if (answer.themes) this.build(answer);
    if (!answer.cells || !this.phrases) return;
    this.cells = new Map(answer.cells.map((cell) => [`${cell.row}|${cell.theme}`, cell]));
    for (const [key, area] of this.areas) {
      if (area !== document.activeElement) this.fill(key, area);
    }
  }

  fill(key, area) {
    const cell = this.cells.get(key);
    area.value = cell?.text ?? "";
    area.dataset.was = cell?.id ?? "";
    area.title = cell?.who ?? "";
  }

  build(answer) {
    this.phrases = new Phrases(answer.phrases);
    const say = (key, values) => this.phrases.say(key, values);
    this.areas.clear();
    this.status = make("div", { className: "cs-status", role: "status", "aria-live": "polite" });
    this.alert = make("div", { className: "cs-alert", role: "alert", hidden: true });
    this.lost = make("div", { className: "cs-alert", role: "alert", hidden: true }, say("no_answer"));
    this.quotes = make("div", { className: "cs-side cs-quotes", tabindex: 0, role: "region", "aria-label": say("coded_there") });
    const head = [make("th", { scope: "col" }, say("participant")),
      ...answer.themes.map((theme) => make("th", { scope: "col", title: theme.idea }, theme.name))];
    const rows = answer.rows.map((row) =>
      make("tr", {}, make("th", { scope: "row" }, row.group ? `${row.id} (${row.group})` : row.id),
        ...answer.themes.map((theme) => make("td", {}, ...this.cell(row, theme, answer.counts[theme.id][row.id] ?? 0)))));
    this.root.setAttribute("aria-label", say("matrix"));
    this.root.replaceChildren(
      this.lost,
      this.alert,
      make("div", { className: "cs-body cs-wide" },
        make("div", { className: "cs-grid", tabindex: 0, role: "region", "aria-label": say("matrix") },
          make("table", { className: "cs-matrix" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))),
        this.quotes),
      this.status,
    );
  }

  cell(row, theme, count) {
    const key = `${row.id}|${theme.id}`;
    const area = make("textarea", {
      rows: 3,
      "aria-label": this.phrases.say("summary_of", { row: row.id, theme: theme.name, n: count }),
      on: {
        change: () => this.write(row.id, theme.id, area),
        focus: () => this.show(row.id, theme.id),
        keydown: (event) => event.stopPropagation(),
      },
    });
    this.areas.set(key, area);
    return [area, make("span", { className: "cs-by", "aria-hidden": "true" }, count ? String(count) : "")];
  }

  async write(row, theme, area) {
    const mine = area.value;
    const answer = await this.wire.ask("write", { row, theme, text: mine, was: area.dataset.was });
    this.alert.textContent = answer.said ? `${answer.said}\n${this.phrases.say("yours", { words: mine })}` : "";
    this.alert.hidden = !answer.said;
    this.fill(`${row}|${theme}`, area);
    if (!answer.said) this.status.textContent = this.phrases.say("cell_saved", { row });
  }

  async show(row, theme) {
    const answer = await this.wire.ask("quotes", { row, theme });
    if (!answer.quotes) return;
    this.quotes.replaceChildren(
      make("h3", {}, this.phrases.say("coded_of", { row, n: answer.of })),
      ...answer.quotes.map((quote) =>
        make("blockquote", { dir: "auto" }, quote.quote, make("p", { className: "cs-by" }, `${quote.document}: ${quote.name}`))),
    );
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
  const matrix = new Matrix(model, el);
  matrix.start();
  return () => matrix.close();
}

export default { render };
