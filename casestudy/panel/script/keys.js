// Which key does what while the transcript has the focus; letters begin a code.

/** The act of a key as [name, ...arguments]; null where the key has none here. */
export function actOf(event, choice) {
  const wide = event.ctrlKey || event.metaKey;
  const key = event.key;
  if (wide && !event.altKey) {
    const low = key.toLowerCase();
    if (low === "z") return [event.shiftKey ? "redo" : "undo"];
    if (low === "y") return ["redo"];
    if (low === "i") return ["inVivo"];
    if (low === "k") return ["recode"];
    if (key === "/") return ["split"];
    if (key === "Enter") return ["lastAgain"];
    if (low === "a") return ["turn"];
    if (low === "f" && event.shiftKey) return ["alike"];
    return null;
  }
  if (event.altKey) {
    const side = event.shiftKey ? 0 : 1;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step) return ["border", side ? 0 : step, side ? step : 0];
    if (key === "ArrowDown") return ["next", 1];
    if (key === "ArrowUp") return ["next", -1];
    return null;
  }
  if (key === "Enter") return [event.shiftKey ? "lastOnTurn" : "enter"];
  if (key === "Delete" || key === "Backspace") return ["remove"];
  if (key === "Escape") return ["leave"];
  if (key === " ") return ["widen"];
  if (key === "F1" || key === "?") return ["help"];
  if (key === "F2") return ["memo"];
  if (key === "F4") return ["listen"];
  if (key === "F7") return ["slower"];
  if (key === "F8") return ["faster"];
  if (key === "F9") return ["loop"];
  if ([...key].length === 1 && /[\p{L}\p{N}]/u.test(key)) return ["type", key];
  return null;
}

/** The keys as the help lists them: phrase and keys. */
export const HELP = [
  ["help_move", "← → ↑ ↓, Ctrl ← →, Home, End"],
  ["help_select", "Shift + ← → ↑ ↓"],
  ["help_widen", "Space"],
  ["help_turn", "Ctrl A"],
  ["help_type", "a … z, Enter"],
  ["help_enter", "Enter"],
  ["help_again", "Ctrl Enter"],
  ["help_last_turn", "Shift Enter"],
  ["help_vivo", "Ctrl I"],
  ["help_next", "Alt ↓, Alt ↑"],
  ["help_end", "Alt ← →"],
  ["help_start", "Alt Shift ← →"],
  ["help_split", "Ctrl /"],
  ["help_recode", "Ctrl K"],
  ["help_memo", "F2"],
  ["help_remove", "Delete"],
  ["help_alike", "Ctrl Shift F"],
  ["help_undo", "Ctrl Z, Ctrl Y"],
  ["help_listen", "F4, F7, F8, F9"],
  ["help_tree", "Tab"],
];
