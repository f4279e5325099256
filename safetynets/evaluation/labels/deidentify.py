"""Situations to hand to an expert: what was flown, without who flew it and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.altimetry import STANDARD_PRESSURE_HPA, mode_c_ft
from safetynets.engine.track_state import track_state_of
from safetynets.evaluation.labels.situations import Situations
from safetynets.sites.geometry import Site
from safetynets.tracks import PlotFlag, Tracks, column_names

MARGIN_S = 60.0
"""So much of the flight is shown before and after the situation."""
NO_STATES_ADDRESS = 0xF00000
"""Addresses from here on belong to no State (recalled from ICAO Annex 10 Volume III)."""
_KEPT = ("latitude_deg", "longitude_deg", "x_m", "y_m", "vx_mps", "vy_mps", "vertical_rate_fpm")
_KEPT_TOO = ("geometric_altitude_ft", "vectored", "visual", "coasted", "on_ground")


@dataclass(frozen=True, eq=False)
class Deidentified:
    """Situations in a drawn order, with one short track each.

    `names` and `flights` are made up, one a situation; one flight keeps its name throughout. `situations` are the true
    ones, in the same order: they belong into the key and nowhere else. `tracks` number the situations; times count from
    the begin of each, and `from_s` and `to_s` are the span on that clock.
    """

    names: tuple[str, ...]
    flights: tuple[str, ...]
    situations: Situations
    tracks: Tracks
    from_s: NDArray[np.float64]
    to_s: NDArray[np.float64]


def deidentified(tracks: Tracks, site: Site, situations: Situations, seed: int) -> Deidentified:
    """The situations without call sign, address, SSR code, type, destination, setting and time; the same for one seed.

    The geometry stays, true to the site: altitudes are those on the QNH, sent as if it were 1013.25 hPa, so that the
    QNH does not tell the day. Whoever has the recording finds a flight again by its shape.
    """
    random = np.random.default_rng(seed)
    order = random.permutation(len(situations))
    shuffled = situations.select(order)
    flights = np.unique(shuffled.track)
    number_of = dict(zip(flights.tolist(), random.permutation(len(flights)).tolist(), strict=True))
    width = max(3, len(str(len(shuffled))))
    numbers = [number_of[track] + 1 for track in shuffled.track.tolist()]
    parts = list(_parts(tracks, shuffled))
    begin_s = np.array([tracks.time_s[rows[0]] if len(rows) else 0.0 for rows in parts])
    rows = np.concatenate([*parts, np.zeros(0, dtype=np.intp)]).astype(np.intp)
    of = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    names = tuple(f"S{place:0{width}d}" for place in range(1, len(shuffled) + 1))
    return Deidentified(
        names=names,
        flights=tuple(f"FLIGHT{number:0{width}d}" for number in numbers),
        situations=shuffled,
        tracks=_without_identity(tracks, site, rows, of, begin_s, numbers, width),
        from_s=shuffled.from_s - begin_s,
        to_s=shuffled.to_s - begin_s,
    )


def _parts(tracks: Tracks, situations: Situations) -> Iterator[NDArray[np.intp]]:
    """The rows of the tracks that each situation shows."""
    for track, from_s, to_s in zip(
        situations.track.tolist(), situations.from_s.tolist(), situations.to_s.tolist(), strict=True
    ):
        of_track = tracks.rows_of(track)
        first, last = np.searchsorted(tracks.time_s[of_track], [from_s - MARGIN_S, to_s + MARGIN_S])
        yield np.arange(of_track.start + first, of_track.start + last)


def _without_identity(
    tracks: Tracks,
    site: Site,
    rows: NDArray[np.intp],
    of: NDArray[np.intp],
    begin_s: NDArray[np.float64],
    numbers: list[int],
    width: int,
) -> Tracks:
    of_plots = track_state_of(tracks, site)
    plots: dict[str, ArrayLike] = {name: getattr(tracks, name)[rows] for name in (*_KEPT, *_KEPT_TOO)}
    plots |= {
        "time_s": tracks.time_s[rows] - begin_s[of],
        "track": of,
        "pressure_altitude_ft": _as_if_standard(of_plots.altitude_ft[rows]),
        "cleared_altitude_ft": of_plots.cleared_level_ft[rows],
        "flags": tracks.flags[rows] & ~np.uint8(PlotFlag.AFTER_GAP),
    }
    facts: dict[str, ArrayLike] = {
        "callsign": [f"FLIGHT{number:0{width}d}" for number in numbers],
        "icao24": [f"{NO_STATES_ADDRESS + number:06x}" for number in numbers],
    }
    if not numbers:
        facts = {name: [] for name in column_names("track")}
    return Tracks.from_columns(plots, facts, tracks.plane)


def _as_if_standard(altitude_ft: NDArray[np.float64]) -> NDArray[np.float64]:
    return mode_c_ft(altitude_ft, np.full(len(altitude_ft), STANDARD_PRESSURE_HPA))
