// Texts that keep off each other: each stays where it was while that is free, else takes the next free place.

const AROUND = [[1, -1], [1, 1], [-1, 1], [-1, -1], [1, 0], [-1, 0], [0, -1], [0, 1]];
const placesAt = (reaches_px) => reaches_px.flatMap((reach) => AROUND.map(([right, down]) => [right * reach, down * reach]));
const LINE_PX = 14.5;
const LETTER_PX = 7.1;

// Width and height of a text in pixels, as the charts write it.
function textSize(text) {
  const lines = text.split("\n");
  return { width: Math.max(...lines.map((line) => line.length)) * LETTER_PX + 6, height: lines.length * LINE_PX + 5 };
}

// The box of a text that stands at an offset from its point, held at the side that faces the point.
function boxAt({ x, y, width, height }, [right, down]) {
  const left = x + right + (right < 0 ? -width : right > 0 ? 0 : -width / 2);
  const top = y + down + (down < 0 ? -height : down > 0 ? 0 : -height / 2);
  return { left, top, right: left + width, bottom: top + height };
}

function meet(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// `wanted`: {key, x, y, width, height, urgent, places} in pixels, the most urgent first. Returns their boxes, null for
// those that find no place; an urgent one is always placed. `remembered` maps keys to places and is kept up to date.
function placedLabels(wanted, occupied, frame, remembered) {
  const taken = occupied.slice();
  const isFree = (box) =>
    box.left >= 0 && box.top >= 0 && box.right <= frame.width && box.bottom <= frame.height && !taken.some((other) => meet(box, other));
  return wanted.map((label) => {
    const before = remembered.get(label.key) ?? 0;
    const order = [before, ...label.places.keys()];
    const place = order.find((each) => isFree(boxAt(label, label.places[each])));
    if (place === undefined && !label.urgent) return null;
    const box = boxAt(label, label.places[place ?? before]);
    remembered.set(label.key, place ?? before);
    taken.push(box);
    return box;
  });
}
