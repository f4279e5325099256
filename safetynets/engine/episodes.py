"""Events of the lifecycle put together into episodes, the rows of `Alert`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine import lifecycle
from safetynets.engine.alerts import Columns
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.kernels.lifecycle import CLEARED, LOST, NOT_JUDGED, REANNOUNCED, RENAMED, START, STILL, WORSE
from safetynets.engine.net import Net
from safetynets.engine.reasons import Kind, Reason
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.lifecycle import Events
    from safetynets.engine.pairs import Pairs

STILL_ACTIVE = "still active at the end of the tracks"
KIND_WORDS = np.array([kind.word for kind in Kind], dtype=object)
SEVERITIES = np.array(["caution", "warning"], dtype=object)

_ENDS = {-CLEARED: "cleared", -LOST: "track lost", -STILL: STILL_ACTIVE}
_NOT_JUDGED = {
    int(reason): f"{'not assessable' if reason.not_assessable else 'excluded'}: {reason.word}" for reason in Reason
} | {int(Reason.NOT_ON_APPROACH): "left the approach"}
END_WORDS = np.array(
    [(_NOT_JUDGED | _ENDS).get(code, "") for code in (*range(max(Reason) + 1), *range(-STILL, 0))], dtype=object
)
"""How an alert ended: by the `Reason` of the plot that is not judged, else by the event with the sign changed."""


class EventList(NamedTuple):
    """Events of one net and group, those of a track in their order, with what is known where alerts start.

    `subjects` are the tracks that the events are about, of a pair the first. `opening` holds columns of `Alert`, one
    row a start, and whether it is `severe`; `renamed` is the new area of each event that renames an alert.
    """

    net: Net
    group: str
    events: Events
    subjects: NDArray[np.integer[Any]]
    opening: dict[str, NDArray[Any]]
    renamed: NDArray[np.object_]

    def select(self, which: NDArray[np.bool_]) -> EventList:
        """Some of the events, whole episodes of them."""
        what = self.events.what
        return self._replace(
            events=lifecycle.select(self.events, which),
            subjects=self.subjects[which],
            opening={name: column[which[what == START]] for name, column in self.opening.items()},
            renamed=self.renamed[which[what == RENAMED]],
        )

    def renumbered(self, number: NDArray[np.int32]) -> EventList:
        """The events of those pairs that have another number now; `number` is the new one of each, -1 for none."""
        kept = self.select(number[self.events.track] >= 0)
        return kept._replace(events=kept.events._replace(track=number[kept.events.track]))


def merged(lists: Sequence[EventList]) -> list[EventList]:
    """The lists with those of one net and group put together, the events of a track in their order."""
    groups: dict[tuple[str, str], list[EventList]] = {}
    for one in lists:
        groups.setdefault((one.net.name, one.group), []).append(one)
    return [some[0] if len(some) == 1 else _merged(some) for some in groups.values()]


def _merged(lists: Sequence[EventList]) -> EventList:
    """Lists of one net and group as one."""
    first = lists[0]
    return first._replace(
        events=lifecycle.concatenate_events([one.events for one in lists]),
        subjects=_joined(one.subjects for one in lists),
        opening={name: _joined(one.opening[name] for one in lists) for name in first.opening},
        renamed=_joined(one.renamed for one in lists),
    )


def event_list(
    events: Events,
    tracks: Tracks,
    conflicts: Conflicts,
    at: NDArray[np.int64],
    qnh_hpa: NDArray[np.float64],
    on_final: NDArray[np.bool_],
    pairs: Pairs | None = None,
) -> EventList:
    """Events of a net; `at` is the row of the conflicts, and of `qnh_hpa` and `on_final`, of each event.

    With `pairs` the subjects of the events are these.
    """
    start = events.what == START
    row, plot = at[start], events.row[start]
    if pairs is not None:
        plot = pairs.row[plot]
    areas = np.array([*conflicts.areas, ""], dtype=object)
    track, other = tracks.track[plot], np.full(len(plot), -1, dtype=np.int32)
    if pairs is not None:
        number = events.track[start]
        track, other = pairs.first[number], pairs.second[number]
    opening: dict[str, NDArray[Any]] = {
        "track": track,
        "callsign": tracks.callsign[track],
        "other_track": other,
        "other_callsign": np.append(tracks.callsign, "")[other],
        "start_time_s": tracks.time_s[plot],
        "kind": KIND_WORDS[conflicts.kind[row]],
        "area": areas[conflicts.area[row]],
        "qnh_hpa": qnh_hpa[row],
        "on_final": on_final[row],
    }
    for name in ("latitude_deg", "longitude_deg", "vectored", "visual", "on_ground"):
        opening[name] = getattr(tracks, name)[plot]
    for name in ("severe", "margin_ft", "margin_m", "altitude_ft", "minimum_ft", "lateral_deviation_m"):
        opening[name] = getattr(conflicts, name)[row]
    for name in ("vertical_deviation_ft", "time_to_violation_s"):
        opening[name] = getattr(conflicts, name)[row]
    renamed = areas[conflicts.area[at[events.what == RENAMED]]]
    subjects = events.track if pairs is None else pairs.first[events.track]
    return EventList(conflicts.net, conflicts.group, events, subjects, opening, renamed)


def episodes(lists: Sequence[EventList]) -> Columns:
    """The columns of `Alert` for all episodes, but for what is decided about them together.

    `net_and_group` numbers the pairs of these in their order. There is at least one list, which may be empty, and for
    every episode an event that ends it, or says that it is `STILL` active.
    """
    groups = sorted({(one.net.name, one.group) for one in lists})
    net_and_group = np.array([groups.index((one.net.name, one.group)) for one in lists])
    part = np.repeat(np.arange(len(lists)), [len(one.events.what) for one in lists])
    events = lifecycle.concatenate_events([one.events for one in lists])._asdict()
    opened = np.cumsum(events["what"] == START) - 1
    new_name = np.cumsum(events["what"] == RENAMED) - 1

    order = np.lexsort((events["track"], net_and_group[part]))
    events = {name: column[order] for name, column in events.items()}
    what, time_s = events["what"], events["time_s"]
    starts, ends, again = what == START, what >= CLEARED, np.isin(what, (REANNOUNCED, RENAMED))
    episode, opened, of_group = np.cumsum(starts) - 1, opened[order][starts], net_and_group[part[order][starts]]
    opening = {name: _joined(one.opening[name] for one in lists)[opened] for name in lists[0].opening}
    severe = opening.pop("severe")
    severe[episode[what == WORSE]] = True
    reannounced_s = np.empty(len(severe), dtype=object)
    reannounced_s.fill(())
    for number, again_s in zip(episode[again].tolist(), time_s[again].tolist(), strict=True):
        if again_s not in reannounced_s[number]:
            reannounced_s[number] += (again_s,)
    earlier = np.empty(len(severe), dtype=object)
    earlier.fill(())
    names, which = _joined(one.renamed for one in lists), new_name[order]
    for event in np.flatnonzero(what == RENAMED).tolist():
        earlier[episode[event]] += (opening["area"][episode[event]],)
        opening["area"][episode[event]] = names[which[event]]
    worst_margin_ft = events["worst_margin_ft"][ends]
    return opening | {
        "net": np.array([net for net, _ in groups], dtype=object)[of_group],
        "group": np.array([group for _, group in groups], dtype=object)[of_group],
        "net_and_group": of_group,
        "severity": SEVERITIES[severe.astype(np.int8)],
        "first_conflict_time_s": events["first_conflict_s"][starts],
        "end_time_s": time_s[ends],
        "end_reason": END_WORDS[np.where(what[ends] == NOT_JUDGED, events["reason"][ends], -what[ends])],
        "worst_margin_ft": np.where(np.isfinite(worst_margin_ft), worst_margin_ft, np.nan),
        "reannounced_times_s": reannounced_s,
        "earlier_areas": earlier,
    }


def _joined(columns: Iterable[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(list(columns))
