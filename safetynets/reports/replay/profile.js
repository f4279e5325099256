// The vertical profile of the chosen flight: its window moves with the aircraft.

const WINDOW_NM = 6;
const HEIGHT_STEP_FT = 500;
const DEEP_FT = -20000;

class Profile {
  constructor(model, facts, plots) {
    this.chart = model("profile");
    this.lines = model("profile-lines");
    this.under = model("under_alert");
    this.now = model("profile_now");
    this.ahead = model("profile_vector");
    this.facts = facts;
    this.plots = plots;
  }

  choose(flight) {
    this.flight = flight;
    this.fill(undefined);
  }

  // The pass that a flight is on or flies to; after its last one that; null for a flight on no approach.
  passAt(time_s) {
    const { passes } = this.flight;
    return passes.find(({ until_s }) => until_s >= time_s) ?? passes.at(-1) ?? null;
  }

  // Lay the flight along the axis so that 0 is the threshold of a pass, or the first plot.
  fill(pass) {
    const { plots, facts, flight } = this;
    const columns = ["flown_nm", "altitude_ft", "terrain_ft", "floor_ft", "below_ft", "path_ft", "above_ft"];
    const lines = Object.fromEntries(columns.map((name) => [name, []]));
    const under = { flown_nm: [], altitude_ft: [], colour: [] };
    this.pass = pass;
    this.zero_nm = pass?.threshold_nm ?? 0;
    for (let row = flight.first; row < flight.end; row++) {
      if (row > flight.first && plots.time_s[row] - plots.time_s[row - 1] > facts.break_s) {
        for (const name of columns) lines[name].push(NaN);
      }
      for (const name of columns) lines[name].push(plots[name][row]);
      lines.flown_nm[lines.flown_nm.length - 1] -= this.zero_nm;
      const alert = flight.alerts.find(({ start_s, end_s }) => start_s <= plots.time_s[row] && plots.time_s[row] <= end_s);
      if (alert) {
        under.flown_nm.push(plots.flown_nm[row] - this.zero_nm);
        under.altitude_ft.push(plots.altitude_ft[row]);
        under.colour.push(facts.colours.nets[alert.net]);
      }
    }
    lines.terrain_ft = lines.terrain_ft.map((elevation_ft) => (Number.isNaN(elevation_ft) ? DEEP_FT : elevation_ft));
    this.lines.data = lines;
    this.under.data = under;
    this.chart.below[0].axis_label = pass ? `NM flown, 0 at the threshold ${pass.approach}` : "NM flown since the first plot";
  }

  draw(seen) {
    if (seen === null) {
      this.now.data = { flown_nm: [], altitude_ft: [] };
      this.ahead.data = { x0: [], y0: [], x1: [], y1: [] };
      return;
    }
    const { plots } = this;
    const { row, altitude_ft } = seen;
    const pass = this.passAt(plots.time_s[row]);
    if (pass !== this.pass) this.fill(pass);
    const flown_nm = seen.flown_nm - this.zero_nm;
    const speed_nm_s = Math.hypot(plots.vx_mps[row], plots.vy_mps[row]) / 1852;
    this.now.data = { flown_nm: [flown_nm], altitude_ft: [altitude_ft] };
    this.ahead.data = {
      x0: [flown_nm],
      y0: [altitude_ft],
      x1: [flown_nm + speed_nm_s * VECTOR_S],
      y1: [altitude_ft + plots.vertical_rate_fpm[row] * VECTOR_S / 60],
    };
    this.chart.x_range.setv({ start: flown_nm - WINDOW_NM, end: flown_nm + WINDOW_NM });
    this.showHeights(seen);
  }

  // Altitudes that hold what is in the window, in steps, so that the picture does not tremble.
  showHeights({ flight, row, flown_nm }) {
    const { plots, chart } = this;
    let low = Infinity;
    let high = -Infinity;
    const take = (value) => {
      if (value < low) low = value;
      if (value > high) high = value;
    };
    const reach = (at) => Math.abs(plots.flown_nm[at] - flown_nm) <= WINDOW_NM;
    for (let at = row; at >= flight.first && reach(at); at--) this.takeRow(at, take);
    for (let at = row + 1; at < flight.end && reach(at); at++) this.takeRow(at, take);
    if (low > high) return;
    const start = Math.floor((low - 150) / HEIGHT_STEP_FT) * HEIGHT_STEP_FT;
    const end = Math.max(Math.ceil((high + 150) / HEIGHT_STEP_FT) * HEIGHT_STEP_FT, start + 4 * HEIGHT_STEP_FT);
    if (chart.y_range.start !== start || chart.y_range.end !== end) chart.y_range.setv({ start, end });
  }

  takeRow(at, take) {
    for (const name of ["altitude_ft", "terrain_ft", "floor_ft", "below_ft", "above_ft"]) take(this.plots[name][at]);
  }
}
