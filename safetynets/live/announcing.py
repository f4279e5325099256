"""From the alerts of a monitor to what happened to them since: starts, updates and ends, each told once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.alerts import Alert
from safetynets.engine.conflicts import Conflicts
from safetynets.engine.monitor import Portion, concatenate_portions
from safetynets.exports.finished_run import Moment
from safetynets.exports.warning_times import warning_times_s
from safetynets.live.flights import Flights
from safetynets.runs.desks import delivery_of_plot
from safetynets.sites.delivery import Delivery
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks, column_names

What = Literal["end", "start", "shown", "update", "delivered"]
WHATS: tuple[What, ...] = get_args(What)
"""In the order in which they are told where they happen at one time."""


class AlertKey(NamedTuple):
    """What tells one alert from every other, however the plots were portioned."""

    net: str
    group: str
    identity: int
    other_identity: int
    start_time_s: float


class Place(NamedTuple):
    """The row of a portion with a plot."""

    tracks: Tracks
    portion: Portion
    row: int

    def of_rows(self, rows: NDArray[np.int64]) -> tuple[Tracks, Portion]:
        """Some plots of the portion, as tracks without a plane and as a portion of their own."""
        portion = self.portion
        conflicts = tuple(table.at(rows) for table in portion.conflicts)
        columns = (portion.altitude_ft[rows], portion.qnh_hpa[rows], portion.approach[rows])
        return replace(self.tracks.select(rows), plane=None), Portion(*columns, conflicts)


@dataclass(eq=False)
class OpenAlert:
    """An alert as it was told last, and where the last plot of its aircraft is."""

    number: int
    alert: Alert
    severe: bool
    place: Place
    ended: bool = False
    began: tuple[Tracks, ...] = ()
    """Of a pair, the last plot of each aircraft when the alert started."""
    delivery: Delivery | None = None
    """The desks that were shown it last; None before it is shown, and in a site without desks."""


@dataclass(frozen=True, eq=False)
class LiveEvent:
    """The start of an alert, the moment it is shown later, an update, other desks that are shown it, or its end.

    Attributes
    ----------
    number
        The number of the alert, from 1.
    alert
        The alert as it is known now.
    severe
        Whether it is a warning by then.
    icao24
        The address of the aircraft, as far as it is known.
    track_number
        The number that the surveillance system gives the track, or ours where it gives none.
    serials
        The tracks of the two aircraft by `Flights.serial`; -1 for none.
    """

    time_s: float
    what: What
    number: int
    alert: Alert
    severe: bool
    key: AlertKey
    place: Place
    site: Site
    icao24: str
    track_number: int
    serials: tuple[int, int] = (0, -1)
    of_pair: Tracks | None = None

    @property
    def tracks(self) -> Tracks:
        """The plots among which the moment is; of a pair the last of each aircraft, now and at the start."""
        return self.place.tracks if self.of_pair is None else self.of_pair

    @property
    def delivery(self) -> Delivery | None:
        """The desks that are shown the alert at the plot of the event; None in a site without desks."""
        return _delivery(self.alert, self.place, self.site)

    def moment(self, alert: Alert, time_s: float) -> Moment:
        """What the net found at the plot of the event."""
        del time_s
        table, row = _table(alert, self.place.portion), self.place.row
        quantities = {
            name: float(getattr(table, name)[row]) for name in Moment._fields if name not in ("severe", "plot")
        }
        plot = row
        if self.of_pair is not None:
            plot = self.of_pair.rows_of(alert.track).stop - 1
        return Moment(severe=bool(table.severe[row]), plot=plot, **quantities)


class Announcer:
    """Knows what was reported of each alert that lasts."""

    def __init__(self) -> None:
        self.known: dict[AlertKey, OpenAlert] = {}
        self.numbers = 0
        self.given: dict[AlertKey, int] = {}
        """Numbers that alerts were given before a restart."""

    @property
    def open(self) -> list[OpenAlert]:
        """The alerts that last, in the order of their numbers."""
        return sorted((one for one in self.known.values() if not one.ended), key=lambda one: one.number)

    def keep(self, lasting: frozenset[int]) -> None:
        """Keep, of the alerts that have ended, those of tracks with an alert that lasts."""
        self.known = {key: one for key, one in self.known.items() if not one.ended or one.alert.track in lasting}

    def drop_other_plots(self) -> None:
        """Keep, of the portions in which the alerts that last were seen, their plots only."""
        self._places_together()
        for one in self.known.values():
            one.began = tuple(replace(tracks, plane=None) for tracks in one.began)

    def _places_together(self) -> None:
        """Put the plots that alerts are at into one portion: it is saved in a fraction of the time of one for each."""
        portions: dict[int, list[OpenAlert]] = {}
        for one in self.known.values():
            portions.setdefault(id(one.place.portion), []).append(one)
        parts, alerts = [], []
        for some in portions.values():
            rows, at = np.unique([one.place.row for one in some], return_inverse=True)
            parts.append(some[0].place.of_rows(rows))
            alerts.append((some, at))
        if not parts:
            return
        tracks, portion, place = _joined_parts(parts)
        first = 0
        for (some, at), (part, _) in zip(alerts, parts, strict=True):
            for one, row in zip(some, at.tolist(), strict=True):
                one.place = Place(tracks, portion, int(place[first + row]))
            first += len(part)

    def events(
        self,
        alerts: Sequence[Alert],
        tracks: Tracks,
        portion: Portion,
        site: Site,
        flights: Flights,
        recent: Sequence[Tracks] = (),
    ) -> list[LiveEvent]:
        """What happened to the alerts of a monitor with the portion that it was fed last, in order.

        `alerts` are those of the tracks of which alerts began, changed or ended; those of others may be among them.
        `recent` are the plots of the last seconds, the portion included, for nets about pairs.
        """
        if not alerts and not self.known:
            return []
        last_row = dict(zip(tracks.track.tolist(), range(len(tracks)), strict=True))
        seen = [(key, one) for key, one in self.known.items() if one.alert.track in last_row and not one.ended]
        for _, one in seen:
            one.place = Place(tracks, portion, last_row[one.alert.track])
        found: list[LiveEvent] = []
        listed = set()
        for each in alerts:
            other = int(flights.identity[each.other_track]) if each.other_track >= 0 else -1
            key = AlertKey(each.net, each.group, int(flights.identity[each.track]), other, each.start_time_s)
            known = self.known.get(key)
            listed.add(key)
            if known is None or not known.ended:
                alert = replace(each, callsign=str(tracks.callsign[each.track]))
                found += self._changes(key, alert, known, tracks, portion, site, flights, recent)
        for key, one in seen if site.desks else ():
            # of an alert that has not changed another desk may be told all the same
            if key not in listed and not one.ended:
                found += self._changes(key, one.alert, one, tracks, portion, site, flights, recent)
        return sorted(found, key=lambda each: (each.time_s, WHATS.index(each.what), each.number))

    def _changes(
        self,
        key: AlertKey,
        alert: Alert,
        known: OpenAlert | None,
        tracks: Tracks,
        portion: Portion,
        site: Site,
        flights: Flights,
        recent: Sequence[Tracks],
    ) -> Iterator[LiveEvent]:
        severe_s = alert.start_time_s if known is not None and known.severe else math.inf
        if severe_s == math.inf and alert.severity == "warning":
            severe_s = _severe_from_s(alert, tracks, portion, site)
        times: list[tuple[float, What]] = []
        if known is None:
            place = _place(alert.track, tracks, portion, alert.start_time_s)
            assert place is not None
            known = OpenAlert(self._number(key), replace(alert, reannounced_times_s=()), False, place)
            known.began = _last_of_pair(alert, recent, alert.start_time_s)
            self.known[key] = known
            times.append((alert.start_time_s, "start"))
            if alert.shown and alert.shown_time_s > alert.start_time_s:
                times.append((alert.shown_time_s, "shown"))
        elif alert.shown and not known.alert.shown:
            times.append((alert.shown_time_s, "shown"))
        end_s = math.inf if math.isnan(alert.end_time_s) else alert.end_time_s
        if alert.shown:
            again = set(alert.reannounced_times_s) - set(known.alert.reannounced_times_s)
            if not known.severe and math.isfinite(severe_s):
                again.add(severe_s)
            times += [(time_s, "update") for time_s in again if alert.shown_time_s < time_s < end_s]
        if alert.shown and site.desks:
            times += [(time_s, "delivered") for time_s in _delivered_anew(alert, known, tracks, portion, site, end_s)]
        if math.isfinite(end_s):
            times.append((end_s, "end"))
            known.ended = True
        number = flights.track_number(alert.track)
        for time_s, what in times:
            of_pair = None
            if alert.other_track >= 0:
                of_pair = _joined([*known.began, *_last_of_pair(alert, recent, time_s)], tracks)
            yield LiveEvent(
                of_pair=of_pair,
                time_s=time_s,
                what=what,
                number=known.number,
                alert=alert,
                severe=severe_s <= time_s,
                key=key,
                place=_place(alert.track, tracks, portion, time_s) or known.place,
                site=site,
                icao24=str(tracks.icao24[alert.track]),
                track_number=alert.track if number < 0 else number,
                serials=(
                    int(flights.serial[alert.track]),
                    int(flights.serial[alert.other_track]) if alert.other_track >= 0 else -1,
                ),
            )
        known.alert, known.severe = alert, math.isfinite(severe_s)

    def _number(self, key: AlertKey) -> int:
        if key in self.given:
            return self.given[key]
        self.numbers += 1
        return self.numbers


def _delivery(alert: Alert, place: Place, site: Site) -> Delivery | None:
    portion = place.portion
    altitude_ft, qnh_hpa = float(portion.altitude_ft[place.row]), float(portion.qnh_hpa[place.row])
    return delivery_of_plot(alert.net, place.tracks, place.row, altitude_ft, qnh_hpa, site)


def _delivered_anew(
    alert: Alert, known: OpenAlert, tracks: Tracks, portion: Portion, site: Site, end_s: float
) -> Iterator[float]:
    """The times of the plots of a portion at which other desks are shown an alert than at the plot before."""
    rows = tracks.rows_of(alert.track)
    until_shown = int(np.searchsorted(tracks.time_s[rows], alert.shown_time_s, side="right"))
    for row in range(rows.start + max(until_shown - 1, 0), rows.stop):
        placed = np.isfinite(portion.altitude_ft[row]) or tracks.on_ground[row] == 1
        if not placed or not np.isfinite(tracks.x_m[row]) or tracks.time_s[row] >= end_s:
            continue
        delivery = _delivery(alert, Place(tracks, portion, row), site)
        if known.delivery not in (None, delivery):
            yield float(tracks.time_s[row])
        known.delivery = delivery


def _place(track: int, tracks: Tracks, portion: Portion, time_s: float) -> Place | None:
    """The last plot of a track in a portion up to a time."""
    rows = tracks.rows_of(track)
    count = int(np.searchsorted(tracks.time_s[rows], time_s, side="right"))
    return Place(tracks, portion, rows.start + count - 1) if count else None


def _last_of_pair(alert: Alert, recent: Sequence[Tracks], time_s: float) -> tuple[Tracks, ...]:
    """The last plot of each aircraft of a pair up to a time, each as tracks; without one of a single aircraft."""
    found = []
    for track in (alert.track, alert.other_track) if alert.other_track >= 0 else ():
        for tracks in reversed(recent):
            rows = tracks.rows_of(track)
            count = int(np.searchsorted(tracks.time_s[rows], time_s, side="right"))
            if count:
                found.append(tracks.select(np.array([rows.start + count - 1])))
                break
    return tuple(found)


def _joined_parts(parts: Sequence[tuple[Tracks, Portion]]) -> tuple[Tracks, Portion, NDArray[np.int64]]:
    """Parts of portions as one, and in which row of it each of their plots is; of tracks it has the newest facts."""
    all_tracks = [tracks for tracks, _ in parts]
    newest = max(all_tracks, key=lambda tracks: float(tracks.time_s[-1]))
    columns = {name: np.concatenate([getattr(tracks, name) for tracks in all_tracks]) for name in column_names("plot")}
    order = np.lexsort((columns["time_s"], columns["track"]))
    flights = {name: getattr(newest, name) for name in column_names("track")}
    tracks = Tracks.taking({name: column[order] for name, column in columns.items()}, flights)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return tracks, concatenate_portions([portion for _, portion in parts], order), place


def _joined(plots: Sequence[Tracks], facts: Tracks) -> Tracks | None:
    """Single plots as one table, each once, with the facts of other tracks; None without any."""
    once = {(int(one.track[0]), float(one.time_s[0])): one for one in plots}
    if not once:
        return None
    columns = {name: np.concatenate([getattr(one, name) for one in once.values()]) for name in column_names("plot")}
    flights = {name: getattr(facts, name) for name in column_names("track")}
    return Tracks.taking(columns, flights, facts.plane)


def _severe_from_s(alert: Alert, tracks: Tracks, portion: Portion, site: Site) -> float:
    """The time from which an alert is a warning, by the plots of a portion in which it became one."""
    rows = tracks.rows_of(alert.track)
    table = _table(alert, portion)
    places = np.arange(rows.start, rows.stop)
    warning_time_s = warning_times_s(alert, site, tracks, places, portion.approach[rows])
    time_s = tracks.time_s[rows]
    within = (time_s >= alert.start_time_s) & table.severe[rows] & (table.time_to_violation_s[rows] <= warning_time_s)
    return float(time_s[within][0]) if within.any() else alert.start_time_s


def _table(alert: Alert, portion: Portion) -> Conflicts:
    return next(one for one in portion.conflicts if (one.net.name, one.group) == (alert.net, alert.group))
