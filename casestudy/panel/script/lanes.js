// Underlines that stack: each coding keeps one lane over its whole length, so that lines never cross.

export const MOST_LANES = 8;

/** The lane of each item, by id: the lowest that no overlapping item before it has. Items come by their start. */
export function lanes(sorted) {
  const ends = [];
  const found = new Map();
  for (const item of sorted) {
    let lane = ends.findIndex((end) => end <= item.start);
    if (lane < 0) lane = ends.length;
    ends[lane] = item.end;
    found.set(item.id, lane);
  }
  return found;
}

/** A stretch cut at every border within it: [start, end, items over it], in order. */
export function pieces(start, end, items) {
  const borders = new Set([start, end]);
  for (const item of items) {
    if (item.start > start && item.start < end) borders.add(item.start);
    if (item.end > start && item.end < end) borders.add(item.end);
  }
  const sorted = [...borders].sort((a, b) => a - b);
  const found = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const over = items.filter((item) => item.start < sorted[i + 1] && item.end > sorted[i]);
    found.push([sorted[i], sorted[i + 1], over]);
  }
  return found;
}

/** The style of a piece: one line for each item over it, dashed for a suggestion. */
export function underlines(items, laneOf) {
  const images = [];
  const places = [];
  for (const item of items) {
    const lane = Math.min(laneOf.get(item.id) ?? 0, MOST_LANES - 1);
    const colour = `var(--cs-c${item.colour})`;
    images.push(
      item.suggested
        ? `repeating-linear-gradient(90deg, ${colour} 0 6px, transparent 6px 10px)`
        : `linear-gradient(${colour}, ${colour})`,
    );
    places.push(`0 calc(1.35em + ${lane * 4}px) / 100% ${item.active ? 4 : 2.5}px no-repeat`);
  }
  return images.map((image, i) => `${image} ${places[i]}`).join(", ");
}
