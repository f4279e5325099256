// The packed columns of columns.py as numbers, and where a flight is between two of its plots.

function unpacked(steps, step, unknown) {
  const values = new Float64Array(steps.length);
  let sum = 0;
  for (let row = 0; row < steps.length; row++) {
    sum += steps[row];
    values[row] = sum === unknown ? NaN : sum * step;
  }
  return values;
}

// The last row of a flight at or before a time; -1 where it has none yet.
function rowAt(plots, flight, time_s) {
  let low = flight.first - 1;
  let high = flight.end - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (plots.time_s[middle] <= time_s) low = middle;
    else high = middle - 1;
  }
  return low < flight.first ? -1 : low;
}

// Row and position of a flight at a time, or null where nobody sees it: before its first plot, after its last, or
// within a gap. Between two plots the position is interpolated, for drawing only; all numbers shown are those of `row`.
function seenAt(plots, flight, time_s, break_s) {
  const row = rowAt(plots, flight, time_s);
  if (row < 0) return null;
  const next = Math.min(row + 1, flight.end - 1);
  const gap_s = plots.time_s[next] - plots.time_s[row];
  const since_s = time_s - plots.time_s[row];
  if (since_s > 0 && (gap_s <= 0 || gap_s > break_s)) return null;
  const share = gap_s > 0 ? since_s / gap_s : 0;
  const between = (values) => {
    const value = values[row] + share * (values[next] - values[row]);
    return Number.isNaN(value) ? values[row] : value;
  };
  return {
    flight,
    row,
    x_m: between(plots.x_m),
    y_m: between(plots.y_m),
    altitude_ft: between(plots.altitude_ft),
    flown_nm: between(plots.flown_nm),
  };
}
