"""The alerts that an operational system has sent, compared with those of a run on the same traffic: shadow running."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.engine.alerts import Alert
from safetynets.engine.follow import alerts_of
from safetynets.engine.net import Net, nets_of
from safetynets.errors import StudyError
from safetynets.evaluation.comparison.compare import together
from safetynets.evaluation.comparison.comparison import Comparison
from safetynets.evaluation.comparison.day import changes_between
from safetynets.evaluation.comparison.why import explained, most_telling
from safetynets.evaluation.labels import label
from safetynets.evaluation.labels.traffic import traffic_to_label
from safetynets.evaluation.metrics import traffic_amount
from safetynets.recordings.asterix.alert_messages import SentAlert, SentAlerts, read_alert_messages
from safetynets.recordings.containers import sniff
from safetynets.runs.folder import TRACKS
from safetynets.runs.manifest import sha256
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

APART_S = 1.0
"""Starts that differ by no more are the same: a message is sent some time after its plot (simulator default)."""
NEAR_S = 60.0
"""So long before its first and after its last plot a track is still that of an alert (simulator default)."""
HEAD_BYTES = 1 << 16


def is_recording(path: Path) -> bool:
    """Whether a file looks like a recording of ASTERIX."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES)) is not None


def compare_operational(
    recording: Path,
    run: Path,
    explain_at_most: int,
    site: str | None = None,
    area_codes: Callable[[Iterable[str]], Mapping[str, str]] | None = None,
    labels_wrong_share: float = 0.0,
) -> Comparison:
    """Compare the alerts of a recording of category 004 (before) with those of a run on the same traffic (after).

    An alert of the recording is about the track of the run that has its call sign, or else its SSR code, at that time.

    Parameters
    ----------
    recording
        The file.
    run
        The folder of the run; the day of a recording without dates is that of its tracks.
    explain_at_most
        So many changed alerts are explained, by what the run makes of the flight.
    site
        Needed where the site of the run is not a shipped one.
    area_codes
        From the names of the volumes of the site to the code that stands for each in item 100; without it its name.
    labels_wrong_share
        Up to this share of the labels may be wrong.

    Returns
    -------
    Comparison
        Alerts gained, lost and moved; what could not be compared is in its caveats.

    Raises
    ------
    InputError
        For a recording or a run that cannot be used.
    """
    traffic = traffic_to_label(run, site)
    tracks, place = traffic.tracks, traffic.site
    first_s, last_s = float(tracks.time_s.min()), float(tracks.time_s.max())
    sent = read_alert_messages(recording, datetime.fromtimestamp(first_s, UTC).date())
    if not any(first_s - NEAR_S <= alert.start_s <= last_s + NEAR_S for alert in sent.alerts) and sent.alerts:
        raise StudyError(
            f"no alert of it is of the time of the run ({_time(first_s)} to {_time(last_s)}; its first is at "
            f"{_time(sent.alerts[0].start_s)})",
            file=recording,
            mend="give the run of the same day",
        )
    before, unmatched = on_tracks(sent, tracks, place, area_codes)
    after = alerts_of(tracks, place)
    situations, amount = label(tracks, place, traffic.truth), traffic_amount(tracks)
    told = tuple(net.name for net in nets_of(place))
    day = changes_between(run.name, before, after, told, situations, amount, apart_s=APART_S)
    telling = most_telling(day.changed, explain_at_most)
    changed = [explained(one, tracks, None, place) if at in telling else one for at, one in enumerate(day.changed)]
    facts = {
        "day": run.name,
        "file": TRACKS,
        "sha256": sha256(run / TRACKS),
        "flights": amount.flights,
        "plots": len(tracks),
        "hours": round(amount.hours, 3),
    }
    names = (recording.name, str(run))
    found = together([day], changed, names=names, values={}, traffic=[facts], labels_wrong_share=labels_wrong_share)
    return replace(found, caveats=(*_caveats(sent, unmatched), *found.caveats))


def on_tracks(
    sent: SentAlerts,
    tracks: Tracks,
    site: Site,
    area_codes: Callable[[Iterable[str]], Mapping[str, str]] | None = None,
) -> tuple[list[Alert], Counter[str]]:
    """The alerts of a recording as alerts about the tracks of a run, and how many cannot be one, by the reason.

    `area_codes` is as for `compare_operational`.
    """
    by_type = {number: net for net in nets_of(site) if net.cat004 for number in net.cat004.types}
    names = [volume.name for volume in site.volumes]
    codes = {} if area_codes is None else {code: name for name, code in area_codes(names).items()}
    unmatched: Counter[str] = Counter()
    return list(_on_tracks(sent, tracks, site, by_type, codes, unmatched)), unmatched


def _on_tracks(
    sent: SentAlerts,
    tracks: Tracks,
    site: Site,
    by_type: Mapping[int, Net],
    codes: Mapping[str, str],
    unmatched: Counter[str],
) -> Iterator[Alert]:
    """The alerts of a recording as alerts about the tracks of a run; what cannot be one is counted."""
    named = _Named(tracks)
    for alert in sent.alerts:
        net = by_type.get(alert.type)
        if net is None:
            unmatched[f"of message type {alert.type}, which no net of the run sends"] += 1
            continue
        track = named.track_of(alert.callsign, alert.ssr_code, alert.start_s)
        if track < 0:
            unmatched["about an aircraft that the run does not have at that time"] += 1
            continue
        other = -1
        if net.near is not None:
            other = named.track_of(alert.other_callsign, alert.other_ssr_code, alert.start_s)
        yield _as_alert(alert, net, tracks, site, track, other, codes)


class _Named:
    """The tracks of a run by call sign and by SSR code."""

    def __init__(self, tracks: Tracks) -> None:
        rows = np.searchsorted(tracks.track, np.arange(tracks.track_count + 1))
        plots = np.diff(rows) > 0
        self._spans = {
            track: (float(tracks.time_s[rows[track]]), float(tracks.time_s[rows[track + 1] - 1]))
            for track in np.flatnonzero(plots).tolist()
        }
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        for track in self._spans:
            self._by_name["callsign", str(tracks.callsign[track])].append(track)
            self._by_name["ssr", str(tracks.ssr_code[track])].append(track)

    def track_of(self, callsign: str, ssr_code: str, time_s: float) -> int:
        """The track of an aircraft at a time; -1 where there is none, or more than one."""
        for key in (("callsign", callsign), ("ssr", ssr_code)):
            if not key[1]:
                continue
            there = [
                track
                for track in self._by_name.get(key, ())
                if self._spans[track][0] - NEAR_S <= time_s <= self._spans[track][1] + NEAR_S
            ]
            if len(there) == 1:
                return there[0]
        return -1


def _as_alert(
    sent: SentAlert, net: Net, tracks: Tracks, site: Site, track: int, other: int, codes: Mapping[str, str]
) -> Alert:
    area = codes.get(sent.area, sent.area) or sent.runway
    groups = list(net.groups(site))
    group = next((one for one in groups if area in net.areas(site, one)), groups[0] if groups else "")
    unknown: dict[str, Any] = {each.name: np.nan for each in fields(Alert)}
    if net.near is not None and 0 <= other < track:
        track, other = other, track
    return Alert(
        **unknown
        | {
            "alert_id": sent.number,
            "net": net.name,
            "kind": "",
            "severity": "warning" if sent.severe else "caution",
            "callsign": str(tracks.callsign[track]),
            "track": track,
            "area": area,
            "group": group,
            "first_conflict_time_s": sent.start_s,
            "start_time_s": sent.start_s,
            "end_time_s": sent.last_s if np.isnan(sent.end_s) else sent.end_s,
            "end_reason": "",
            "time_to_violation_s": sent.time_to_violation_s,
            "vectored": -1,
            "visual": -1,
            "on_final": False,
            "reannounced_times_s": (),
            "earlier_areas": (),
            "shown": True,
            "shown_time_s": sent.start_s,
            "shown_as": net.name,
            "suppressed_by": "",
            "other_track": other,
            "other_callsign": str(tracks.callsign[other]) if other >= 0 else "",
        }
    )


def _caveats(sent: SentAlerts, unmatched: Counter[str]) -> Sequence[str]:
    """What of the recording could not be compared."""
    said = [f"The recording holds {len(sent.alerts):,} alerts in {sum(sent.messages.values()):,} messages."]
    said += [f"{count:,} of them are {what}: not compared." for what, count in sorted(unmatched.items())]
    if sent.undecodable:
        said.append(f"{sent.undecodable:,} of its {sent.blocks:,} blocks could not be decoded.")
    open_ended = sum(bool(np.isnan(alert.end_s)) for alert in sent.alerts)
    if open_ended:
        said.append(f"{open_ended:,} have no end of conflict: they are taken to end with their last message.")
    said.append(
        "An alert has moved when its start differs by more than 1 s: a message is sent some time after its plot."
    )
    return said


def _time(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
