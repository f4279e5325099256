"""Replay of a live monitor's folder: its alerts as a finished run, with the decisions taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.monitor import concatenate_portions
from safetynets.errors import ScenarioError
from safetynets.live.announcing import AlertKey, LiveEvent
from safetynets.live.journal import decisions_after, read_manifest, segments
from safetynets.live.judging import Feed, LiveNets
from safetynets.live.monitor import rejudged
from safetynets.recordings.profile import Profile
from safetynets.runs import Run
from safetynets.runs.changed_site import changed_site, given
from safetynets.runs.decisions import Decision, decided
from safetynets.runs.execute import finished
from safetynets.runs.rule_sets import rule_sets_of
from safetynets.runs.traffic import Traffic
from safetynets.sites.geometry import Change
from safetynets.tracks import Tracks, column_names, count_flags


def replay_live(
    folder: Path,
    site: str | Path,
    overrides: Mapping[str, Any],
    tell: Callable[[str], None],
    rule_set: str | None = None,
) -> Run:
    """The run of what a live monitor recorded, with the decisions that were taken.

    Parameters
    ----------
    folder
        The folder that the monitor wrote.
    site
        The site; the changes that were made to it for the monitor are made again.
    overrides
        Further values of the site, by address.
    tell
        Called with a few words before each stage.
    rule_set
        The words, by name or path; without it those of the site.

    Returns
    -------
    Run
        Alerts, tracks and what the nets found for each plot.

    Raises
    ------
    InputError
        When the folder holds nothing that was received, or the site is another.
    """
    manifest = read_manifest(folder)
    changes = (*(Change(**each) for each in manifest["site_changes"]), *given(dict(overrides)))
    loaded = changed_site(site, changes)
    if loaded.name != manifest["site"]["name"]:
        raise ScenarioError(
            f"was recorded at the site {manifest['site']['name']!r}", file=folder, mend="name that with --site"
        )
    feed = feed_of(manifest["feed"])
    nets = LiveNets(loaded, feed, keep=True)
    tell("judging what was received")
    events = [each for some in rejudged(nets, folder) for each in some]
    events += nets.judge(everything=True)
    if not nets.parts:
        raise ScenarioError("holds no plots that were judged", file=folder, mend="name another folder")
    tracks, order, number = whole_tracks(nets)
    found = found_in(nets, order)
    found["alerts"] = tuple(alerts_of(nets, events, number))
    said = [str(decision) for _, decision in decisions_after(folder) if isinstance(decision, Decision)]
    counts = {**nets.order.counts, **nets.decoding.counts}
    traffic = Traffic(
        tracks=tracks,
        files=tuple(segments(folder)),
        notes=tuple(f"decided while it ran: {one}" for one in said),
        found={
            "read": {name: count for name, count in sorted(counts.items()) if count},
            "flagged": count_flags(tracks),
        },
    )
    asked = {
        "recording": folder.name,
        "read_as": Profile(date=feed.date).as_said(),
        "update_s": None,
        "seed": 0,
        "overrides": dict(overrides),
    }
    tell("finding the words")
    decisions = [{"time_s": time_s, "verb": one.verb, "value": one.value} for time_s, one in nets.decisions]
    loaded = decided(loaded, decisions)
    run = finished(folder, asked, loaded, traffic, found, rule_sets_of(loaded, rule_set))
    return replace(run, manifest={**run.manifest, "decisions": decisions}) if decisions else run


def feed_of(facts: Mapping[str, Any]) -> Feed:
    """How the feed was read, as the manifest says it."""
    radars = {}
    for name, place in facts["radars"].items():
        sac, sic = name.split("/")
        radars[int(sac), int(sic)] = (float(place[0]), float(place[1]), float(place[2]))
    return Feed(
        date=None if facts["date"] is None else date.fromisoformat(facts["date"]),
        editions={int(number): edition for number, edition in facts["editions"].items()},
        radars=radars,
        hold_s=facts["hold_s"],
        max_gap_s=facts["max_gap_s"],
    )


def whole_tracks(nets: LiveNets) -> tuple[Tracks, NDArray[np.int64], dict[int, int]]:
    """The plots of all portions as one table, in which order they stand there, and the number of each track by serial.

    Tracks are numbered in the order of (icao24, call sign, time), as those of a recording that is read.
    """
    parts = nets.parts
    serial = np.concatenate([serials for _, _, serials in parts])
    plots = {
        name: np.concatenate([getattr(tracks, name) for tracks, _, _ in parts])
        for name in column_names("plot")
        if name != "track"
    }
    facts: dict[int, tuple[str, ...]] = {}
    first_s: dict[int, float] = {}
    names = column_names("track")
    for tracks, _, serials in parts:
        begins = np.flatnonzero(np.diff(serials, prepend=-1))
        for row in begins.tolist():
            one, slot = int(serials[row]), int(tracks.track[row])
            facts[one] = tuple(getattr(tracks, name)[slot] for name in names)
            first_s.setdefault(one, float(tracks.time_s[row]))
    icao24, callsign = names.index("icao24"), names.index("callsign")
    by_name = sorted(facts, key=lambda one: (facts[one][icao24], facts[one][callsign], first_s[one]))
    number = {one: place for place, one in enumerate(by_name)}
    track = np.array([number[one] for one in serial.tolist()], dtype=np.int32)
    order = np.lexsort((plots["time_s"], track))
    columns: dict[str, NDArray[Any]] = {name: values[order] for name, values in plots.items()}
    flights = {name: np.array([facts[one][place] for one in by_name], dtype=object) for place, name in enumerate(names)}
    return Tracks.taking(columns | {"track": track[order]}, flights, nets.site.plane), order, number


def found_in(nets: LiveNets, order: NDArray[np.int64]) -> dict[str, Any]:
    """What the nets found for the plots of all portions, in the order of the whole table."""
    found = concatenate_portions([portion for _, portion, _ in nets.parts], order)
    return {name: getattr(found, name) for name in ("altitude_ft", "approach", "conflicts")}


def alerts_of(nets: LiveNets, events: list[LiveEvent], number: Mapping[int, int]) -> list[Alert]:
    """The alerts in order of start, with the numbers of their tracks; those that last as they are known now."""
    last: dict[AlertKey, LiveEvent] = {each.key: each for each in events}
    known = {key: one.alert for key, one in nets.announcer.known.items()}
    alerts = [
        replace(
            known.get(each.key, each.alert),
            track=number[each.serials[0]],
            other_track=number[each.serials[1]] if each.serials[1] >= 0 else -1,
        )
        for each in last.values()
    ]
    alerts.sort(key=lambda alert: (alert.start_time_s, alert.track, alert.net, alert.group))
    return [replace(alert, alert_id=place) for place, alert in enumerate(alerts, start=1)]
