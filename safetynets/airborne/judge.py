"""Which modes speak in a flight, when and why; and why the others keep silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from safetynets.airborne.equipment import Equipment
from safetynets.airborne.modes import MATTERS, MODES, NO_SURVEILLANCE, ON_GROUND, REASONS, Judged, Mode
from safetynets.airborne.state import STEP_S, OnBoard, on_board
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Spoken:
    """One alert on board.

    Attributes
    ----------
    start_s, end_s
        From when to when (UTC seconds since 1970).
    why
        Why, in words.
    """

    start_s: float
    end_s: float
    why: str


@dataclass(frozen=True)
class Silence:
    """The moment at which a silent mode came nearest to its envelope, how near, and the quantities then."""

    time_s: float
    margin: float
    why: str


@dataclass(frozen=True, eq=False, kw_only=True)
class ModeOutcome:
    """What one mode did in a flight, or in a part of it.

    Attributes
    ----------
    mode
        Which mode.
    spoken
        Its alerts in order of time.
    nearest
        Where it came nearest to its envelope without being inside long enough; None where the envelope never reached.
    not_assessable_s
        How long it could not judge (s), by reason; being on the ground is not counted.
    judged_s
        How long it judged (s).
    """

    mode: Mode
    spoken: tuple[Spoken, ...]
    nearest: Silence | None
    not_assessable_s: Mapping[str, float]
    judged_s: float

    @property
    def why(self) -> str:
        """Why it spoke first, or why it did not, in words."""
        if self.spoken:
            return self.spoken[0].why
        unable = ", ".join(f"{why} ({seconds:,.0f} s)" for why, seconds in self.not_assessable_s.items())
        if self.nearest is None:
            if unable and (not self.judged_s or self.not_assessable_s.keys() & MATTERS):
                return f"not assessable: {unable}"
            return f"never near its envelope; not assessable: {unable}" if unable else "never near its envelope"
        near = f"nearest {self.nearest.margin:,.1f} {self.mode.unit} outside: {self.nearest.why}"
        if self.nearest.margin < 0.0:
            near = f"inside for less than {self.mode.held_s:g} s: {self.nearest.why}"
        return f"{near}; not assessable: {unable}" if unable else near


@dataclass(frozen=True, eq=False)
class JudgedFlight:
    """A flight as its equipment measured it, and what every mode made of each moment.

    Attributes
    ----------
    state
        What the equipment measured, one entry a moment.
    judged
        What each mode made of each moment.
    """

    state: OnBoard
    judged: Mapping[Mode, Judged] = field(repr=False)

    def outcomes(self, from_s: float = -np.inf, until_s: float = np.inf) -> tuple[ModeOutcome, ...]:
        """What each mode did between two moments: alerts that were on there, and why the silent ones were silent.

        Parameters
        ----------
        from_s, until_s
            The moments (UTC seconds since 1970), both included; without them the whole flight.

        Returns
        -------
        tuple of ModeOutcome
            One a mode.

        Examples
        --------
        See `judge_flight`.
        """
        return tuple(_outcome(mode, self.state, judged, from_s, until_s) for mode, judged in self.judged.items())


def judge_flight(
    tracks: Tracks, altitude_ft: Floats, track: int, site: Site, equipment: Equipment | None = None
) -> JudgedFlight:
    """Judge one track by every mode.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    altitude_ft
        Altitude on the QNH of every plot (ft).
    track
        Number of the track.
    site
        Terrain, and the approaches whose thresholds are the runway database.
    equipment
        What is assumed of the equipment; by default a perfect position.

    Returns
    -------
    JudgedFlight
        Every moment as every mode judged it; `outcomes` has the alerts and the reasons.

    Examples
    --------
    >>> from safetynets.runs import run_scenario
    >>> run = run_scenario("paris-2022")
    >>> flight = judge_flight(run.tracks, run.altitude_ft, 0, run.site)
    >>> sorted({outcome.mode.key for outcome in flight.outcomes() if outcome.spoken})
    ['FLTA', 'PDA', 'PDA class C', 'RFCF', 'TCF']
    """
    return judge_state(on_board(tracks, altitude_ft, track, site, equipment or Equipment()))


def judge_state(state: OnBoard, modes: Sequence[Mode] = MODES) -> JudgedFlight:
    """Judge what the equipment measured by some modes."""
    return JudgedFlight(state, {mode: mode.judge(state) for mode in modes})


def _outcome(mode: Mode, state: OnBoard, judged: Judged, from_s: float, until_s: float) -> ModeOutcome:
    within = (state.time_s >= from_s) & (state.time_s <= until_s)
    spoken = [
        Spoken(float(state.time_s[start]), float(state.time_s[end]), _because(mode, judged, start))
        for start, end in spans(judged.inside, mode.held_s)
        if within[start : end + 1].any()
    ]
    judges = within & (judged.reason == 0)
    known = judges & np.isfinite(judged.margin)
    nearest = None
    if known.any() and not spoken:
        at = int(np.flatnonzero(known)[np.argmin(judged.margin[known])])
        nearest = Silence(float(state.time_s[at]), float(judged.margin[at]), _because(mode, judged, at))
    counts = np.bincount(judged.reason[within], minlength=len(REASONS))
    return ModeOutcome(
        mode=mode,
        spoken=tuple(spoken),
        nearest=nearest,
        not_assessable_s={
            why: float(round(count * STEP_S, 1))
            for why, count in zip(REASONS, counts, strict=True)
            if why not in ("", ON_GROUND, NO_SURVEILLANCE) and count
        },
        judged_s=float(round(counts[0] * STEP_S, 1)),
    )


def spans(inside: NDArray[np.bool_], held_s: float) -> list[tuple[int, int]]:
    """First and last row of each alert: it begins when the envelope has been kept for `held_s` and ends with it.

    >>> spans(np.array([False, True, True, True, False, True]), 0.4)
    [(3, 3)]
    """
    wait = round(held_s / STEP_S)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return [(int(start) + wait, int(end) - 1) for start, end in edges.reshape(-1, 2) if end - start > wait]


def _because(mode: Mode, judged: Judged, row: int) -> str:
    return mode.because.format(**{name: float(values[row]) for name, values in judged.facts.items()})
