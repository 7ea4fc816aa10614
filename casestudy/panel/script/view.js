// What anywidget calls: one view of the panel in one output.

import { Panel } from "./panel.js";

function render({ model, el }) {
  const panel = new Panel(model, el);
  panel.start();
  return () => panel.close();
}

export default { render };
