// The selection in code points, by mouse, touch and keyboard; people see graphemes, and select whole ones.

export class Choice {
  /** `changed()` is called when another stretch is selected. */
  constructor(page, changed) {
    this.page = page;
    this.text = page.text;
    this.changed = changed;
    this.anchor = null;
    this.focus = null;
    this.extending = false;
    this.setting = false;
    this.column = null;
    this.listen = () => this.selected();
    document.addEventListener("selectionchange", this.listen);
    page.element.addEventListener("pointerup", (event) => this.tapped(event));
    page.element.addEventListener("scroll", () => this.drawCaret(), { passive: true });
  }

  get start() {
    return this.anchor === null ? null : Math.min(this.anchor, this.focus);
  }

  get end() {
    return this.anchor === null ? null : Math.max(this.anchor, this.focus);
  }

  get empty() {
    return this.anchor === null || this.anchor === this.focus;
  }

  get block() {
    return this.page.blocks[this.page.index(this.focus ?? 0)];
  }

  /** What the browser says is selected, in whole graphemes. */
  selected() {
    if (this.setting) return;
    const native = document.getSelection();
    if (!native?.rangeCount || !this.page.element.contains(native.anchorNode)) return;
    const anchor = this.page.point(native.anchorNode, native.anchorOffset);
    const focus = this.page.point(native.focusNode, native.focusOffset);
    if (anchor === null || focus === null) return;
    const forward = anchor <= focus;
    const [start, end] = this.whole(Math.min(anchor, focus), Math.max(anchor, focus));
    this.hold(forward ? start : end, forward ? end : start);
  }

  whole(start, end) {
    if (start === end) return [start, end];
    const first = this.page.blocks[this.page.index(start)];
    const last = this.page.blocks[this.page.index(Math.max(start, end - 1))];
    const from = this.text.border(start, first.start, Math.max(first.end, start), -1);
    return [from, this.text.border(end, last.start, Math.max(last.end, end), 1)];
  }

  hold(anchor, focus) {
    const same = anchor === this.anchor && focus === this.focus;
    this.anchor = anchor;
    this.focus = focus;
    this.show();
    if (!same) this.changed();
  }

  /** Select a stretch by program or key, and show it as the browser's own selection too. */
  set(anchor, focus, reveal = true) {
    this.setting = true;
    if (reveal) this.page.reveal(focus);
    const native = document.getSelection();
    native.setBaseAndExtent(...this.page.place(anchor), ...this.page.place(focus));
    this.hold(anchor, focus);
    // The browser reports this selection in its own time; by then it is known.
    setTimeout(() => {
      this.setting = false;
    }, 0);
  }

  /** After the text was drawn again: the same positions are other nodes now. */
  again() {
    if (this.anchor === null) return;
    const native = document.getSelection();
    const mine = native?.rangeCount && this.page.element.contains(native.anchorNode);
    if (mine) this.set(this.anchor, this.focus, false);
    else this.show();
  }

  show() {
    const range = this.empty ? null : this.page.range(this.start, this.end);
    if (window.CSS?.highlights && window.Highlight) {
      if (range) CSS.highlights.set("cs-chosen", new Highlight(range));
      else CSS.highlights.delete("cs-chosen");
    }
    this.drawCaret();
  }

  drawCaret() {
    const caret = this.page.caret;
    caret.hidden = this.anchor === null || !this.empty;
    if (caret.hidden) return;
    const box = this.box(this.focus);
    const inner = this.page.element.getBoundingClientRect();
    caret.hidden = !box;
    if (!box) return;
    caret.style.left = `${box.left - inner.left + this.page.element.scrollLeft}px`;
    caret.style.top = `${box.top - inner.top + this.page.element.scrollTop}px`;
    caret.style.height = `${box.height}px`;
  }

  box(point) {
    const range = document.createRange();
    range.setStart(...this.page.place(point));
    const boxes = range.getClientRects();
    return boxes[boxes.length - 1] ?? null;
  }

  /** By touch, a tap selects the sentence under it; with `extending`, up to its end. */
  tapped(event) {
    if (event.pointerType !== "touch") return;
    const point = this.under(event.clientX, event.clientY);
    if (point === null) return;
    const block = this.page.blocks[this.page.index(point)];
    const [start, end] = this.text.unitAround(point, block.start, block.end);
    if (start === end) return;
    const anchor = this.extending && this.anchor !== null ? Math.min(this.start, start) : start;
    const focus = this.extending && this.anchor !== null ? Math.max(this.end, end) : end;
    // A tap ends with a click, by which the browser puts its own selection down.
    setTimeout(() => this.set(anchor, focus, false), 30);
  }

  under(x, y) {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place ? this.page.point(place.offsetNode, place.offset) : null;
    }
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.page.point(range.startContainer, range.startOffset) : null;
  }

  /** Move, or extend, by a key; whether the key meant that. */
  key(event) {
    const moves = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"];
    if (!moves.includes(event.key) || event.altKey) return false;
    if (this.anchor === null) {
      this.begin();
      return true;
    }
    const wide = event.ctrlKey || event.metaKey;
    const upright = event.key === "ArrowUp" || event.key === "ArrowDown" || event.key.startsWith("Page");
    if (!upright) this.column = null;
    let focus = this.focus;
    if (upright) focus = this.line(event.key);
    else if (event.key === "Home") focus = wide ? this.page.blocks[0].start : this.block.start;
    else if (event.key === "End") focus = wide ? this.page.blocks.at(-1).end : this.block.end;
    else focus = this.beside(event.key === "ArrowRight", wide, event.shiftKey);
    this.set(event.shiftKey ? this.anchor : focus, focus);
    return true;
  }

  /** Put the caret to the first words that are in view. */
  begin() {
    const inner = this.page.element.getBoundingClientRect();
    const index = this.page.parts.findIndex((part) => part.whole.getBoundingClientRect().bottom > inner.top + 4);
    const start = this.page.blocks[Math.max(0, index)]?.start ?? 0;
    this.set(start, start);
  }

  beside(right, word, extending) {
    const block = this.block;
    const said = this.page.parts[this.page.index(this.focus)].said;
    const forward = right === (getComputedStyle(said).direction !== "rtl");
    if (!extending && !this.empty && !word) return forward ? this.end : this.start;
    const blocks = this.page.blocks;
    const index = this.page.index(this.focus);
    if (forward && this.focus >= block.end) return blocks[index + 1]?.start ?? this.focus;
    if (!forward && this.focus <= block.start) return blocks[index - 1]?.end ?? this.focus;
    return this.text.step(this.focus, block.start, block.end, forward, word ? "words" : "graphemes");
  }

  line(key) {
    const down = key.endsWith("Down");
    this.page.reveal(this.focus);
    const box = this.box(this.focus);
    if (!box) return this.focus;
    this.column ??= box.left;
    const inner = this.page.element.getBoundingClientRect();
    const far = key.startsWith("Page") ? inner.height * 0.8 : box.height;
    if (key.startsWith("Page")) this.page.element.scrollTop += down ? far : -far;
    const y = key.startsWith("Page") ? box.top : box.top + box.height / 2;
    for (let step = 1; step <= 12; step++) {
      const offset = key.startsWith("Page") ? step * 4 : step * box.height * 0.6;
      const point = this.under(this.column, y + (down ? offset : -offset));
      if (point !== null && (down ? point > this.focus : point < this.focus)) return point;
    }
    const index = this.page.index(this.focus) + (down ? 1 : -1);
    const block = this.page.blocks[index];
    return block ? (down ? block.start : block.end) : this.focus;
  }

  /** The sentence around the caret; where that is selected already, the turn. */
  widen() {
    if (this.anchor === null) this.begin();
    const block = this.block;
    const whole = this.text.trimmed(block.start, block.end);
    const inside = Math.min(this.focus, block.end);
    const sentence = this.text.unitAround(this.empty ? inside : this.start, block.start, block.end);
    const [start, end] = this.empty || this.end - this.start < sentence[1] - sentence[0] ? sentence : whole;
    if (end > start) this.set(start, end);
  }

  /** The whole turn around the caret, all its blocks. */
  turn() {
    if (this.anchor === null) this.begin();
    const own = this.page.blocks.filter((block) => block.number === this.block.number);
    const [start, end] = this.text.trimmed(own[0].start, own.at(-1).end);
    if (end > start) this.set(start, end);
  }

  close() {
    document.removeEventListener("selectionchange", this.listen);
    if (window.CSS?.highlights) CSS.highlights.delete("cs-chosen");
  }
}
