// Range and bearing between two ends, each an aircraft that is followed or a point that stays.

const NM_M = 1852;
const NEAREST = 5;

class Measure {
  constructor(model, facts) {
    this.line = model("measured");
    this.words = model("measured-words");
    this.colour = facts.colours.measured;
    this.ends = [];
    this.turn = 0;
  }

  // Add an end: {flight} or {x_m, y_m}; a third begins anew.
  add(end) {
    this.ends = this.ends.length === 2 ? [end] : [...this.ends, end];
    this.turn = 0;
  }

  clear() {
    this.ends = [];
    this.turn = 0;
  }

  // From the chosen flight to the nearest other aircraft, then to the next, and at last to none.
  toNearest(seen, chosen) {
    const from = seen.find(({ flight }) => flight === chosen);
    const away = ({ x_m, y_m }) => Math.hypot(x_m - from.x_m, y_m - from.y_m);
    const others = from ? seen.filter((each) => each !== from).sort((a, b) => away(a) - away(b)).slice(0, NEAREST) : [];
    const { turn } = this;
    this.clear();
    if (turn >= others.length) return null;
    this.turn = turn + 1;
    this.ends = [{ flight: chosen }, { flight: others[turn].flight }];
    return others[turn].flight;
  }

  // The words of the line between two points: nautical miles and the bearing in degrees.
  text([from, to]) {
    const range_nm = Math.hypot(to.x_m - from.x_m, to.y_m - from.y_m) / NM_M;
    const bearing_deg = Math.round(((Math.atan2(to.x_m - from.x_m, to.y_m - from.y_m) * 180) / Math.PI + 360) % 360) % 360;
    const vertical = Number.isFinite(from.altitude_ft) && Number.isFinite(to.altitude_ft) ? `, ${Math.abs(Math.round(to.altitude_ft - from.altitude_ft))} ft` : "";
    return `${range_nm.toFixed(1)} NM ${String(bearing_deg).padStart(3, "0")}°${vertical}`;
  }

  draw(seen) {
    const points = this.ends.map((end) => (end.flight ? seen.find(({ flight }) => flight === end.flight) : end)).filter(Boolean);
    const whole = points.length === 2;
    const [from, to] = points;
    this.line.data = whole ? { x0: [from.x_m], y0: [from.y_m], x1: [to.x_m], y1: [to.y_m] } : columns("x0", "y0", "x1", "y1");
    this.words.data = whole
      ? { x: [(from.x_m + to.x_m) / 2], y: [(from.y_m + to.y_m) / 2], text: [this.text(points)], colour: [this.colour] }
      : columns("x", "y", "text", "colour");
    return whole ? this.text(points) : "";
  }
}
