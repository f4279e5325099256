// The moving map: aircraft, history, prediction and labels at one moment.

const HISTORY_DOTS = 6;
const HISTORY_EVERY_S = 4;
const VECTOR_S = 60;
const LEVEL_FPM = 200;
const WARNING_PX = LINE_PX + 4;
const LABEL_PLACES = placesAt([14, 30, 52]);

const digits = (value, count) => (Number.isNaN(value) ? "-".repeat(count) : String(Math.round(value)).padStart(count, "0"));

const speedKt = (plots, row) => Math.hypot(plots.vx_mps[row], plots.vy_mps[row]) * 3600 / 1852;

// Call sign, altitude in hundreds of feet, trend, ground speed in knots: the numbers of the last plot.
function labelText(plots, { row, flight }) {
  const rate_fpm = plots.vertical_rate_fpm[row];
  const trend = rate_fpm >= LEVEL_FPM ? "↑" : rate_fpm <= -LEVEL_FPM ? "↓" : " ";
  return `${flight.name}\n${digits(plots.altitude_ft[row] / 100, 3)}${trend} ${digits(speedKt(plots, row), 3)}`;
}

// The alerts of a flight that the controller sees at a time.
function shownAlerts(flight, time_s) {
  return flight.alerts.filter((alert) => alert.shown_s !== null && alert.shown_s <= time_s && time_s < alert.end_s);
}

const columns = (...names) => Object.fromEntries(names.map((name) => [name, []]));

class Scene {
  constructor(model, facts, plots, view, names) {
    const sources = ["path", "history", "vectors", "leaders", "rings", "aircraft", "labels", "warnings"];
    this.sources = Object.fromEntries(sources.map((name) => [name, model(name)]));
    Object.assign(this, { facts, plots, view, names });
    this.places = new Map();
    this.seen = [];
  }

  // Show everything at a time; returns what is seen of the chosen flight, or null.
  draw(time_s, chosen) {
    const { plots, facts } = this;
    this.seen = facts.flights.map((flight) => seenAt(plots, flight, time_s, facts.break_s)).filter((each) => each !== null);
    for (const seen of this.seen) {
      seen.shown = shownAlerts(seen.flight, time_s);
      seen.chosen = seen.flight === chosen;
      seen.quiet = plots.ground[seen.row] === 1 && !seen.shown.length && !seen.chosen;
      seen.colour = this.colourOf(seen);
    }
    this.drawAircraft();
    this.drawHistory(time_s);
    this.drawVectors();
    this.drawLabels();
    return this.seen.find((each) => each.chosen) ?? null;
  }

  colourOf({ shown, chosen, quiet }) {
    const { colours } = this.facts;
    if (shown.length) return colours.nets[shown[0].shown_as] ?? colours.nets[shown[0].net];
    return chosen ? colours.selected : quiet ? colours.ground : colours.traffic;
  }

  drawPath(flight) {
    const { x_m, y_m } = this.plots;
    this.sources.path.data = { x: x_m.subarray(flight.first, flight.end), y: y_m.subarray(flight.first, flight.end) };
  }

  drawAircraft() {
    const { seen } = this;
    this.sources.aircraft.data = {
      x: seen.map((each) => each.x_m),
      y: seen.map((each) => each.y_m),
      colour: seen.map((each) => each.colour),
      size: seen.map((each) => (each.quiet ? 4 : 7)),
      name: seen.map((each) => each.flight.name),
    };
    const ringed = seen.filter((each) => each.shown.length || each.chosen);
    this.sources.rings.data = {
      x: ringed.map((each) => each.x_m),
      y: ringed.map((each) => each.y_m),
      colour: ringed.map((each) => each.colour),
      size: ringed.map((each) => (each.shown.length ? 24 : 17)),
      width: ringed.map((each) => (each.shown.length ? 3 : 1.2)),
    };
  }

  // The last plots of each aircraft, not closer together than a radar would send them.
  drawHistory(time_s) {
    const { plots, facts } = this;
    const dots = columns("x", "y", "alpha", "colour");
    for (const { flight, row, colour, quiet } of this.seen) {
      let last_s = Infinity;
      let count = quiet ? HISTORY_DOTS : 0;
      for (let at = row; at >= flight.first && count < HISTORY_DOTS && time_s - plots.time_s[at] <= facts.break_s; at--) {
        if (last_s - plots.time_s[at] < HISTORY_EVERY_S) continue;
        last_s = plots.time_s[at];
        dots.x.push(plots.x_m[at]);
        dots.y.push(plots.y_m[at]);
        dots.alpha.push(0.8 * (1 - count / HISTORY_DOTS));
        dots.colour.push(colour);
        count++;
      }
    }
    this.sources.history.data = dots;
  }

  drawVectors() {
    const { plots } = this;
    const vectors = columns("x0", "y0", "x1", "y1", "colour");
    for (const { row, x_m, y_m, colour, quiet } of this.seen) {
      if (quiet || Number.isNaN(plots.vx_mps[row] + plots.vy_mps[row])) continue;
      vectors.x0.push(x_m);
      vectors.y0.push(y_m);
      vectors.x1.push(x_m + plots.vx_mps[row] * VECTOR_S);
      vectors.y1.push(y_m + plots.vy_mps[row] * VECTOR_S);
      vectors.colour.push(colour);
    }
    this.sources.vectors.data = vectors;
  }

  drawLabels() {
    const scale = this.view.scale();
    const inFrame = this.seen
      .map((seen) => ({ seen, x: scale.x_px(seen.x_m), y: scale.y_px(seen.y_m) }))
      .filter(({ x, y }) => x >= 0 && x <= scale.width && y >= 0 && y <= scale.height);
    const symbols = inFrame.map(({ x, y }) => ({ left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 }));
    const wanted = inFrame
      .filter(({ seen }) => !seen.quiet)
      .map(({ seen, x, y }) => {
        const text = labelText(this.plots, seen);
        const { width, height } = textSize(text);
        const warning_px = seen.shown.length ? WARNING_PX : 0;
        const urgent = seen.shown.length > 0 || seen.chosen;
        return { key: seen.flight.track, seen, text, x, y, width, height: height + warning_px, warning_px, urgent, places: LABEL_PLACES };
      })
      .sort((a, b) => b.urgent - a.urgent || a.key - b.key);
    const boxes = placedLabels(wanted, [...symbols, ...this.names.boxes], scale, this.places);
    this.writeLabels(wanted.map((label, at) => ({ ...label, box: boxes[at] })).filter(({ box }) => box !== null), scale);
  }

  writeLabels(placed, scale) {
    const left = ({ box }) => scale.x_m(box.left);
    const top = ({ box, warning_px }) => scale.y_m(box.top + warning_px);
    const warned = placed.filter(({ seen }) => seen.shown.length);
    const within = (value, low, high) => Math.min(Math.max(value, low), high);
    this.sources.labels.data = {
      x: placed.map(left),
      y: placed.map(top),
      text: placed.map(({ text }) => text),
      colour: placed.map(({ seen }) => seen.colour),
    };
    this.sources.warnings.data = {
      x: warned.map(left),
      y: warned.map(top),
      text: warned.map(({ seen }) => seen.shown.map((alert) => alert.shown_as).join(" ")),
      colour: warned.map(({ seen }) => seen.colour),
    };
    this.sources.leaders.data = {
      x0: placed.map(({ seen }) => seen.x_m),
      y0: placed.map(({ seen }) => seen.y_m),
      x1: placed.map(({ x, box }) => scale.x_m(within(x, box.left, box.right))),
      y1: placed.map(({ y, box }) => scale.y_m(within(y, box.top, box.bottom))),
    };
  }

  // The flight nearest to a point of the map (m), within so many pixels.
  flightNear(x_m, y_m, reach_px) {
    let nearest = null;
    let least_m = reach_px * this.view.metresPerPixel();
    for (const seen of this.seen) {
      const away_m = Math.hypot(seen.x_m - x_m, seen.y_m - y_m);
      if (away_m <= least_m) [nearest, least_m] = [seen.flight, away_m];
    }
    return nearest;
  }
}
