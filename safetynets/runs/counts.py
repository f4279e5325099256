"""What a run judged, what it did not, and why: the counts that keep silence from passing for safety."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.net import nets, nets_at, nets_of
from safetynets.engine.reasons import Reason
from safetynets.engine.schedules import active_periods
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks


def plots_by_net(conflicts: Sequence[Conflicts]) -> dict[str, dict[str, Any]]:
    """For each net that ran: plots judged, plots excluded by a rule, plots not assessable, each by reason.

    A plot that a net judged against any of its groups of areas counts as judged.
    """
    counts: dict[str, dict[str, Any]] = {}
    for net in nets():
        groups = [table for table in conflicts if table.net is net]
        if not groups:
            continue
        judged = np.any([table.assessable for table in groups], axis=0)
        reasons = Counter(groups[0].reason[~judged].tolist())
        by_word = {Reason(code): count for code, count in sorted(reasons.items())}
        counts[net.name] = {
            "plots": len(judged),
            "judged": int(judged.sum()),
            "excluded": {reason.word: count for reason, count in by_word.items() if not reason.not_assessable},
            "not_assessable": {reason.word: count for reason, count in by_word.items() if reason.not_assessable},
        }
    return counts


def added(parts: Sequence[Mapping[str, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """The counts of `plots_by_net` of several portions added up."""
    total: dict[str, dict[str, Any]] = {}
    for net in dict.fromkeys(net for part in parts for net in part):
        of_net = [part[net] for part in parts if net in part]
        by_reason = {}
        for kind in ("excluded", "not_assessable"):
            counted = sum((Counter(one[kind]) for one in of_net), Counter[str]())
            words = [reason.word for reason in Reason if reason.word in counted]
            by_reason[kind] = {word: counted[word] for word in words}
        total[net] = {name: sum(one[name] for one in of_net) for name in ("plots", "judged")} | by_reason
    return total


def approaches_joined(tracks: Tracks, approach: NDArray[np.int32], site: Site) -> dict[str, int]:
    """How many approaches were flown on each path: one for every unbroken stretch of joined plots of one track.

    A stretch counts for the approach it ends on: far out an aircraft may be nearer to that of the next runway.
    """
    ends = np.ones(len(approach), dtype=bool)
    ends[:-1] = (approach[1:] < 0) | (tracks.track[1:] != tracks.track[:-1])
    flown = Counter(approach[ends & (approach >= 0)].tolist())
    return {path.name: flown[index] for index, path in enumerate(site.approaches)}


def closed_approaches(tracks: Tracks, site: Site) -> tuple[str, ...]:
    """One sentence for each approach that no configuration has open all the time that tracks last: it is not watched.

    Nothing is said of a net that the site switches off.
    """
    if not len(tracks) or not any(net.has_phases for net in nets_at(site)):
        return ()
    first_s, last_s = float(tracks.time_s.min()), float(tracks.time_s.max())
    said = []
    for approach in site.approaches:
        schedule = site.approach_schedules.get(approach.name)
        if schedule is None:
            continue
        open_s = sum(
            max(0.0, min(end_s, last_s) - max(start_s, first_s))
            for start_s, end_s in active_periods(schedule, first_s, last_s)
        )
        if last_s > first_s and open_s < last_s - first_s:
            named = ", ".join(one.name for one in site.configurations if approach.name in one.approaches)
            share = 100.0 * (1.0 - open_s / (last_s - first_s))
            said.append(
                f"{approach.name} is closed for {share:.0f} % of the time, as its configuration ({named}) is not in "
                "force; who flies it then is not watched there"
            )
    return tuple(said)


def alerts_by_net(alerts: Sequence[Alert], site: Site) -> dict[str, dict[str, int]]:
    """Alerts of each net of a site: all, and those shown to the controller."""
    return {
        net.name: {
            "alerts": sum(alert.net == net.name for alert in alerts),
            "shown": sum(alert.net == net.name and alert.shown for alert in alerts),
        }
        for net in nets_of(site)
    }


def loud_silences(plots: Mapping[str, Mapping[str, Any]], site: Site) -> tuple[str, ...]:
    """One sentence for each net that could not judge plots for want of a QNH, or judged none at all.

    Nothing is said of a net that the site switches off: that it is silent is what the site asks for.
    """
    said: list[str] = []
    for net, counts in plots.items():
        if net in site.switched_off:
            continue
        without_qnh = counts["not_assessable"].get(Reason.QNH_UNKNOWN.word, 0)
        if without_qnh:
            said.append(
                f"{net}: {without_qnh:,} of {counts['plots']:,} plots could not be judged because no QNH is known "
                "there and then; no alert does not mean no danger"
            )
        elif counts["plots"] and not counts["judged"]:
            why = ", ".join(
                f"{reason} {count:,}"
                for part in ("not_assessable", "excluded")
                for reason, count in counts[part].items()
            )
            said.append(f"{net}: not one of {counts['plots']:,} plots was judged ({why})")
    return tuple(said)
