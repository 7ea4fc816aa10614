// The transcript: a block a turn. Every block holds its text; underlines and margin are drawn only near the view.

import { make } from "./dom.js";
import { MOST_LANES, lanes, pieces, underlines } from "./lanes.js";

export class Page {
  /** `on` holds what the panel does: pick(id) for a click on a coding. */
  constructor(text, blocks, phrases, on) {
    this.text = text;
    this.blocks = blocks;
    this.phrases = phrases;
    this.on = on;
    this.items = new Map();
    this.layout = null;
    this.seen = new Set();
    this.drawn = new Map();
    this.element = make("div", {
      className: "cs-page",
      tabindex: 0,
      role: "document",
      "aria-label": phrases.say("page"),
      "aria-describedby": "",
    });
    this.parts = blocks.map((block, index) => this.block(block, index));
    const all = document.createDocumentFragment();
    all.append(...this.parts.map((part) => part.whole));
    this.caret = make("div", { className: "cs-caret", hidden: true });
    this.element.append(this.caret, all);
    this.watch = new IntersectionObserver((entries) => this.moved(entries), {
      root: this.element,
      rootMargin: "500px 0px",
    });
    for (const part of this.parts) this.watch.observe(part.whole);
  }

  block(block, index) {
    const said = make("div", { className: "cs-said", dir: "auto", data: { index } });
    said.append(this.text.slice(block.start, block.end));
    const margin = make("div", { className: "cs-margin" });
    const head = [];
    if (block.speaker) head.push(make("span", { className: "cs-speaker" }, block.speaker));
    if (block.clock) head.push(make("time", { className: "cs-time" }, block.clock));
    const whole = make(
      "div",
      { className: `cs-turn cs-${block.role}`, data: { index }, role: "group" },
      head.length ? make("div", { className: "cs-head" }, ...head) : null,
      make("div", { className: "cs-row" }, said, margin),
    );
    const name = [block.speaker, block.clock].filter(Boolean).join(" ");
    whole.setAttribute("aria-label", name || this.phrases.say("passage"));
    const lines = Math.max(1, Math.ceil((block.end - block.start) / 70));
    whole.style.containIntrinsicSize = `auto ${lines * 24 + 34}px`;
    return { whole, said, margin };
  }

  /** Show other items: codings and suggestions, by id, with start, end, code, name, colour. */
  show(items, active = "") {
    this.items = items;
    this.active = active;
    const list = [...items.values()].filter((item) => item.placed);
    list.sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
    this.layout = lanes(list);
    this.over = this.blocks.map(() => []);
    for (const item of list) {
      for (let i = this.index(item.start); i < this.blocks.length && this.blocks[i].start < item.end; i++) {
        if (this.blocks[i].end > item.start) this.over[i].push(item);
      }
    }
    for (const index of this.seen) this.draw(index);
  }

  /** The block that holds a position, or the last one before it. */
  index(point) {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.blocks[middle].start <= point) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  moved(entries) {
    for (const entry of entries) {
      const index = Number(entry.target.dataset.index);
      if (entry.isIntersecting) {
        this.seen.add(index);
        this.draw(index);
      } else if (this.seen.delete(index) && this.drawn.get(index) && !holdsSelection(entry.target)) {
        this.plain(index);
      }
    }
  }

  plain(index) {
    const block = this.blocks[index];
    this.parts[index].said.replaceChildren(this.text.slice(block.start, block.end));
    this.parts[index].margin.replaceChildren();
    this.drawn.delete(index);
  }

  draw(index) {
    const over = (this.over ?? [])[index] ?? [];
    const mark = over
      .map((item) => [item.id, item.start, item.end, item.code, item.memo, this.layout.get(item.id),
        item.id === this.active, item.suggested].join())
      .join("|");
    if ((this.drawn.get(index) ?? "") === mark) return;
    this.drawn.set(index, mark);
    const block = this.blocks[index];
    const { whole, said, margin } = this.parts[index];
    const shown = over.map((item) => ({ ...item, active: item.id === this.active }));
    said.replaceChildren(
      ...pieces(block.start, block.end, shown).map(([start, end, items]) => {
        const words = this.text.slice(start, end);
        if (!items.length) return document.createTextNode(words);
        const piece = make("span", { className: "cs-piece", data: { ids: items.map((i) => i.id).join(" ") } });
        if (items.some((item) => item.active)) piece.classList.add("cs-active");
        piece.style.background = underlines(items, this.layout);
        piece.append(words);
        return piece;
      }),
    );
    const depth = Math.min(MOST_LANES, 1 + Math.max(-1, ...over.map((item) => this.layout.get(item.id))));
    whole.style.setProperty("--cs-lanes", Math.max(1, depth));
    margin.replaceChildren(...over.filter((item) => item.start >= block.start).map((item) => this.chip(item, over)));
  }

  chip(item, over) {
    const others = over.filter((one) => one.id !== item.id && one.start < item.end && one.end > item.start);
    const words = this.text.slice(item.start, item.end);
    const label = this.phrases.say(item.suggested ? "chip_suggested" : "chip", {
      code: item.path,
      words: words.length > 60 ? `${words.slice(0, 40)} … ${words.slice(-15)}` : words,
      coder: item.coder ?? "",
    });
    const shared = others.length
      ? ` ${this.phrases.say("overlaps", { codes: others.map((one) => one.name).join(", ") })}`
      : "";
    const chip = make(
      "button",
      {
        type: "button",
        className: `cs-chip${item.suggested ? " cs-suggested" : ""}${item.memo ? " cs-memoed" : ""}`,
        "aria-label": label + shared,
        "aria-pressed": item.id === this.active ? "true" : "false",
        tabindex: item.id === this.active ? 0 : -1,
        title: item.memo ? `${item.path}\n${item.memo}` : item.path,
        data: { id: item.id },
        on: { click: () => this.on.pick(item.id) },
      },
      item.coder ? `${item.coder}: ${item.name}` : item.name,
    );
    chip.style.setProperty("--cs-own", `var(--cs-c${item.colour})`);
    return chip;
  }

  /** Node and offset of a code point, for ranges. */
  place(point) {
    const index = this.index(point);
    const block = this.blocks[index];
    const within = Math.min(Math.max(point, block.start), block.end);
    let units = this.text.unit(within) - this.text.unit(block.start);
    const walker = document.createTreeWalker(this.parts[index].said, NodeFilter.SHOW_TEXT);
    let node = walker.nextNode();
    let last = node;
    while (node && units > node.data.length) {
      units -= node.data.length;
      last = node;
      node = walker.nextNode();
    }
    return node ? [node, units] : [last ?? this.parts[index].said, last ? last.data.length : 0];
  }

  /** The code point of a node and offset; null where that is not a place in the text. */
  point(node, offset) {
    const holder = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const said = holder?.closest?.(".cs-said");
    if (!said || !this.element.contains(said)) return this.near(holder, offset);
    const block = this.blocks[Number(said.dataset.index)];
    const range = document.createRange();
    range.setStart(said, 0);
    range.setEnd(node, offset);
    return this.text.point(this.text.unit(block.start) + range.toString().length);
  }

  /** Where a selection that ends between texts, on a head or in a margin, means to end. */
  near(holder, offset) {
    if (!holder || !this.element.contains(holder)) return null;
    const turn = holder.closest(".cs-turn");
    if (!turn) return null;
    const block = this.blocks[Number(turn.dataset.index)];
    const behind = holder.closest(".cs-margin") || (holder === turn && offset > 0);
    return behind ? block.end : block.start;
  }

  range(start, end) {
    const range = document.createRange();
    range.setStart(...this.place(start));
    const [node, offset] = this.place(end);
    range.setEnd(node, offset);
    return range;
  }

  /** Bring a position into view. */
  reveal(point, block = "nearest") {
    const part = this.parts[this.index(point)];
    const inner = this.element.getBoundingClientRect();
    const outer = part.whole.getBoundingClientRect();
    if (outer.bottom < inner.top || outer.top > inner.bottom || outer.height > inner.height) {
      part.whole.scrollIntoView({ block: "nearest" });
      this.seen.add(this.index(point));
      this.draw(this.index(point));
    }
    const [node, offset] = this.place(point);
    const range = document.createRange();
    range.setStart(node, offset);
    const box = range.getClientRects()[0] ?? part.said.getBoundingClientRect();
    const room = block === "center" ? inner.height / 3 : 30;
    if (box.top < inner.top + room) this.element.scrollTop -= inner.top + room - box.top;
    if (box.bottom > inner.bottom - room) this.element.scrollTop += box.bottom - inner.bottom + room;
  }

  close() {
    this.watch.disconnect();
  }
}

function holdsSelection(element) {
  const selection = document.getSelection();
  return Boolean(selection?.rangeCount && selection.containsNode(element, true));
}
