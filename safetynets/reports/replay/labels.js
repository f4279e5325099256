// Radar labels that keep off each other: each stays where it was while that is free, else takes the next free place.

const LABEL_PLACES = [[1, -1], [1, 1], [-1, 1], [-1, -1], [1, 0], [-1, 0], [0, -1], [0, 1]];
const LABEL_REACHES_PX = [14, 30, 52];

function labelBox(wanted, place) {
  const [right, down] = LABEL_PLACES[place % LABEL_PLACES.length];
  const reach = LABEL_REACHES_PX[Math.floor(place / LABEL_PLACES.length)];
  const left = wanted.x + right * reach + (right < 0 ? -wanted.width : right > 0 ? 0 : -wanted.width / 2);
  const top = wanted.y + down * reach + (down < 0 ? -wanted.height : down > 0 ? 0 : -wanted.height / 2);
  return { left, top, right: left + wanted.width, bottom: top + wanted.height };
}

function meet(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// `wanted`: {key, x, y, width, height, urgent} in pixels, the most urgent first. Returns their boxes, null for those that
// find no place; an urgent one always gets its first place. `remembered` maps keys to places and is kept up to date.
function placedLabels(wanted, symbols, frame, remembered) {
  const taken = symbols.slice();
  return wanted.map((label) => {
    const count = LABEL_PLACES.length * LABEL_REACHES_PX.length;
    const before = remembered.get(label.key) ?? 0;
    for (let step = 0; step <= count; step++) {
      const place = step === 0 ? before : step - 1;
      const box = labelBox(label, place);
      const inside = box.left >= 0 && box.top >= 0 && box.right <= frame.width && box.bottom <= frame.height;
      if (inside && !taken.some((other) => meet(box, other))) {
        remembered.set(label.key, place);
        taken.push(box);
        return box;
      }
    }
    if (!label.urgent) return null;
    const box = labelBox(label, before);
    taken.push(box);
    return box;
  });
}
