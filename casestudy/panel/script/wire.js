// Messages between the view and the kernel: each act has a number, and is done when its answer is there.

const PATIENCE = 6000;

export class Wire {
  /** `heard(answer)` is called for every message, also for the answers to other views of this panel. */
  constructor(model, heard, silent) {
    this.model = model;
    this.heard = heard;
    this.silent = silent;
    this.mark = Math.random().toString(36).slice(2, 10);
    this.count = 0;
    this.waiting = new Map();
    this.listen = (content, buffers) => this.take(content, buffers);
    model.on("msg:custom", this.listen);
  }

  ask(act, fields = {}, patience = PATIENCE) {
    const id = `${this.mark}-${++this.count}`;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.silent(true), patience);
      this.waiting.set(id, { resolve, timer });
      this.model.send({ ...fields, act, id });
    });
  }

  /** Whether an act has no answer yet. */
  get busy() {
    return this.waiting.size > 0;
  }

  take(content, buffers) {
    this.silent(false);
    this.heard(content, buffers);
    const waiting = this.waiting.get(content.to);
    if (!waiting) return;
    this.waiting.delete(content.to);
    clearTimeout(waiting.timer);
    waiting.resolve({ ...content, buffers });
  }

  close() {
    this.model.off("msg:custom", this.listen);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }
}
