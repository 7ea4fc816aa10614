// What a coder does to codings: each act is asked for, and shown when it is answered.

export class Coding {
  constructor(panel) {
    this.panel = panel;
    this.recoding = ""; // the coding that the next code is for
    this.last = "";
  }

  /** Begin a code for the selection; with nothing selected for the whole turn. */
  enter(letters = "") {
    if (this.panel.choice.empty && !this.recoding) this.panel.choice.turn();
    this.panel.entry.begin(letters);
  }

  async entered(code, typed) {
    if (!code) {
      this.panel.vivo.open(typed, this.panel.book, this.panel.tree.current);
      return;
    }
    if (this.recoding) {
      const coding = this.recoding;
      this.recoding = "";
      await this.panel.act("recode", { coding, code });
    } else {
      await this.code(code);
    }
    this.panel.entry.used(code);
    this.panel.back();
  }

  /** Code the selection. */
  async code(code) {
    if (this.panel.choice.empty) {
      this.panel.complain(this.panel.phrases.say("select_first"));
      return;
    }
    const answer = await this.panel.act("add", { codes: [code], start: this.panel.choice.start, end: this.panel.choice.end });
    if (answer.said) return;
    const fresh = answer.codings?.[0];
    if (fresh) this.panel.active = fresh.id;
    this.last = code;
    this.panel.draw();
    this.panel.say(fresh ? "coded" : "there_already", { code: this.panel.book.path(code) });
  }

  async lastAgain(turn = false) {
    const code = this.last || this.panel.entry.recent[0];
    if (!code) {
      this.panel.complain(this.panel.phrases.say("no_last"));
      return;
    }
    if (turn || this.panel.choice.empty) this.panel.choice.turn();
    await this.code(code);
  }

  async border(start, end, id = this.panel.active) {
    const item = this.panel.codings.get(id);
    if (!item) return;
    const edge = (point, way, end) => {
      const block = this.panel.page.blocks[this.panel.page.index(end ? point - 1 : point)];
      return this.panel.text.edge(point, block.start, block.end, way > 0, end) ?? point;
    };
    const left = start ? edge(item.start, start, false) : item.start;
    const right = end ? edge(item.end, end, true) : item.end;
    if (left < right) await this.panel.act("move", { coding: id, start: left, end: right });
  }

  async toSelection(id) {
    if (this.panel.choice.empty) this.panel.complain(this.panel.phrases.say("select_first"));
    else await this.panel.act("move", { coding: id, start: this.panel.choice.start, end: this.panel.choice.end });
  }

  async split() {
    const item = this.panel.codings.get(this.panel.active);
    if (item && this.panel.choice.focus !== null) await this.panel.act("split", { coding: item.id, at: this.panel.choice.focus });
  }

  recode() {
    if (!this.panel.codings.has(this.panel.active)) return;
    this.recoding = this.panel.active;
    this.panel.entry.begin("");
    this.panel.say("recoding", { code: this.panel.book.path(this.panel.codings.get(this.panel.active).code) });
  }

  async remove(id) {
    if (!this.panel.codings.has(id)) return;
    const code = this.panel.codings.get(id).code;
    const answer = await this.panel.act("delete", { codings: [id] });
    if (!answer.said) this.panel.say("removed", { code: this.panel.book.path(code) });
    this.panel.back();
  }

  async undo() {
    const answer = await this.panel.act("undo");
    if (!answer.said) this.panel.say("undone", { codes: (answer.about ?? []).map((c) => this.panel.book.name(c)).join(", ") });
  }

  async redo() {
    const answer = await this.panel.act("redo");
    if (!answer.said) this.panel.say("redone", { codes: (answer.about ?? []).map((c) => this.panel.book.name(c)).join(", ") });
  }

  inVivo() {
    if (this.panel.choice.empty) this.panel.choice.turn();
    this.panel.vivo.open(this.panel.text.slice(this.panel.choice.start, this.panel.choice.end), this.panel.book, this.panel.tree.current);
  }

  /** A new code out of the words, added to the codebook's history; then the selection has it. */
  async created(fields) {
    const answer = await this.panel.act("create", fields);
    if (answer.said) return;
    this.panel.vivo.close();
    await this.code(answer.code);
    this.panel.entry.used(answer.code);
    this.panel.back();
  }
}
