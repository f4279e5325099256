// The names of what stands still on the map, placed anew whenever the map is moved.

const NAME_PLACES = placesAt([5, 18]);

class Names {
  constructor(model, facts) {
    this.source = model("names");
    this.names = facts.names.map((name, key) => ({
      ...name,
      key,
      ...textSize(name.text),
      places: name.on_point ? [[0, 0], ...NAME_PLACES] : NAME_PLACES,
    }));
    this.boxes = [];
  }

  // Place the names; afterwards `boxes` are the pixels they cover.
  draw(scale) {
    const wanted = this.names
      .map((name) => ({ ...name, x: scale.x_px(name.x_m), y: scale.y_px(name.y_m) }))
      .filter(({ x, y }) => x >= 0 && x <= scale.width && y >= 0 && y <= scale.height);
    const boxes = placedLabels(wanted, [], scale, new Map());
    this.boxes = boxes.filter((box) => box !== null);
    const placed = wanted.map((name, at) => ({ name, box: boxes[at] })).filter(({ box }) => box !== null);
    this.source.data = {
      x: placed.map(({ box }) => scale.x_m(box.left)),
      y: placed.map(({ box }) => scale.y_m(box.top)),
      text: placed.map(({ name }) => name.text),
      colour: placed.map(({ name }) => name.colour),
    };
  }
}
