// Elements made of data: words are always set as text, never as markup.

/** An element with properties, attributes (name with a dash, role, for …) and children (elements or text). */
export function make(name, given = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") {
      for (const [kind, act] of Object.entries(value)) element.addEventListener(kind, act);
    } else if (key === "data") {
      Object.assign(element.dataset, value);
    } else if (key.includes("-") || ["role", "for", "dir", "lang", "tabindex"].includes(key)) {
      element.setAttribute(key, value === true ? "true" : String(value));
    } else {
      element[key] = value;
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button with its words. */
export function button(words, act, given = {}) {
  return make("button", { type: "button", className: "cs-button", on: { click: act }, ...given }, words);
}

/** The words of the interface, by key; {name} in them stands for a value. */
export class Phrases {
  constructor(table) {
    this.table = table;
  }

  say(key, values = {}) {
    const text = this.table[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  }
}
