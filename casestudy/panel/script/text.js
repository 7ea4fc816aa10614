// Positions in a text: the study counts code points, the browser 16-bit units; people see graphemes and words.

/** A transcript's text with both ways of counting. */
export class Text {
  constructor(text, language = "en") {
    this.text = text;
    this.wide = []; // where in units each astral character begins
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0xd800 && unit < 0xdc00) {
        this.wide.push(i);
        i++;
      }
    }
    this.length = text.length - this.wide.length;
    const named = language || "en";
    this.graphemes = new Intl.Segmenter(named, { granularity: "grapheme" });
    this.words = new Intl.Segmenter(named, { granularity: "word" });
    this.sentences = new Intl.Segmenter(named, { granularity: "sentence" });
  }

  /** The code point at a unit. */
  point(unit) {
    return unit - below(this.wide, unit);
  }

  /** The unit at a code point. */
  unit(point) {
    let low = 0;
    let high = this.wide.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.wide[middle] - middle < point) low = middle + 1;
      else high = middle;
    }
    return point + low;
  }

  slice(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }

  /** A span widened to whole graphemes, within a stretch that holds it. */
  whole(start, end, from, to) {
    return [this.border(start, from, to, -1), this.border(end, from, to, 1)];
  }

  /** The border of a grapheme at a position, or the nearest one before (-1) or after (1). */
  border(point, from, to, side) {
    const [first, last] = this.around(point, from, to);
    const text = this.slice(first, last);
    let place = first;
    for (const part of this.graphemes.segment(text)) {
      const next = place + [...part.segment].length;
      if (place === point || next === point) return point;
      if (point < next) return side < 0 ? place : next;
      place = next;
    }
    return point;
  }

  /** The next border of graphemes or words from a position; at an end of the stretch the end itself. */
  step(point, from, to, forward, kind = "graphemes") {
    const [first, last] = this.around(point, from, to, kind === "words" ? 400 : 120);
    let place = first;
    let before = first;
    for (const part of this[kind].segment(this.slice(first, last))) {
      const next = place + [...part.segment].length;
      if (kind === "words" && !part.isWordLike) {
        place = next;
        continue;
      }
      if (forward && next > point) return next;
      if (!forward) {
        if (place >= point) return before;
        before = place;
      }
      place = next;
    }
    return forward ? last : before;
  }

  /** The nearest end of a word (or beginning) after a position, or before it; null for none. */
  edge(point, from, to, forward, end) {
    const [first, last] = this.around(point, from, to, 400);
    let place = first;
    let found = null;
    for (const part of this.words.segment(this.slice(first, last))) {
      const next = place + [...part.segment].length;
      const edge = end ? next : place;
      place = next;
      if (!part.isWordLike) continue;
      if (forward && edge > point) return edge;
      if (!forward && edge < point) found = edge;
    }
    return found;
  }

  /** The sentence (or word) around a position, without white space at its ends. */
  unitAround(point, from, to, kind = "sentences") {
    const text = this.slice(from, to);
    let place = from;
    for (const part of this[kind].segment(text)) {
      const next = place + [...part.segment].length;
      if (point < next || next >= to) return this.trimmed(place, next);
      place = next;
    }
    return this.trimmed(from, to);
  }

  trimmed(start, end) {
    const text = this.slice(start, end);
    const left = [...text].length - [...text.trimStart()].length;
    const right = [...text].length - [...text.trimEnd()].length;
    return left + right >= end - start ? [start, start] : [start + left, end - right];
  }

  /** A neighbourhood that is long enough to cut graphemes rightly. */
  around(point, from, to, width = 120) {
    let first = Math.max(from, point - width);
    // Begin behind a line end or a space, where no grapheme continues.
    while (first > from && !/\s/u.test(this.slice(first - 1, first))) first--;
    return [first, Math.min(to, point + width)];
  }
}

function below(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
