"""Flights of a model of what may go wrong on a final approach: drawn as numbers, flown, and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from scipy.special import ndtr

from safetynets.engine.monitor import judge
from safetynets.errors import ScenarioError
from safetynets.evaluation.search.situation import Situation, flights_of
from safetynets.sites import Site
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft
from safetynets.sites.geometry import Approach
from safetynets.sites.overrides import as_tuples
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import from_validation
from safetynets.text_files import read_toml
from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined
from safetynets.traffic import apply_faults
from safetynets.traffic.faults import Fault
from safetynets.units import kt_to_mps

Floats = NDArray[np.float64]

DEFAULT_MODEL = Path(__file__).with_name("final_approach.toml")
QUANTITIES = ("amount", "onset", "headwind", "altitude bias", "altitude noise")
LEAST_GROUND_SPEED_MPS = 30.0
_FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)


class Normal(Strict):
    """A normal distribution."""

    mean: float
    sd: float = Field(gt=0)


class FaultModel(Strict):
    """A kind of fault: its share of all faults, how large it is, and whether it begins somewhere."""

    fault: Literal["wrong_altimeter_setting", "early_descent", "too_steep", "wrong_glide_path", "lateral_offset"]
    share: float = Field(gt=0, le=1)
    amount: dict[str, Normal] = Field(min_length=1, max_length=1)
    onset: bool = False


class FaultsModel(Strict):
    """What may go wrong: kinds of faults, wind and the noise of altitudes."""

    headwind_sd_kt: float = Field(ge=0, le=60)
    altitude_bias_sd_ft: float = Field(ge=0, le=300)
    altitude_noise_ft: float = Field(ge=0, le=100)
    onset_nm: tuple[float, float]
    faults: tuple[FaultModel, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _shares(self) -> Self:
        if abs(sum(fault.share for fault in self.faults) - 1.0) > 1e-6:
            raise ValueError("the shares of the faults do not add up to 1")
        return self


def load_model(file: Path | None = None) -> FaultsModel:
    """A model of what may go wrong, from its file; without one that of final approaches.

    Raises
    ------
    ScenarioError
        For a file that is not there, no TOML, or says something else.

    Examples
    --------
    >>> [fault.fault for fault in load_model().faults][0]
    'wrong_altimeter_setting'
    """
    file = file or DEFAULT_MODEL
    try:
        raw, _ = read_toml(file, ScenarioError, missing="check the path of --model")
        return FaultsModel.model_validate(as_tuples(raw), strict=True)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem.path))}: {problem.text}" for problem in from_validation(error, FaultsModel)
        )
        raise ScenarioError(problems, file=file, mend="see safetynets/evaluation/search/final_approach.toml") from None


@dataclass(frozen=True)
class Told:
    """One drawn flight in words and numbers: the fault as a table of a scenario, and what surveillance adds."""

    fault: Mapping[str, Any]
    headwind_kt: float
    altitude_bias_ft: float
    altitude_noise_ft: float


class FaultyFlights:
    """A flight on final of a scenario, flown many times with one kind of fault each."""

    def __init__(
        self,
        situation: Situation,
        model: FaultsModel,
        kind: FaultModel,
        seed: int,
        flight: tuple[Tracks, Approach] | None = None,
    ) -> None:
        self.model, self.kind, self.situation = model, kind, situation
        self.flight, self.approach = _flight_on_final(situation) if flight is None else flight
        self._noise = np.random.default_rng([seed, 7]).standard_normal(len(self.flight))

    @property
    def quantities(self) -> int:
        """How many numbers a flight is drawn from."""
        return len(QUANTITIES)

    def told(self, z: Floats) -> Told:
        """What a point of standard normal numbers means."""
        ((key, normal),) = self.kind.amount.items()
        fault: dict[str, Any] = {
            "fault": self.kind.fault,
            "callsign": str(self.flight.callsign[0]),
            key: round(normal.mean + normal.sd * float(z[0]), 4),
        }
        if self.kind.onset:
            low, high = self.model.onset_nm
            distance_nm = round(low + (high - low) * float(ndtr(z[1])), 3)
            fault |= {"approach": self.approach.name, "from_distance_nm": distance_nm}
        elif self.kind.fault == "wrong_glide_path":
            fault["approach"] = self.approach.name
        return Told(
            fault,
            round(self.model.headwind_sd_kt * float(z[2]), 3),
            round(self.model.altitude_bias_sd_ft * float(z[3]), 2),
            round(self.model.altitude_noise_ft * abs(float(z[4])), 3),
        )

    def before_fault(self, told: Told) -> Tracks:
        """The flight in its wind and as its altitudes are sent, without the fault."""
        flight = self.flight
        off_ft = told.altitude_bias_ft + told.altitude_noise_ft * self._noise
        flight = flight.with_columns(pressure_altitude_ft=flight.pressure_altitude_ft + off_ft)
        return in_headwind(flight, told.headwind_kt)

    def flown(self, told: Told) -> Tracks:
        """The flight with everything that was drawn."""
        tracks = self.before_fault(told)
        try:
            fault: Fault = _FAULT.validate_python(as_tuples(told.fault), strict=True)
            return apply_faults(tracks, (fault,), self.situation.site)[0]
        except (ScenarioError, ValidationError):
            return tracks  # too small to change anything, or to be a fault at all

    def all_flown(self, z: Floats) -> Tracks:
        """One track a row of `z`."""
        return joined([self.flown(self.told(row)) for row in z])

    def deviates(self, tracks: Tracks, below_ft: float, beside_m: float) -> NDArray[np.bool_]:
        """Which tracks come that far below the nominal altitude or beside the course while they are watched."""
        approach, site = self.approach, self.situation.site
        distance_nm, across_m = along_and_across(approach, tracks.x_m, tracks.y_m)
        judged = judge(tracks, site)
        watched = (approach.end_distance_nm <= distance_nm) & (distance_nm <= approach.start_distance_nm)
        low_ft = nominal_altitude_ft(approach, distance_nm) - judged.altitude_ft
        beside = np.minimum(np.abs(across_m), moved_m(tracks, self.flight)) >= beside_m
        bad = watched & ((low_ft >= below_ft) | beside)
        return np.bincount(tracks.track, weights=bad, minlength=tracks.track_count) > 0


def alert_starts_s(tracks: Tracks, site: Site, net: str | None) -> Floats:
    """When the first alert about each track starts (s); inf for none."""
    starts_s = np.full(tracks.track_count, np.inf)
    for alert in judge(tracks, site).alerts:
        if net in (None, alert.net):
            starts_s[alert.track] = min(starts_s[alert.track], alert.start_time_s)
    return starts_s


def moved_m(tracks: Tracks, flight: Tracks) -> Floats:
    """How far each plot of tracks lies from the same plot of the flight they were made of, which may be longer."""
    place = np.arange(len(tracks)) - np.searchsorted(tracks.track, tracks.track)
    return np.asarray(np.hypot(tracks.x_m - flight.x_m[place], tracks.y_m - flight.y_m[place]))


def in_headwind(flight: Tracks, headwind_kt: float) -> Tracks:
    """The same path at the same plots, flown at a ground speed that is lower by the headwind.

    Times stretch with it, so that plots are as far apart on the ground as they were; rates and velocities shrink.
    """
    if headwind_kt == 0.0:
        return flight
    speed_mps = np.hypot(flight.vx_mps, flight.vy_mps)
    slower_mps = np.maximum(speed_mps - kt_to_mps(headwind_kt), LEAST_GROUND_SPEED_MPS)
    factor = np.divide(slower_mps, speed_mps, out=np.ones_like(speed_mps), where=speed_mps > 0.0)
    between = (factor[1:] + factor[:-1]) / 2.0
    time_s = flight.time_s[0] + np.append(0.0, np.cumsum(np.diff(flight.time_s) / between))
    return flight.with_columns(
        time_s=time_s,
        vx_mps=flight.vx_mps * factor,
        vy_mps=flight.vy_mps * factor,
        vertical_rate_fpm=flight.vertical_rate_fpm * factor,
    )


def _flight_on_final(situation: Situation) -> tuple[Tracks, Approach]:
    """The flight of the scenario's fault, or its first that joins an approach, without faults; and that approach."""
    clean = situation.without_faults()
    judged = judge(clean.tracks, situation.site)
    wanted = {fault.callsign for fault in situation.scenario.faults}
    for row in np.flatnonzero(judged.approach >= 0):
        number = int(clean.tracks.track[row])
        if not wanted or clean.tracks.callsign[number] in wanted:
            rows = clean.tracks.rows_of(number)
            joined_to = judged.approach[rows]
            place = int(joined_to[joined_to >= 0][-1])
            return flights_of(clean.tracks, [number]), situation.site.approaches[place]
    raise ScenarioError(
        "no flight of it joins an approach of the site",
        file=situation.loaded.file,
        mend="give a scenario with a flight on final, such as paris-wrong-qnh",
    )
