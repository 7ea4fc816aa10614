// The codebook beside the transcript: a tree with counts, a search in it, and the words of the code in focus.

import { make } from "./dom.js";

export class Tree {
  /** `chosen(code)` is called for a click or Enter on a code. */
  constructor(book, phrases, chosen) {
    this.phrases = phrases;
    this.chosen = chosen;
    this.folded = new Set();
    this.counts = new Map();
    this.current = "";
    this.search = make("input", {
      type: "search",
      className: "cs-search",
      placeholder: phrases.say("search_codes"),
      "aria-label": phrases.say("search_codes"),
      on: { input: () => this.draw(), keydown: (event) => event.stopPropagation() },
    });
    this.list = make("ul", { className: "cs-tree", role: "tree", "aria-label": phrases.say("codebook"),
      on: { keydown: (event) => this.key(event) } });
    this.words = make("div", { className: "cs-words", "aria-live": "off" });
    this.element = make("div", { className: "cs-book" }, this.search, this.list, this.words);
    this.take(book);
  }

  take(book) {
    this.book = book;
    this.draw();
  }

  count(counts) {
    this.counts = counts;
    for (const row of this.list.querySelectorAll("[role=treeitem]")) {
      row.querySelector(".cs-count").textContent = String(this.total(row.dataset.code) || "");
    }
  }

  total(code) {
    return this.book.family(code).reduce((sum, one) => sum + (this.counts.get(one) ?? 0), 0);
  }

  draw() {
    const typed = this.search.value.trim();
    const fitting = typed ? new Set(this.book.fitting(typed, [], 1e9).map((code) => code.id)) : null;
    const rows = [];
    const walk = (parent, level) => {
      for (const code of this.book.below.get(parent) ?? []) {
        const kept = !fitting || this.book.family(code.id).some((one) => fitting.has(one));
        if (!kept || (!code.live && !this.counts.get(code.id))) continue;
        const has = (this.book.below.get(code.id) ?? []).length > 0;
        const open = has && (fitting || !this.folded.has(code.id));
        rows.push(this.row(code, level, has, open));
        if (open) walk(code.id, level + 1);
      }
    };
    walk("", 1);
    this.list.replaceChildren(...rows);
    const focused = rows.find((row) => row.dataset.code === this.current) ?? rows[0];
    if (focused) focused.tabIndex = 0;
    if (!rows.length) this.list.append(make("li", { role: "none", className: "cs-none" }, this.phrases.say("no_code")));
  }

  row(code, level, has, open) {
    const row = make(
      "li",
      {
        role: "treeitem",
        className: `cs-code${code.live ? "" : " cs-unused"}`,
        tabindex: -1,
        "aria-level": level,
        "aria-expanded": has ? String(Boolean(open)) : null,
        "aria-selected": "false",
        data: { code: code.id },
        on: {
          click: (event) => {
            if (event.target.classList.contains("cs-fold")) this.fold(code.id);
            else this.chosen(code.id);
          },
          focus: () => this.explain(code),
          pointerenter: () => this.explain(code),
        },
      },
      make("span", { className: "cs-fold", "aria-hidden": "true" }, has ? (open ? "▾" : "▸") : ""),
      make("span", { className: "cs-dot", "aria-hidden": "true" }),
      make("span", { className: "cs-name" }, code.name),
      make("span", { className: "cs-count" }, String(this.total(code.id) || "")),
    );
    row.style.setProperty("--cs-own", `var(--cs-c${code.colour})`);
    row.style.paddingInlineStart = `${(level - 1) * 14 + 2}px`;
    return row;
  }

  fold(code) {
    if (!this.folded.delete(code)) this.folded.add(code);
    this.current = code;
    this.draw();
  }

  /** What a code means: its definition, and when to use it and when not. */
  explain(code) {
    const part = (key, lines) =>
      lines.length
        ? [make("h4", {}, this.phrases.say(key)), make("ul", {}, ...lines.map((line) => make("li", {}, line)))]
        : [];
    this.words.replaceChildren(
      make("h3", {}, this.book.path(code.id)),
      make("p", {}, code.definition || this.phrases.say("no_definition")),
      ...part("include", code.include),
      ...part("exclude", code.exclude),
      ...part("near", code.near.map((one) => this.book.path(one))),
    );
  }

  key(event) {
    const rows = [...this.list.querySelectorAll("[role=treeitem]")];
    const at = rows.indexOf(document.activeElement);
    if (at < 0) return;
    const row = rows[at];
    const code = row.dataset.code;
    const go = (next) => {
      if (!next) return;
      row.tabIndex = -1;
      next.tabIndex = 0;
      this.current = next.dataset.code;
      next.focus();
    };
    const open = row.getAttribute("aria-expanded");
    if (event.key === "ArrowDown") go(rows[at + 1]);
    else if (event.key === "ArrowUp") go(rows[at - 1]);
    else if (event.key === "Home") go(rows[0]);
    else if (event.key === "End") go(rows.at(-1));
    else if (event.key === "Enter" || event.key === " ") this.chosen(code);
    else if (event.key === "ArrowRight" && open === "false") this.refocus(code);
    else if (event.key === "ArrowRight" && open === "true") go(rows[at + 1]);
    else if (event.key === "ArrowLeft" && open === "true") this.refocus(code);
    else if (event.key === "ArrowLeft") go(rows.find((one) => one.dataset.code === this.book.codes.get(code)?.parent));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  refocus(code) {
    this.fold(code);
    this.list.querySelector(`[data-code="${CSS.escape(code)}"]`)?.focus();
  }
}
