"""Hold the oracle that was written from docs/nets.md against the product, on random situations.

    python -m tests.oracle_from_docs [--situations 100000] [--seed 1] [--net MSAW] [--workers 2]

A situation is one random flight at one random site; a site sees 40 flights. Compared are every verdict (whether and
why not judged, the times to violation, kind, margins, deviations, severity), every alert as `judge` finds it, and the
same alerts as `alerts_of` finds them.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safetynets.engine.follow import alerts_of
from safetynets.engine.monitor import Judged, judge
from safetynets.engine.reasons import Kind, Reason
from safetynets.sites.geometry import Site
from safetynets.tracks.table import Tracks
from tests.oracle_from_docs import apm, apw, eligibility, lifecycle, msaw, situations
from tests.oracle_from_docs.flight import Plot, place, turn_rates
from tests.oracle_from_docs.verdict import Verdict

FLIGHTS_AT_A_SITE = 40
NEAR = 2e-5
"""How near numbers must be, feet, metres and seconds alike: the product solves what the oracle fits."""


@dataclass
class Judgement:
    """What the oracle says of one flight: verdicts and alerts by group."""

    verdicts: dict[str, list[Verdict]]
    alerts: dict[str, list[lifecycle.Alert]]


OfFlight = Callable[[list[Plot], dict[str, str], float], Judgement]
"""What the oracle says of the plots of a flight with its facts, when the tracks end at a time."""


@dataclass
class Count:
    """What was compared."""

    situations: int = 0
    plots: int = 0
    judged: int = 0
    conflicts: int = 0
    alerts: int = 0
    edges: int = 0
    different: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: Count) -> None:
        """Count what was compared at another site too."""
        for each in dataclasses.fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def of_msaw(here: Site, smallest: bool) -> OfFlight:  # noqa: ARG001 only volumes have chords
    p, floor = here.parameters.msaw, msaw.Floor(here)

    def of_flight(plots: list[Plot], facts: dict[str, str], now_s: float) -> Judgement:
        verdicts = []
        for plot in plots:
            reason = eligibility.reason(plot, facts, p, list(here.inhibit_volumes))
            verdicts.append(Verdict(reason) if reason else msaw.judge(plot, floor))
        return _judgement({"msaw": verdicts}, plots, p, now_s, False)

    return of_flight


def of_apm(here: Site, smallest: bool) -> OfFlight:  # noqa: ARG001 only volumes have chords
    p = here.parameters.apm

    def of_flight(plots: list[Plot], facts: dict[str, str], now_s: float) -> Judgement:
        joining = apm.Joining(here.approaches, p, facts["destination"], facts["runway"])
        verdicts = []
        for plot in plots:
            reason = eligibility.reason(plot, facts, p, list(here.inhibit_volumes))
            joined = joining.step(plot, reason, Verdict(reason).excluded)
            if not reason and joined < 0:
                reason = "not on approach"
            verdicts.append(Verdict(reason) if reason else apm.judge(plot, here.approaches[joined], p))
        return _judgement({"apm": verdicts}, plots, p, now_s, True)

    return of_flight


def of_apw(here: Site, smallest: bool) -> OfFlight:
    p = here.parameters.apw
    groups: dict[str, list[apw.Watched]] = {}
    for volume in here.volumes:
        groups.setdefault(volume.group, []).append(apw.Watched(volume, p, smallest))

    def of_flight(plots: list[Plot], facts: dict[str, str], now_s: float) -> Judgement:
        verdicts: dict[str, list[Verdict]] = {group: [] for group in groups}
        for plot in plots:
            reason = eligibility.reason(plot, facts, p, list(here.inhibit_volumes))
            for group, volumes in groups.items():
                verdicts[group].append(Verdict(reason) if reason else apw.judge(plot, volumes, facts, p))
        return _judgement(verdicts, plots, p, now_s, False)

    return of_flight


def _judgement(verdicts: dict[str, list[Verdict]], plots: list[Plot], p: Any, now_s: float, names: bool) -> Judgement:
    times_s = [plot.time_s for plot in plots]
    found = {group: lifecycle.alerts(times_s, of_group, p, now_s, names) for group, of_group in verdicts.items()}
    return Judgement(verdicts, found)


NETS: dict[str, tuple[Any, Any]] = {
    "MSAW": (situations.msaw_site, of_msaw),
    "APM": (situations.apm_site, of_apm),
    "APW": (situations.apw_site, of_apw),
}


def compare_site(net: str, seed: tuple[int, ...], count: Count, flights: int = FLIGHTS_AT_A_SITE) -> None:
    """Fly random flights past one random site, and note each that the oracle and the product judge differently."""
    rng = np.random.default_rng(seed)
    make, oracle_of = NETS[net]
    here = make(rng)
    tracks, plots, facts = situations.flights(rng, here, flights)
    found, alone = judge(tracks, here), alerts_of(tracks, here, threads=1)
    now_s = float(tracks.time_s.max())
    parameters = getattr(here.parameters, net.lower())
    if repr(list(alone)) != repr(list(found.alerts)):
        count.different.append(f"{net} {seed}: alerts_of and judge differ")
    oracles = [oracle_of(here, smallest) for smallest in ((False, True) if net == "APW" else (False,))]
    for track, (flown, of_flight) in enumerate(zip(plots, facts, strict=True)):
        turn_rates(flown, parameters.max_gap_s)
        for plot in flown:
            if not math.isnan(plot.x_m):
                place(plot, here)
        said = [oracle(flown, of_flight, now_s) for oracle in oracles]
        count.situations += 1
        count.plots += len(flown)
        for verdicts in said[0].verdicts.values():
            count.reasons.update(v.reason or "judged" for v in verdicts)
            count.judged += sum(v.assessable for v in verdicts)
            count.conflicts += sum(v.violation_s < math.inf for v in verdicts)
        count.alerts += sum(map(len, said[0].alerts.values()))
        problems = list(_differences(found, tracks, track, said))
        if problems and _on_an_edge(here, oracle_of, flown, of_flight, now_s):
            count.edges += 1
        elif problems:
            count.different.append(f"{net} {seed} flight {track}: {'; '.join(problems[:3])}")


def _site(task: tuple[str, tuple[int, ...], int]) -> Count:
    """What was compared at one site, in a process of its own."""
    net, seed, flights = task
    count = Count()
    compare_site(net, seed, count, flights)
    return count


def _on_an_edge(here: Site, oracle_of: Any, flown: list[Plot], facts: dict[str, str], now_s: float) -> bool:
    """Whether a nudge of every altitude and place that nobody would measure changes what the oracle decides."""
    outcomes = set()
    for smallest in (False, True):
        for nudge in (-1e-6, 0.0, 1e-6):
            nudged = []
            for plot in flown:
                moved = dataclasses.replace(plot, x_m=plot.x_m + nudge, y_m=plot.y_m - nudge)
                moved.altitude_ft += nudge
                nudged.append(moved)
            said = oracle_of(here, smallest)(nudged, facts, now_s)
            outcomes.add(
                str(
                    [
                        [(v.reason, v.violation_s < math.inf, v.hold_s < math.inf, v.severe, v.kind) for v in vs]
                        for vs in said.verdicts.values()
                    ]
                )
                + str([[(a.start_s, a.end_s, a.reannounced_s) for a in alerts] for alerts in said.alerts.values()])
            )
    return len(outcomes) > 1


def _differences(found: Judged, tracks: Tracks, track: int, said: list[Judgement]) -> Iterator[str]:
    rows = tracks.rows_of(track)
    for conflicts in found.conflicts:
        each = [judgement.verdicts[conflicts.group] for judgement in said]
        for k, row in enumerate(range(rows.start, rows.stop)):
            yield from (f"plot {k} {problem}" for problem in _plot_differences(conflicts, row, [v[k] for v in each]))
    for group in said[0].alerts:
        theirs = [_alert_line(a) for a in found.alerts if a.track == track and a.group == group]
        ours = [[_oracle_line(a) for a in judgement.alerts[group]] for judgement in said]
        if not any(_same_alerts(theirs, lines) for lines in ours):
            yield f"alerts of {group} {theirs} != {ours[0]}"


def _plot_differences(conflicts: Any, row: int, said: list[Verdict]) -> Iterator[str]:
    reason = Reason(int(conflicts.reason[row]))
    theirs = "" if reason is Reason.JUDGED else reason.word
    if theirs not in {v.reason for v in said}:
        yield f"reason {theirs!r} != {said[0].reason!r}"
        return
    if theirs:
        if theirs == "path leaves coverage":
            yield from _apart("margin_ft", conflicts.margin_ft[row], said, "margin_ft")
        return
    yield from _apart("time_to_violation_s", conflicts.time_to_violation_s[row], said, "violation_s")
    yield from _apart("hold_time_to_violation_s", conflicts.hold_time_to_violation_s[row], said, "hold_s")
    kind = Kind(int(conflicts.kind[row])).word
    if said[0].kind and kind not in {v.kind for v in said}:
        yield f"kind {kind} != {said[0].kind}"
    for name, ours in (
        ("margin_ft", "margin_ft"),
        ("margin_m", "margin_m"),
        ("lateral_deviation_m", "lateral_m"),
        ("vertical_deviation_ft", "vertical_ft"),
    ):
        if not math.isnan(getattr(said[0], ours)):
            yield from _apart(name, getattr(conflicts, name)[row], said, ours)
    if bool(conflicts.severe[row]) not in {v.severe for v in said}:
        yield f"severe {conflicts.severe[row]} != {said[0].severe}"


def _apart(name: str, value: float, said: list[Verdict], ours: str) -> Iterator[str]:
    values = [getattr(v, ours) for v in said]
    low, high = min(values), max(values)
    if not low - NEAR <= value <= high + NEAR:
        yield f"{name} {value} != {values}"


def _alert_line(alert: Any) -> dict[str, Any]:
    return {
        "first": alert.first_conflict_time_s,
        "start": alert.start_time_s,
        "violation": alert.time_to_violation_s,
        "severity": alert.severity,
        "worst": alert.worst_margin_ft,
        "end": alert.end_time_s,
        "reason": alert.end_reason,
        "again": alert.reannounced_times_s,
        "area": alert.area,
        "earlier": alert.earlier_areas,
    }


def _oracle_line(alert: lifecycle.Alert) -> dict[str, Any]:
    return {
        "first": alert.first_conflict_s,
        "start": alert.start_s,
        "violation": alert.violation_s,
        "severity": alert.severity,
        "worst": alert.worst_margin_ft,
        "end": alert.end_s,
        "reason": alert.end_reason,
        "again": tuple(alert.reannounced_s),
        "area": alert.area,
        "earlier": tuple(alert.earlier_areas),
    }


def _same_alerts(theirs: list[dict[str, Any]], ours: list[dict[str, Any]]) -> bool:
    return len(theirs) == len(ours) and all(_same(a, b) for a, b in zip(theirs, ours, strict=True))


def _same(theirs: dict[str, Any], ours: dict[str, Any]) -> bool:
    for name, value in ours.items():
        if isinstance(value, float):
            other = theirs[name]
            if name == "worst" and math.isnan(value):
                continue
            if math.isnan(value) != math.isnan(other) or abs(value - other) > (
                2.0 if name in ("worst", "violation") else NEAR
            ):
                return False
        elif name != "area" and value != theirs[name]:
            return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Compare, print what was compared, and return 1 where anything differed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--situations", type=int, default=100_000, help="random flights for each net")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--net", choices=list(NETS), action="append", help="only this net; may be given again")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="processes; what is compared is the same")
    options = parser.parse_args(arguments)
    failed = False
    for net in options.net or list(NETS):
        count, began = Count(), time.monotonic()
        sites = -(-options.situations // FLIGHTS_AT_A_SITE)
        tasks = [
            (
                net,
                (options.seed, list(NETS).index(net), number),
                min(FLIGHTS_AT_A_SITE, options.situations - number * FLIGHTS_AT_A_SITE),
            )
            for number in range(sites)
        ]
        with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            for of_site in pool.map(_site, tasks, chunksize=4):
                count.add(of_site)
        print(
            f"{net}: {count.situations:,} situations at {sites:,} sites, {count.plots:,} plots, "
            f"{count.judged:,} verdicts, "
            f"{count.conflicts:,} conflicts, {count.alerts:,} alerts, {count.edges} on an edge left out, "
            f"{len(count.different)} differences, {time.monotonic() - began:.0f} s",
            flush=True,
        )
        print("  " + ", ".join(f"{reason} {n:,}" for reason, n in count.reasons.most_common()))
        for line in count.different[:20]:
            print(f"  {line}")
        failed |= bool(count.different)
    return int(failed)
