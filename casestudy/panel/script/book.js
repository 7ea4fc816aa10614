// The codebook as the panel has it: the tree, the search in it, and which code a few letters mean.

export class Book {
  constructor(codes) {
    this.codes = new Map(codes.map((code) => [code.id, code]));
    this.paths = new Map();
    this.below = new Map();
    for (const code of codes) {
      const parent = this.codes.has(code.parent) ? code.parent : "";
      if (!this.below.has(parent)) this.below.set(parent, []);
      this.below.get(parent).push(code);
    }
  }

  name(id) {
    return this.codes.get(id)?.name ?? id;
  }

  colour(id) {
    return this.codes.get(id)?.colour ?? 0;
  }

  path(id) {
    if (!this.paths.has(id)) this.paths.set(id, this.pathOf(id));
    return this.paths.get(id);
  }

  pathOf(id) {
    const names = [];
    const seen = new Set();
    for (let code = this.codes.get(id); code && !seen.has(code.id); code = this.codes.get(code.parent)) {
      seen.add(code.id);
      names.unshift(code.name);
    }
    return names.length ? names.join(" › ") : id;
  }

  /** A code and all below it. */
  family(id) {
    const found = [id];
    for (const one of found) for (const code of this.below.get(one) ?? []) found.push(code.id);
    return found;
  }

  /** Codes in use that fit what was typed, the likeliest first; the last ones used stand first among equals. */
  fitting(typed, recent = [], most = 8) {
    const asked = plain(typed).split(/\s+/).filter(Boolean);
    const ranked = [];
    let order = 0;
    for (const code of this.codes.values()) {
      order++;
      if (!code.live) continue;
      const score = this.score(code, asked);
      if (score === null) continue;
      const place = recent.indexOf(code.id);
      ranked.push([score, place < 0 ? recent.length : place, order, code]);
    }
    ranked.sort((a, b) => b[0] - a[0] || a[1] - b[1] || a[2] - b[2]);
    return ranked.slice(0, most).map((one) => one[3]);
  }

  score(code, asked) {
    const name = plain(code.name);
    const rest = plain(`${this.path(code.id)} ${code.id}`);
    let total = 0;
    for (const word of asked) {
      if (name.startsWith(word)) total += 8;
      else if (name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) total += 6;
      else if (rest.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) total += 4;
      else if (name.includes(word)) total += 3;
      else if (rest.includes(word)) total += 2;
      else if (within(word, name)) total += 1;
      else return null;
    }
    return total;
  }
}

function plain(text) {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
}

/** Whether the letters occur in this order. */
function within(letters, text) {
  let place = 0;
  for (const letter of letters) {
    place = text.indexOf(letter, place) + 1;
    if (!place) return false;
  }
  return true;
}
