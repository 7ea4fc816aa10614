// Listening while coding: play from a turn, slower and faster, repeat a turn; all of it by keys too.

import { button, make } from "./dom.js";

const RATES = [0.5, 0.65, 0.8, 1, 1.25, 1.5, 2];

export class Recording {
  constructor(panel, given) {
    this.panel = panel;
    this.given = given;
    this.audio = new Audio();
    this.audio.preload = "auto";
    this.audio.addEventListener("timeupdate", () => this.tick());
    const say = (key) => panel.phrases.say(key);
    this.playing = button(say("listen"), () => this.toggle(), { title: "F4", "aria-pressed": "false" });
    this.looping = button(say("repeat"), () => this.loop(), { title: "F9", "aria-pressed": "false" });
    this.shown = make("span", { className: "cs-by cs-clock" }, "");
    this.element = make(
      "div",
      { className: "cs-tools", role: "group", "aria-label": say("recording") },
      this.playing,
      button(say("slower"), () => this.rate(-1), { title: "F7" }),
      button(say("faster"), () => this.rate(1), { title: "F8" }),
      this.looping,
      this.shown,
    );
  }

  /** Fetch the recording once, piece by piece, into the browser's memory. */
  async load() {
    if (this.audio.src) return true;
    const parts = [];
    let got = 0;
    this.panel.say("loading");
    while (got < this.given.size) {
      const answer = await this.panel.wire.ask("piece", { start: got }, 60000);
      if (answer.said) {
        this.panel.complain(answer.said);
        return false;
      }
      parts.push(answer.buffers[0]);
      const length = answer.buffers[0].byteLength;
      if (!length) break;
      got += length;
    }
    this.address = URL.createObjectURL(new Blob(parts, { type: this.given.kind }));
    this.audio.src = this.address;
    return true;
  }

  /** Where the turn at the cursor begins and the next one with a time, in seconds. */
  span() {
    const blocks = this.panel.page.blocks;
    const at = this.panel.page.index(this.panel.choice.focus ?? 0);
    let first = at;
    while (first > 0 && blocks[first].time === null) first--;
    const start = blocks[first].time ?? 0;
    const next = blocks.slice(at + 1).find((block) => block.time !== null && block.time > start);
    return [start, next ? next.time : Infinity];
  }

  async toggle() {
    if (!this.audio.paused) {
      this.audio.pause();
      this.playing.setAttribute("aria-pressed", "false");
      return;
    }
    if (!(await this.load())) return;
    const here = this.panel.choice.focus;
    if (here !== this.place) this.audio.currentTime = this.span()[0];
    this.place = here;
    await this.audio.play();
    this.playing.setAttribute("aria-pressed", "true");
    this.tick();
  }

  rate(step) {
    const at = RATES.indexOf(this.audio.playbackRate);
    this.audio.playbackRate = RATES[Math.min(RATES.length - 1, Math.max(0, (at < 0 ? 3 : at) + step))];
    this.panel.say("rate", { rate: this.audio.playbackRate });
  }

  loop() {
    this.stretch = this.stretch ? null : this.span();
    this.looping.setAttribute("aria-pressed", String(Boolean(this.stretch)));
  }

  tick() {
    const now = this.audio.currentTime;
    if (this.stretch && now >= Math.min(this.stretch[1], this.audio.duration || Infinity)) {
      [this.audio.currentTime] = this.stretch;
    }
    const minutes = String(Math.floor(now / 60)).padStart(2, "0");
    this.shown.textContent = `${minutes}:${String(Math.floor(now % 60)).padStart(2, "0")}`;
  }

  close() {
    this.audio.pause();
    if (this.address) URL.revokeObjectURL(this.address);
  }
}
