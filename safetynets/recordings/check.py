"""What was understood of a recording, and what will not be assessable: one screen before anything is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.recordings.asterix.summary_text import summary_lines
from safetynets.recordings.names import RECORDING
from safetynets.recordings.profile import Profile
from safetynets.recordings.read import read_tracks
from safetynets.recordings.result import ReadResult
from safetynets.tracks.cleaning import CleaningRule, clean, count_flags
from safetynets.tracks.derive import derive
from safetynets.tracks.table import PlotFlag, Tracks

ALTITUDE_STEPS_FT = (1000.0, 100.0, 25.0, 12.5, 6.25, 1.0)
STEP_SHARE = 0.98


@dataclass(frozen=True)
class Checked:
    """A recording as it was understood, and the facts about it by heading.

    Attributes
    ----------
    result
        What was read.
    facts
        For each heading its facts, ready for JSON.
    refused
        Whether a replay would refuse it, because it contradicts itself beyond doubt.
    """

    result: ReadResult
    facts: Mapping[str, Any]
    refused: bool


def check_recording(path: str | Path, profile: Profile | None = None, qnh_hpa: float | None = None) -> Checked:
    """Read and clean a recording, and say what it holds.

    Raises
    ------
    TracksError
        For a file that cannot be read at all.
    """
    profile = profile or Profile()
    result = read_tracks(path, profile=profile, qnh_hpa=qnh_hpa, strict=False)
    read = clean(result.tracks)
    tracks = derive(read)
    facts = {
        "file": Path(path).name,
        "format": result.format,
        "columns": {
            name: {"taken_for": meaning.column, "unit": meaning.unit or None, "unit_known_by": meaning.known}
            for name, meaning in result.columns.items()
        },
        "altitude_reference": profile.altitude_reference,
        "plots": len(tracks),
        "tracks": tracks.track_count,
        "aircraft": len({address for address in tracks.icao24.tolist() if address}),
        "times": _times(tracks),
        "altitudes": _altitudes(tracks, result),
        "identities": {
            "with_address": _share_of_tracks(tracks, "icao24"),
            "with_call_sign": _share_of_tracks(tracks, "callsign"),
            **{
                name.replace(" ", "_"): result.counts.get(name, 0)
                for name in ("plots given the call sign of their aircraft", "plots with a garbled call sign")
            },
        },
        "coverage": {
            name: _share(~np.isnan(getattr(read, column)))
            for name, column in (
                ("position", "latitude_deg"),
                ("pressure_altitude", "pressure_altitude_ft"),
                ("geometric_altitude", "geometric_altitude_ft"),
                ("velocity", "vx_mps"),
                ("vertical_rate", "vertical_rate_fpm"),
                ("selected_altitude", "selected_altitude_ft"),
                ("barometric_setting", "baro_setting_hpa"),
            )
        }
        | {"on_ground_known": _share(read.on_ground >= 0)},
        "flags": {name: count for name, count in count_flags(tracks).items() if count},
        "not_assessable": dict(_not_assessable(read, tracks)),
        **({"asterix": dict(result.details)} if result.details else {}),
        "notes": list(result.notes),
        "warnings": list(result.warnings),
    }
    return Checked(result, facts, result.refused)


def _share(known: NDArray[np.bool_]) -> float:
    return round(float(known.mean()), 4) if len(known) else 0.0


def _share_of_tracks(tracks: Tracks, name: str) -> float:
    words = getattr(tracks, name)
    return round(float((words != "").mean()), 4) if len(words) else 0.0


def _times(tracks: Tracks) -> dict[str, Any]:
    seconds = np.diff(tracks.time_s)[np.diff(tracks.track) == 0]
    steps = seconds[seconds > 0]
    gaps = seconds[seconds > CleaningRule().gap_s]
    return {
        "first_utc": _utc(float(tracks.time_s.min())),
        "last_utc": _utc(float(tracks.time_s.max())),
        "update_period_s": round(float(np.median(steps)), 2) if len(steps) else None,
        "gaps": len(gaps),
        "longest_gap_s": round(float(gaps.max()), 1) if len(gaps) else None,
    }


def _utc(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _altitudes(tracks: Tracks, result: ReadResult) -> dict[str, Any]:
    wrong = (tracks.flags & (PlotFlag.ALTITUDE_SPIKE | PlotFlag.ALTITUDE_MISSING)) != 0
    altitude_ft = tracks.pressure_altitude_ft[~wrong]
    if not len(altitude_ft):
        return {"lowest_ft": None, "highest_ft": None, "step_ft": None, "zeros_unknown": 0}
    values = np.unique(altitude_ft[:: max(1, len(altitude_ft) // 100_000)])
    steps = [step for step in ALTITUDE_STEPS_FT if _stand_in(values, step)]
    return {
        "lowest_ft": round(float(altitude_ft.min()), 1),
        "highest_ft": round(float(altitude_ft.max()), 1),
        "step_ft": steps[0] if steps else None,
        "zeros_unknown": result.counts.get("plots whose altitude of zero is unknown", 0),
    }


def _stand_in(values: NDArray[np.float64], step: float) -> bool:
    """Whether nearly all values are whole steps."""
    return bool((np.abs(values / step - np.round(values / step)) < 1e-3).mean() > STEP_SHARE)


def _not_assessable(read: Tracks, tracks: Tracks) -> Iterator[tuple[str, int]]:
    """How many plots no net can judge, by the reason that is met first."""
    reasons = (
        ("no position", (tracks.flags & PlotFlag.POSITION_MISSING) != 0),
        ("no pressure altitude", (tracks.flags & PlotFlag.ALTITUDE_MISSING) != 0),
        ("altitude spike", (tracks.flags & PlotFlag.ALTITUDE_SPIKE) != 0),
        ("position and altitude repeated", (tracks.flags & PlotFlag.STUCK) != 0),
        ("same time as the plot before", (tracks.flags & PlotFlag.DUPLICATE) != 0),
        ("no velocity, and none can be derived", np.isnan(tracks.vx_mps)),
        ("no vertical rate, and none can be derived", np.isnan(tracks.vertical_rate_fpm)),
    )
    left = np.ones(len(read), dtype=bool)
    for reason, holds in reasons:
        count = int((left & holds).sum())
        if count:
            yield reason, count
        left &= ~holds


def _counted(count: int, word: str) -> str:
    """A count and what is counted, in the plural where it is one.

    >>> _counted(1, "track"), _counted(2000, "plot"), _counted(2, "aircraft by address")
    ('1 track', '2,000 plots', '2 aircraft by address')
    """
    return f"{count:,} {word}{'s' if count != 1 and ' ' not in word else ''}"


def told(checked: Checked) -> Iterator[str]:
    """The facts as lines of text, one screen of them."""
    facts = checked.facts
    times, altitudes, coverage, identities = (facts[key] for key in ("times", "altitudes", "coverage", "identities"))
    yield f"{facts['file']}: {facts['format']}"
    counts = (("plots", "plot"), ("tracks", "track"), ("aircraft", "aircraft by address"))
    yield "  " + ", ".join(_counted(facts[key], word) for key, word in counts)
    every = "" if times["update_period_s"] is None else f", a plot every {times['update_period_s']:g} s"
    gaps = f", {times['gaps']:,} gaps, the longest {times['longest_gap_s']:g} s" if times["gaps"] else ", no gaps"
    yield f"  {times['first_utc']} to {times['last_utc']}{every}{gaps}"
    if altitudes["lowest_ft"] is not None:
        on = {"pressure": "pressure altitudes", "qnh": "altitudes on the QNH"}[facts["altitude_reference"]]
        steps = f", in steps of {altitudes['step_ft']:g} ft" if altitudes["step_ft"] else ""
        zeros = f", {altitudes['zeros_unknown']:,} zeros unknown" if altitudes["zeros_unknown"] else ""
        yield f"  {on} of {altitudes['lowest_ft']:,.0f} to {altitudes['highest_ft']:,.0f} ft{steps}{zeros}"
    merged = [
        f"{identities[key]:,} {words}"
        for key, words in (
            ("plots_given_the_call_sign_of_their_aircraft", "plots given the call sign of their aircraft"),
            ("plots_with_a_garbled_call_sign", "garbled call signs"),
        )
        if identities[key]
    ]
    yield (
        f"  {identities['with_address']:.0%} of the tracks have an address, "
        f"{identities['with_call_sign']:.0%} a call sign" + "".join(f", {one}" for one in merged)
    )
    if facts["columns"]:
        yield "Units"
        for name, one in facts["columns"].items():
            if one["unit"]:
                usual = RECORDING[one["taken_for"]][1]
                becomes = f", converted to {usual}" if one["unit"] != usual else ""
                yield f"  {name}: {one['taken_for']} in {one['unit']} ({one['unit_known_by']}){becomes}"
    yield "Known of the plots"
    shares = [f"{name.replace('_', ' ')} {share:.0%}" for name, share in coverage.items()]
    yield f"  {', '.join(shares[:5])}"
    yield f"  {', '.join(shares[5:])}"
    yield "Not assessable"
    lost = facts["not_assessable"]
    if lost:
        yield from (f"  {count:,} plots: {reason}" for reason, count in lost.items())
    else:
        yield "  every plot can be judged, where the QNH is known"
    for name, what in (("selected_altitude", "selected altitude"), ("barometric_setting", "barometric setting")):
        if not coverage[name]:
            yield f"  no {what} is recorded: nothing that compares it can be judged"
    if "asterix" in facts:
        yield from summary_lines(facts["asterix"])
    if facts["notes"]:
        yield "Notes"
        yield from (f"  {note}" for note in facts["notes"])
    if facts["warnings"]:
        yield "REFUSED BY REPLAY" if checked.refused else "Warnings"
        yield from (f"  {warning}" for warning in facts["warnings"])
