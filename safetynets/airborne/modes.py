"""The modes: where each is inside its envelope, where it cannot judge and why, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from safetynets.airborne import envelopes
from safetynets.airborne.state import OnBoard
from safetynets.units import fpm_to_ftps

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Severity = Literal["caution", "warning"]

NO_SURVEILLANCE = "no position or altitude"
ON_GROUND = "on the ground"
NO_TERRAIN = "no terrain data below"
NO_TERRAIN_AHEAD = "no terrain data on the path ahead"
NO_RATE = "no vertical rate"
NO_CLOSURE = "the rate of closure is not known yet"
NO_CONFIGURATION = "gear and flaps are not known"
NO_GLIDE_PATH = "the approach has no glide path"
NO_RUNWAY = "its runway is not known"
NO_SETTING = "no altimeter setting is sent"
REASONS = (
    "",
    NO_SURVEILLANCE,
    ON_GROUND,
    NO_TERRAIN,
    NO_TERRAIN_AHEAD,
    NO_RATE,
    NO_CLOSURE,
    NO_CONFIGURATION,
    NO_GLIDE_PATH,
    NO_RUNWAY,
    NO_SETTING,
)
"""Why a mode does not judge a moment; index 0 means that it does."""
MATTERS = frozenset({NO_CONFIGURATION, NO_GLIDE_PATH, NO_RUNWAY, NO_SETTING})
"""Reasons without which it might have spoken."""

MAY_LAND_FT = 1500.0
"""Lower than this, a flight whose runway is not known may be landing at it: the forward look does not judge
(simulator default)."""


@dataclass(frozen=True, eq=False)
class Judged:
    """What one mode makes of each moment.

    Attributes
    ----------
    inside
        Whether the moment is inside the envelope.
    reason
        Index into `REASONS`.
    margin
        How far outside the envelope, in the unit of the mode; negative inside, inf where the envelope does not reach,
        NaN where the mode does not judge.
    facts
        The quantities that decide, by name, for the explanation.
    """

    inside: Mask
    reason: NDArray[np.int8]
    margin: Floats
    facts: Mapping[str, Floats]


MK_VIII = "FlightGear's emulation of the Honeywell MK VIII (mk_viii.cxx), first aircraft type"
RADIO = "radio height: no altimeter setting in it"


@dataclass(frozen=True, eq=False, kw_only=True)
class Mode:
    """One mode of the equipment.

    Attributes
    ----------
    key, title
        A short name, and what it watches.
    says, severity
        Its words, and whether they are a caution or a warning.
    held_s
        How long the aircraft must stay inside the envelope before the mode speaks (s).
    judge
        What it makes of every moment of a flight.
    because
        The explanation, to be filled with the facts of a moment.
    unit
        Of the margin.
    source, tag
        Where the envelope is from, and whether that was read ("S") or is ours ("P").
    altitude
        Which altitude it stands on, in words: what a wrong altimeter setting does to it.
    """

    key: str
    title: str
    says: str
    severity: Severity = "caution"
    judge: Callable[[OnBoard], Judged]
    because: str
    unit: str = "ft"
    held_s: float = 0.0
    source: str = MK_VIII
    tag: Literal["S", "P"] = "S"
    altitude: str = RADIO

    @property
    def name(self) -> str:
        """Key and words, such as "Mode 1 SINK RATE"."""
        return f"{self.key} {self.says}"


def _judged(state: OnBoard, reasons: list[tuple[Mask, str]], margin: Floats, **facts: Floats) -> Judged:
    """Inside where the margin is negative; the first reason that applies keeps a mode from judging."""
    reason = np.zeros(len(state), dtype=np.int8)
    for applies, why in [(~state.known, NO_SURVEILLANCE), (~state.flying, ON_GROUND), *reasons]:
        reason[(reason == 0) & applies] = REASONS.index(why)
    margin = np.where(reason == 0, margin, np.nan)
    with np.errstate(invalid="ignore"):
        return Judged(margin < 0.0, reason, margin, facts)


def _low(state: OnBoard) -> list[tuple[Mask, str]]:
    return [(np.isnan(state.radio_ft), NO_TERRAIN)]


def _above(height_ft: Floats, limit_ft: Floats, from_ft: float | Floats = -np.inf) -> Floats:
    """Height above an envelope that reaches from `from_ft` up to the limit; inf below `from_ft`."""
    with np.errstate(invalid="ignore"):
        return np.where(height_ft > from_ft, height_ft - limit_ft, np.inf)


def _sink_rate(state: OnBoard) -> Judged:
    forgiven_fpm = envelopes.above_path_fpm(state.dots, state.radio_ft)
    limit_ft = envelopes.sink_rate_ft(state.rate_fpm, forgiven_fpm)
    margin = _above(state.radio_ft, limit_ft, envelopes.MODE_1_RADIO_FT[0])
    reasons = [*_low(state), (np.isnan(state.rate_fpm), NO_RATE)]
    return _judged(state, reasons, margin, radio_ft=state.radio_ft, limit_ft=limit_ft, rate_fpm=state.rate_fpm)


def _pull_up(state: OnBoard) -> Judged:
    limit_ft = envelopes.pull_up_ft(state.rate_fpm, state.radio_ft)
    margin = _above(state.radio_ft, limit_ft, envelopes.MODE_1_RADIO_FT[0])
    reasons = [*_low(state), (np.isnan(state.rate_fpm), NO_RATE)]
    return _judged(state, reasons, margin, radio_ft=state.radio_ft, limit_ft=limit_ft, rate_fpm=state.rate_fpm)


def _closure(state: OnBoard) -> Judged:
    landing_ft = envelopes.closure_landing_ft(state.closure_fpm)
    with np.errstate(invalid="ignore"):
        near_path: Mask = np.abs(state.dots) < 2.0
    flaps_up = np.where(
        near_path | state.climbs_away,
        _above(state.radio_ft, landing_ft, 30.0),
        _above(state.radio_ft, envelopes.closure_ft(state.closure_fpm, state.radio_ft, state.speed_kt)),
    )
    flaps_down = _above(state.radio_ft, landing_ft, envelopes.closure_from_ft(state.rate_fpm))
    return _either(
        state,
        [*_low(state), (np.isnan(state.rate_fpm), NO_RATE), (np.isnan(state.closure_fpm), NO_CLOSURE)],
        [flaps_up, flaps_down],
        radio_ft=state.radio_ft,
        closure_fpm=state.closure_fpm,
    )


def _either(state: OnBoard, reasons: list[tuple[Mask, str]], margins: list[Floats], **facts: Floats) -> Judged:
    """Judged where every configuration of gear and flaps gives the same answer; elsewhere that is not assessable."""
    with np.errstate(invalid="ignore"):
        inside = np.array([margin < 0.0 for margin in margins])
    depends = np.asarray(inside.any(axis=0) & ~inside.all(axis=0))
    margin = np.where(inside.all(axis=0), np.max(margins, axis=0), np.min(margins, axis=0))
    return _judged(state, [*reasons, (depends, NO_CONFIGURATION)], margin, **facts)


def _sinks(state: OnBoard) -> Judged:
    limit_ft = envelopes.altitude_loss_ft(state.radio_ft)
    low_ft, high_ft = envelopes.MODE_3_RADIO_FT
    with np.errstate(invalid="ignore"):
        reaches = (state.radio_ft > low_ft) & (state.radio_ft < high_ft) & state.climbs_away & (state.rate_fpm < 0.0)
    margin = np.where(reaches, limit_ft - np.nan_to_num(state.loss_ft), np.inf)
    return _judged(state, _low(state), margin, radio_ft=state.radio_ft, loss_ft=state.loss_ft, limit_ft=limit_ft)


def _unsafe_terrain(state: OnBoard) -> Judged:
    margins = []
    for gear_down, landing_flaps in ((False, False), (True, False), (True, True)):
        limit_ft = envelopes.unsafe_terrain_ft(state.speed_kt, gear_down=gear_down, landing_flaps=landing_flaps)
        margins.append(np.where(state.climbs_away, np.inf, _above(state.radio_ft, limit_ft, envelopes.MODE_4_FROM_FT)))
    return _either(state, _low(state), margins, radio_ft=state.radio_ft, speed_kt=state.speed_kt)


def _soft_glide_path(state: OnBoard) -> Judged:
    rate_fpm = np.where(np.isnan(state.rate_fpm), -500.0, state.rate_fpm)
    return _glide_path(state, envelopes.soft_glide_path_ft(rate_fpm), envelopes.soft_dots(state.radio_ft))


def _hard_glide_path(state: OnBoard) -> Judged:
    return _glide_path(state, np.full(len(state), 300.0), envelopes.hard_dots(state.radio_ft))


def _glide_path(state: OnBoard, below_ft: Floats, limit_dots: Floats) -> Judged:
    # Gear down is a condition; who does not climb on a final approach is taken to have it down.
    with np.errstate(invalid="ignore"):
        reaches = (state.radio_ft > envelopes.GLIDE_PATH_FROM_FT) & (state.radio_ft < below_ft)
        reaches &= ~(state.rate_fpm > 0.0)
    margin = np.where(reaches & np.isfinite(state.dots), limit_dots - np.nan_to_num(state.dots), np.inf)
    return _judged(
        state,
        [*_low(state), (reaches & ~state.runway_known, NO_RUNWAY), (reaches & state.no_glide_path, NO_GLIDE_PATH)],
        margin,
        radio_ft=state.radio_ft,
        dots=state.dots,
        limit_dots=limit_dots,
    )


def _runway_known(state: OnBoard) -> list[tuple[Mask, str]]:
    return [(~state.runway_known | np.isnan(state.distance_nm), NO_RUNWAY)]


def _terrain_floor(state: OnBoard) -> Judged:
    limit_ft = envelopes.terrain_floor_ft(state.edge_nm)
    margin = _above(state.radio_ft, limit_ft, envelopes.TERRAIN_FLOOR_FROM_FT)
    reasons = [*_low(state), *_runway_known(state)]
    return _judged(state, reasons, margin, radio_ft=state.radio_ft, limit_ft=limit_ft, edge_nm=state.edge_nm)


def _field_floor(state: OnBoard) -> Judged:
    limit_ft = envelopes.field_floor_ft(state.edge_nm)
    margin = _above(state.above_field_ft, limit_ft)
    return _judged(
        state,
        _runway_known(state),
        margin,
        above_field_ft=state.above_field_ft,
        limit_ft=limit_ft,
        edge_nm=state.edge_nm,
    )


def _landing(state: OnBoard) -> Mask:
    """Where the aircraft flies towards a runway and does not climb."""
    with np.errstate(invalid="ignore"):
        return state.nearing & ~(state.rate_fpm > 0.0)


def _premature_least(state: OnBoard) -> Judged:
    limit_ft = envelopes.premature_least_ft(state.distance_nm)
    # The table says "up to", so the limit itself is inside.
    limit_ft = np.where(np.isfinite(limit_ft), np.nextafter(limit_ft, np.inf), limit_ft)
    margin = np.where(_landing(state), _above(state.radio_ft, limit_ft, 10.0 - 1e-9), np.inf)
    reasons = [*_low(state), *_runway_known(state)]
    return _judged(state, reasons, margin, radio_ft=state.radio_ft, limit_ft=limit_ft, distance_nm=state.distance_nm)


def _premature_product(state: OnBoard) -> Judged:
    limit_ft = envelopes.premature_product_ft(state.distance_nm)
    margin = np.where(_landing(state), _above(state.above_field_ft, limit_ft), np.inf)
    return _judged(
        state,
        _runway_known(state),
        margin,
        above_field_ft=state.above_field_ft,
        limit_ft=limit_ft,
        distance_nm=state.distance_nm,
    )


def _ahead(altitude: Literal["geometric", "indicated"], warning: bool) -> Callable[[OnBoard], Judged]:
    """The forward look on one of the altitudes; a warning looks half as far as a caution."""

    def judge(state: OnBoard) -> Judged:
        altitude_ft = state.true_ft if altitude == "geometric" else state.indicated_ft
        look_s = envelopes.look_ahead_s(state.distance_nm, state.speed_kt) * (0.5 if warning else 1.0)
        clearance_ft = envelopes.required_clearance_ft(state.distance_nm, state.rate_fpm)
        below_s = times_below_s(state, altitude_ft, np.full(len(state), envelopes.LONGEST_LOOK_S), clearance_ft)
        with np.errstate(invalid="ignore"):
            inhibited = envelopes.forward_look_inhibited(state.distance_nm, state.radio_ft)
            silent = inhibited | (state.speed_kt < 50.0) | np.isinf(below_s)
            # At the end of the look is inside it.
            margin = np.where(silent, np.inf, np.nextafter(below_s - look_s, -np.inf))
        reasons = [
            (np.isnan(state.rate_fpm), NO_RATE),
            *([] if altitude == "geometric" else [(np.isnan(altitude_ft), NO_SETTING)]),
        ]
        with np.errstate(invalid="ignore"):
            reasons.append((~state.runway_known & ~(state.radio_ft > MAY_LAND_FT), NO_RUNWAY))
        reasons.append((np.isnan(below_s), NO_TERRAIN_AHEAD))
        return _judged(state, reasons, margin, below_s=below_s, clearance_ft=clearance_ft, look_s=look_s)

    return judge


def times_below_s(state: OnBoard, altitude_ft: Floats, look_ahead_s: Floats, clearance_ft: Floats) -> Floats:
    """When the straight path from each moment is lower than terrain and clearance (s); inf never, NaN not known."""
    from safetynets.airborne.kernel import write_times_below
    from safetynets.engine.kernels.terrain import Grid

    found_s = np.full(len(state), np.nan)
    terrain = state.terrain
    if terrain is not None:
        write_times_below(
            Grid(terrain.x0_m, terrain.y0_m, terrain.cell_m, terrain.elevation_ft),
            state.x_m,
            state.y_m,
            altitude_ft,
            state.vx_mps,
            state.vy_mps,
            fpm_to_ftps(state.rate_fpm),
            look_ahead_s,
            clearance_ft,
            found_s,
        )
    return found_s


_DO_367 = "must-alert table of DO-367 class C, as the openTAWS features state it"
_FORWARD = "TSO-C151c as a public simulator relates it; how the look shortens near a runway is ours"
_GEOMETRIC = "geometric altitude: no altimeter setting in it"
_INDICATED = "altitude on the crew's setting: a wrong QNH fools it"
_FLOOR = "radio height {radio_ft:,.0f} ft, floor {limit_ft:,.0f} ft at {edge_nm:.2f} NM from the runway"
_FIELD = "{above_field_ft:,.0f} ft above the field"
_SINK = "radio height {radio_ft:,.0f} ft, envelope {limit_ft:,.0f} ft at {rate_fpm:,.0f} ft/min"
_AHEAD = (
    "{clearance_ft:,.0f} ft above the terrain ahead will be lost in {below_s:.0f} s, the look reaches {look_s:.0f} s"
)
_DOTS = "{dots:.1f} dots below the glide path, limit {limit_dots:.1f} dots at a radio height of {radio_ft:,.0f} ft"

MODES: tuple[Mode, ...] = (
    Mode(
        key="Mode 1",
        title="excessive rate of descent",
        says="SINK RATE",
        judge=_sink_rate,
        because=_SINK,
        held_s=0.8,
    ),
    Mode(
        key="Mode 1",
        title="excessive rate of descent",
        says="PULL UP",
        severity="warning",
        judge=_pull_up,
        because=_SINK,
        held_s=0.2,
    ),
    Mode(
        key="Mode 2",
        title="excessive closure with terrain",
        says="TERRAIN, PULL UP",
        severity="warning",
        judge=_closure,
        because="radio height {radio_ft:,.0f} ft at a closure of {closure_fpm:,.0f} ft/min",
    ),
    Mode(
        key="Mode 3",
        title="loss of altitude after take-off or go-around",
        says="DON'T SINK",
        judge=_sinks,
        because="{loss_ft:,.0f} ft lost, allowed {limit_ft:,.0f} ft at a radio height of {radio_ft:,.0f} ft",
        altitude="change of pressure altitude: no altimeter setting in it",
    ),
    Mode(
        key="Mode 4",
        title="unsafe terrain clearance with gear or flaps up",
        says="TOO LOW",
        judge=_unsafe_terrain,
        because="radio height {radio_ft:,.0f} ft at {speed_kt:,.0f} kt",
    ),
    Mode(
        key="Mode 5",
        title="below the glide path",
        says="GLIDESLOPE (soft)",
        judge=_soft_glide_path,
        because=_DOTS,
        unit="dots",
        held_s=0.8,
        altitude="the signal of an ILS: no altimeter setting in it",
    ),
    Mode(
        key="Mode 5",
        title="below the glide path",
        says="GLIDESLOPE (hard)",
        judge=_hard_glide_path,
        because=_DOTS,
        unit="dots",
        held_s=0.8,
        altitude="the signal of an ILS: no altimeter setting in it",
    ),
    Mode(
        key="TCF",
        title="terrain clearance floor",
        says="TOO LOW, TERRAIN",
        judge=_terrain_floor,
        because=_FLOOR,
    ),
    Mode(
        key="RFCF",
        title="runway field clearance floor",
        says="TOO LOW, TERRAIN",
        judge=_field_floor,
        because=f"{_FIELD}, floor {{limit_ft:,.0f}} ft at {{edge_nm:.2f}} NM from the runway",
        altitude=_GEOMETRIC,
    ),
    Mode(
        key="PDA class C",
        title="premature descent, least envelope",
        says="TOO LOW, TERRAIN",
        judge=_premature_least,
        because="radio height {radio_ft:,.0f} ft, box up to {limit_ft:,.0f} ft at {distance_nm:.2f} NM from the runway",
        held_s=1.0,
        source=_DO_367,
    ),
    Mode(
        key="PDA",
        title="premature descent, like a product",
        says="TOO LOW, TERRAIN",
        judge=_premature_product,
        because=f"{_FIELD}, limit {{limit_ft:,.0f}} ft at {{distance_nm:.2f}} NM from the runway",
        held_s=2.0,
        source="the Garmin-like module of the Microsoft Flight Simulator SDK",
        altitude=_GEOMETRIC,
    ),
    *(
        Mode(
            key=key,
            title=f"forward-looking terrain clearance on the {words} altitude",
            says="TERRAIN AHEAD, PULL UP" if warning else "CAUTION TERRAIN",
            severity="warning" if warning else "caution",
            judge=_ahead("geometric" if words == "geometric" else "indicated", warning),
            because=_AHEAD,
            unit="s",
            source=_FORWARD,
            tag="P",
            altitude=altitude,
        )
        for key, words, altitude in (("FLTA", "geometric", _GEOMETRIC), ("FLTA baro", "indicated", _INDICATED))
        for warning in (False, True)
    ),
)
"""Every mode, in the order in which they are listed."""
