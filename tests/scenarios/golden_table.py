"""The golden table of a scenario: one row an alert, and one for each net that stayed silent."""

import csv
import io
import math
from pathlib import Path

from safetynets.engine.alerts import Alert
from safetynets.engine.net import nets_of
from safetynets.runs import Run

FOLDER = Path(__file__).parent / "golden"
COLUMNS = (
    "start_s",
    "duration_s",
    "ended",
    "net",
    "kind",
    "area",
    "callsign",
    "severity",
    "time_to_violation_s",
    "margin_ft",
    "vertical_deviation_ft",
    "lateral_deviation_m",
    "shown",
    "words",
)
SILENT = "silent"
STILL_ON = "still on"


def golden_file(name: str) -> Path:
    """Where the golden table of a scenario stands."""
    return FOLDER / f"{name}.csv"


def rows(run: Run, start_s: float) -> list[tuple[str, ...]]:
    """The table of a run: alerts in order of time, then the silent nets. `start_s` is where its seconds begin."""
    alerts = [_alert_row(alert, call.text, start_s) for alert, call in zip(run.alerts, run.words, strict=True)]
    spoke = {alert.net for alert in run.alerts}
    return alerts + [_silent_row(run, net.name) for net in nets_of(run.site) if net.name not in spoke]


def text(run: Run, start_s: float) -> str:
    """The table as CSV."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(run, start_s))
    return file.getvalue()


def _alert_row(alert: Alert, words: str, start_s: float) -> tuple[str, ...]:
    return (
        f"{alert.start_time_s - start_s:.1f}",
        _number(alert.end_time_s - alert.start_time_s, 1),
        alert.end_reason or STILL_ON,
        alert.net,
        alert.kind,
        alert.area,
        f"{alert.callsign} and {alert.other_callsign}" if alert.other_callsign else alert.callsign,
        alert.severity,
        _number(alert.time_to_violation_s, 1),
        _number(alert.margin_ft, 0),
        _number(alert.vertical_deviation_ft, 0),
        _number(alert.lateral_deviation_m, 0),
        f"as {alert.shown_as}" if alert.shown else f"not, for {alert.suppressed_by}",
        words,
    )


def _silent_row(run: Run, net: str) -> tuple[str, ...]:
    counts = run.manifest["counts"]["nets"].get(net)
    said = "the site has nothing for this net to watch"
    if counts is not None:
        parts = [f"judged {counts['judged']}"]
        for key in ("excluded", "not_assessable"):
            reasons = "; ".join(f"{reason} {count}" for reason, count in counts[key].items())
            total = sum(counts[key].values())
            parts.append(f"{key.replace('_', ' ')} {total}" + (f" ({reasons})" if reasons else ""))
        said = "plots: " + ", ".join(parts)
    return (SILENT, "", "", net, *[""] * (len(COLUMNS) - 5), said)


def _number(value: float, digits: int) -> str:
    if math.isnan(value):
        return ""
    rounded = round(value, digits) + 0.0  # never "-0"
    return f"{rounded:.{digits}f}"
