"""Count the approaches of the real Paris arrivals and their below-path alerts, with the QNH and with 10 hPa less.

    python docs/paris_approaches.py

Ten hectopascals less lower every altitude by what a crew with an altimeter set 10 hPa too high would be low.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from safetynets.altimetry import setting_error_ft
from safetynets.nets.apm import NET as APM
from safetynets.runs import Run, load_scenario, run_scenario

ERROR_HPA = 10.0


def approaches_flown(run: Run) -> list[tuple[int, str, float, float]]:
    """Track, approach, and first and last time (s) of every unbroken stretch of joined plots."""
    joined = run.approach >= 0
    begins = joined.copy()
    begins[1:] &= ~joined[:-1] | (run.tracks.track[1:] != run.tracks.track[:-1])
    ends = joined.copy()
    ends[:-1] &= ~joined[1:] | (run.tracks.track[1:] != run.tracks.track[:-1])
    return [
        (
            int(run.tracks.track[first]),
            run.site.approaches[run.approach[last]].name,
            float(run.tracks.time_s[first]),
            float(run.tracks.time_s[last]),
        )
        for first, last in zip(np.flatnonzero(begins), np.flatnonzero(ends), strict=True)
    ]


def alerting(run: Run) -> list[tuple[int, str, float, float]]:
    """The approaches during which the APM alerted below the path."""
    alerts = [alert for alert in run.alerts if alert.net == APM.name and alert.kind == "below"]
    return [
        (track, name, first_s, last_s)
        for track, name, first_s, last_s in approaches_flown(run)
        if any(alert.track == track and first_s <= alert.start_time_s <= last_s for alert in alerts)
    ]


def main() -> None:
    """Print both counts for each runway, and the exceptions by name."""
    pressure = load_scenario("paris-arrivals").scenario.pressure
    assert pressure is not None
    qnh_hpa = pressure.qnh_hpa
    as_flown = run_scenario("paris-arrivals")
    lowered = run_scenario("paris-arrivals", {"pressure.qnh_hpa": qnh_hpa - ERROR_HPA})
    flown, flown_low = approaches_flown(as_flown), approaches_flown(lowered)
    alerts, alerts_low = alerting(as_flown), alerting(lowered)
    print(f"QNH {qnh_hpa:g} hPa; lowered by {-setting_error_ft(qnh_hpa, qnh_hpa - ERROR_HPA):.0f} ft")
    print("| runway | approaches | with a below-path alert | the same, lowered | with a below-path alert |")
    print("| --- | --- | --- | --- | --- |")
    columns = [Counter(name for _, name, _, _ in part) for part in (flown, alerts, flown_low, alerts_low)]
    for name in [path.name for path in as_flown.site.approaches if columns[0][path.name] or columns[2][path.name]]:
        print(f"| {name} | " + " | ".join(str(column[name]) for column in columns) + " |")
    print("| all | " + " | ".join(str(column.total()) for column in columns) + " |")
    callsign = as_flown.tracks.callsign
    print("\nAlerting as flown:", ", ".join(f"{callsign[track]} ({name})" for track, name, _, _ in alerts) or "none")
    silent = [part for part in flown_low if part not in alerts_low]
    print("Silent when lowered:", ", ".join(f"{callsign[track]} ({name})" for track, name, _, _ in silent) or "none")


if __name__ == "__main__":
    main()
