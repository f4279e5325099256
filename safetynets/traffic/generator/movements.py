"""One movement of a generated day: drawn from its own random stream, flown, looked at, labelled."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from safetynets.errors import ScenarioError
from safetynets.sites import load_site
from safetynets.sites.approach_path import along_and_across, path_altitude_ft
from safetynets.sites.geometry import Approach, Site
from safetynets.tracks import Tracks
from safetynets.traffic.faults import FaultRecord, apply_faults
from safetynets.traffic.faults import models as faults
from safetynets.traffic.flights import Flight
from safetynets.traffic.fly import TRUTH_S, Ending, NeverEndsError, fly_truth
from safetynets.traffic.generator.arrivals import arrival
from safetynets.traffic.generator.floors import Floors
from safetynets.traffic.generator.others import departure, transit, vfr
from safetynets.traffic.generator.routes import Air, Leg, NoRoomError, Place
from safetynets.traffic.generator.settings import Configuration, FaultKind, GeneratorSettings
from safetynets.traffic.generator.wander import with_wander
from safetynets.traffic.places import find_approach, ground
from safetynets.traffic.sensors import see
from safetynets.traffic.sensors.mode_c import in_steps_ft
from safetynets.traffic.weather import Weather
from safetynets.units import S_PER_H, m_to_nm, nm_to_m

CONTACT = "contact with the ground"
HEAVY = ("A333", "B77W")
ATTEMPTS = 12
LEAST_CLEARANCE_FT = 300.0
"""An ordinary flight farther than `NEAR_RUNWAY_NM` from every threshold has at least this clearance."""
NEAR_RUNWAY_NM = 3.0
STABLE_FROM_NM, STABLE_S, STABLE_FT, STABLE_M = 2.0, 300, 60.0, 60.0
"""An ordinary arrival is, before any wandering, within this of its path and course in its last miles."""
VISUAL_NM = 12.0
"""Over the last miles flown the ground knows a visual approach as such (simulator default)."""
FAULT_ATTEMPTS = 5
NOT_REAL_ADDRESS = 0xF00000
"""Addresses from here on belong to no State (recalled from ICAO Annex 10 Volume III)."""
FAULTS_FROM_NM = 8.0


@dataclass(frozen=True, eq=False)
class Request:
    """A day of traffic to generate.

    Attributes
    ----------
    settings
        The settings of the site (`load_settings`).
    day
        Number of the day since 1970.
    start_time_s
        When it begins (UTC seconds since 1970).
    movements
        How many flights.
    seed
        The one seed of all draws.
    faults_share
        Share of the arrivals that have a fault, from 0 to 1.
    """

    settings: GeneratorSettings
    day: int
    start_time_s: float
    movements: int
    seed: int
    faults_share: float


@dataclass(frozen=True)
class DayWeather:
    """What the air of a day is like; wind and runways are drawn for each part of it."""

    qnh_hpa: float
    temperature_c: float


@dataclass(frozen=True, kw_only=True)
class Label:
    """What is true of one movement: one row of the sidecar.

    Attributes
    ----------
    callsign, kind, aircraft_type
        Who it is, what it does ("arrival", "departure", "vectors", "vfr" ...), and its type designator.
    approach, configuration
        The approach of an arrival or departure (else empty), and the configuration of the site.
    visual, visual_flagged
        Whether it flies a visual approach, and whether the controllers know.
    go_around
        Whether it goes around once.
    start_time_s, end_time_s, ended
        First and last moment (UTC seconds since 1970), and how it ended.
    attempts
        How many flights were drawn until one was ordinary.
    least_clearance_ft, least_clearance_far_ft, least_clearance_time_s
        Least true height (ft) above the ground away from the runways, that farther than 3 NM from every threshold, and
        when (UTC seconds since 1970); NaN where no ground is known.
    fault, fault_settings, fault_start_time_s
        The fault put in (empty for an ordinary flight), what was asked of it, and when it begins (UTC seconds since
        1970).
    fault_displacement_ft, fault_displacement_m, fault_contact
        How far it moves the flight at most, up and right, and whether the flight meets the ground.
    """

    callsign: str
    kind: str
    aircraft_type: str
    approach: str
    configuration: str
    visual: bool
    visual_flagged: bool
    go_around: bool
    start_time_s: float
    end_time_s: float
    ended: str
    attempts: int
    least_clearance_ft: float
    least_clearance_far_ft: float
    least_clearance_time_s: float
    fault: str
    fault_settings: str
    fault_start_time_s: float
    fault_displacement_ft: float
    fault_displacement_m: float
    fault_contact: str


def stream(seed: int, day: int, *purpose: int) -> Generator:
    """The random numbers of one purpose on one day: the same whoever draws them, and in whatever order."""
    return default_rng(SeedSequence(seed, spawn_key=(day, *purpose)))


def day_weather(request: Request) -> DayWeather:
    """QNH, to a whole hectopascal, and temperature of a day."""
    random, day = stream(request.seed, request.day, 0), request.settings.day
    qnh_hpa = float(np.clip(random.normal(day.qnh_mean_hpa, day.qnh_sd_hpa), 960.0, 1045.0))
    return DayWeather(round(qnh_hpa), round(float(random.normal(day.temperature_mean_c, day.temperature_sd_c)), 1))


def air_of(settings: GeneratorSettings) -> Air:
    """The site and the floors of its routes, made once per process."""
    return _air(settings.model_dump_json())


@lru_cache(maxsize=2)
def _air(settings_json: str) -> Air:
    settings = GeneratorSettings.model_validate_json(settings_json)
    site = load_site(settings.site)
    routes = settings.routes
    return Air(
        site=site,
        settings=settings,
        vector_floors=Floors(site, routes.vector_clearance_ft, routes.vector_buffer_nm),
        vfr_floors=Floors(site, routes.vfr_height_ft[0], 1.0, minimum_altitudes=False),
    )


def movement(request: Request, number: int) -> tuple[Tracks, Label]:
    """What perfect surveillance sees of one movement of the day, and its label.

    A flight that comes nearer to the ground than an ordinary one does, or never ends, is drawn again.

    Raises
    ------
    ScenarioError
        For a site or settings that leave no room for ordinary flights.
    """
    air = air_of(request.settings)
    for attempt in range(ATTEMPTS):
        random = stream(request.seed, request.day, 1, number, attempt)
        try:
            drawn = _drawn(request, air, number, attempt, random)
            truth, endings = fly_truth([drawn.flight], air.site, request.start_time_s, drawn.place.weather, TRUTH_S)
        except (NoRoomError, NeverEndsError):
            continue
        if _ordinary(truth, endings[0], drawn, air.site):
            break
    else:
        raise ScenarioError(
            f"of {ATTEMPTS} flights drawn for movement {number + 1} none is on its path and clear of the ground",
            where=f"traffic settings of {request.settings.site}",
            mend="give the routes more space",
        )
    if drawn.kind == "arrival":
        times = request.settings.mix.visual_scatter if drawn.visual else 1.0
        truth = with_wander(truth, 0, drawn.approach, air.site, request.settings.final_scatter, times, random)
    record = None
    if drawn.kind == "arrival" and random.random() < request.faults_share:
        truth, record = _with_fault(truth, drawn, air.site, request.settings, random)
    near_ft, far_ft, time_s = clearance(truth, air.site)
    label = Label(
        callsign=drawn.flight.callsign,
        kind=drawn.kind,
        aircraft_type=drawn.flight.aircraft_type,
        approach=drawn.approach.name if drawn.kind in ("arrival", "departure") else "",
        configuration=drawn.configuration.name,
        visual=drawn.visual,
        visual_flagged=drawn.visual_flagged,
        go_around=drawn.around,
        start_time_s=float(truth.time_s[0]),
        end_time_s=float(truth.time_s[-1]),
        ended=CONTACT if record is not None and record.contact else endings[0].how,
        attempts=attempt + 1,
        least_clearance_ft=near_ft,
        least_clearance_far_ft=far_ft,
        least_clearance_time_s=time_s,
        fault="" if record is None else record.fault,
        fault_settings="" if record is None else ", ".join(f"{key} = {value}" for key, value in record.asked.items()),
        fault_start_time_s=math.nan if record is None else record.start_time_s,
        fault_displacement_ft=math.nan if record is None else record.displacement_ft,
        fault_displacement_m=math.nan if record is None else record.displacement_m,
        fault_contact="" if record is None else record.contact,
    )
    return _seen(truth, drawn, request), label


def _ordinary(truth: Tracks, ending: Ending, drawn: _Drawn, site: Site) -> bool:
    """Whether a flight ended as it should, kept clear of the ground, and was on its path where it counts."""
    near_ft, far_ft, _ = clearance(truth, site)
    if far_ft < LEAST_CLEARANCE_FT or near_ft <= 0.0:
        return False
    if drawn.kind != "arrival":
        return ending.how == "legs flown"
    approach = drawn.approach
    along_nm, across_m = along_and_across(approach, truth.x_m, truth.y_m)
    path_ft = path_altitude_ft(approach, along_nm)
    last = (np.arange(len(truth)) > len(truth) - STABLE_S) & (along_nm > 0.0) & (along_nm < STABLE_FROM_NM)
    off_path = np.abs(truth.geometric_altitude_ft - path_ft)[last] > STABLE_FT
    return ending.how == "landed" and not off_path.any() and not (np.abs(across_m[last]) > STABLE_M).any()


@dataclass(frozen=True, eq=False)
class _Drawn:
    flight: Flight
    kind: str
    approach: Approach
    configuration: Configuration
    place: Place
    visual: bool
    visual_flagged: bool
    around: bool


def _drawn(request: Request, air: Air, number: int, attempt: int, random: Generator) -> _Drawn:
    settings = request.settings
    first = stream(request.seed, request.day, 1, number, 0)  # the time and kind of a movement hold for all attempts
    mix, day = settings.mix, settings.day
    weights = np.array(day.hourly_weights)
    hour = int(first.choice(24, p=weights / weights.sum()))
    start_s = round((hour + first.random()) * S_PER_H, 1)
    kinds = ("arrival", "vectors", "vfr", "departure")
    shares = [mix.arrivals, mix.vectors, mix.vfr]
    kind = kinds[int(first.choice(4, p=[*shares, max(0.0, 1.0 - sum(shares))]))]
    configuration, weather = _conditions(request, air, int(hour // day.configuration_h))
    place = Place(air, weather)
    names = configuration.departures if kind == "departure" else configuration.arrivals
    approach = find_approach(air.site, _picked(names, random))
    types = settings.fleet.vfr_types if kind == "vfr" else settings.fleet.ifr_types
    designator = _picked(types, random)
    visual = kind == "arrival" and bool(random.random() < mix.visual)
    flagged = visual and bool(random.random() < mix.visual_flagged)
    around = kind == "arrival" and bool(random.random() < mix.go_arounds)
    match kind:
        case "arrival":
            legs = arrival(place, approach, designator, visual, around, random)
        case "departure":
            legs = departure(place, approach, designator, attempt, random)
        case "vectors":
            legs = transit(place, approach, designator, random)
        case _:
            legs = vfr(place, approach, designator, random)
    facts = _facts(settings, kind, approach, designator, number, random)
    flight = Flight.model_validate({**facts, **legs, "start_s": start_s})
    return _Drawn(flight, kind, approach, configuration, place, visual, flagged, around)


def _facts(
    settings: GeneratorSettings, kind: str, approach: Approach, designator: str, number: int, random: Generator
) -> Leg:
    own_code = "".join(str(digit) for digit in random.integers(1, 7, 4))
    facts: dict[str, Any] = {"aircraft_type": designator, "icao24": f"{NOT_REAL_ADDRESS + number:06x}"}
    if kind == "vfr":
        code_7000 = random.random() < settings.mix.vfr_code_7000
        unknown = random.random() < settings.mix.vfr_rules_unknown
        letters = "".join(chr(ord("A") + (number // 26**place) % 26) for place in (2, 1, 0))
        return {
            **facts,
            "callsign": f"HB{letters}",
            "flight_rules": "" if unknown else "VFR",
            "ssr_code": "7000" if code_7000 else own_code,
            "wake": "L",
        }
    wake = "H" if designator in HEAVY else "M"
    facts |= {"callsign": f"{_picked(settings.fleet.airlines, random)}{number + 1}", "ssr_code": own_code, "wake": wake}
    if kind == "arrival":
        facts |= {"destination": approach.airport, "runway": approach.runway}
    return facts


def _picked(weights: dict[str, float], random: Generator) -> str:
    names, values = list(weights), np.array(list(weights.values()))
    return names[int(random.choice(len(names), p=values / values.sum()))]


def _conditions(request: Request, air: Air, part: int) -> tuple[Configuration, Weather]:
    """The runways in use and the wind in one part of a day."""
    random, settings = stream(request.seed, request.day, 2, part), request.settings
    configurations = settings.configurations
    weights = np.array([one.weight for one in configurations])
    configuration = configurations[int(random.choice(len(configurations), p=weights / weights.sum()))]
    landing = find_approach(air.site, next(iter(configuration.arrivals)))
    of_day = day_weather(request)
    return configuration, Weather(
        qnh_hpa=of_day.qnh_hpa,
        temperature_c=of_day.temperature_c,
        station_elevation_ft=landing.threshold_elevation_ft,
        wind_from_deg=float(random.normal(landing.true_course_deg, settings.day.wind_off_landing_sd_deg)) % 360.0,
        wind_kt=min(30.0, float(random.exponential(settings.day.wind_mean_kt))),
    )


def clearance(truth: Tracks, site: Site) -> tuple[float, float, float]:
    """Least true height (ft) above the ground away from the runway strips, that farther out, and when the former is."""
    below = ground(site)
    height_ft = truth.geometric_altitude_ft - below.elevation_ft(truth.x_m, truth.y_m)
    flying = ~below.on_runway(truth.x_m, truth.y_m) & np.isfinite(height_ft)
    far = flying.copy()
    for approach in site.flown_approaches:
        far &= np.hypot(truth.x_m - approach.x_m, truth.y_m - approach.y_m) > nm_to_m(NEAR_RUNWAY_NM)
    if not flying.any():
        return math.nan, math.nan, math.nan
    lowest = int(np.flatnonzero(flying)[np.argmin(height_ft[flying])])
    far_ft = float(height_ft[far].min()) if far.any() else math.nan
    return float(height_ft[lowest]), far_ft, float(truth.time_s[lowest])


def _with_fault(
    truth: Tracks, drawn: _Drawn, site: Site, settings: GeneratorSettings, random: Generator
) -> tuple[Tracks, FaultRecord | None]:
    """The flight with one fault in it; as it was where none of those drawn fits it."""
    kinds = settings.faults.kinds
    weights = np.array([kind.weight for kind in kinds])
    for _ in range(FAULT_ATTEMPTS):
        kind = kinds[int(random.choice(len(kinds), p=weights / weights.sum()))]
        fault = drawn_fault(kind, drawn.flight.callsign, drawn.approach.name, random)
        try:
            faulty, records = apply_faults(truth, [fault], site, drawn.place.weather.qnh_hpa)
        except ScenarioError:
            continue
        return faulty, records[0]
    return truth, None


def drawn_fault(
    kind: FaultKind,
    callsign: str,
    approach: str,
    random: Generator,
    *,
    track: int | None = None,
    size: float | None = None,
    ils_share: float = 0.5,
) -> faults.Fault:
    """A fault of this kind for a flight on an approach; its size, where none is given, and its side are drawn.

    `ils_share` of the crews with a wrong altimeter setting fly an ILS, whose glide path leads them right all the same.
    """
    drawn_size = round(float(random.uniform(*kind.size)), 2)
    size = drawn_size if size is None else size
    sign = float(random.choice([-1.0, 1.0]))
    flight = {"callsign": callsign, "track": track}
    from_here = {"approach": approach, "from_distance_nm": FAULTS_FROM_NM}
    match kind.fault:
        case "wrong_altimeter_setting":
            ils = {"approach": approach, "ils": True} if random.random() < ils_share else {}
            if kind.cause is None or kind.cause == "other_station":
                error_hpa = round(size) if kind.cause is None else round(sign * size)
                return faults.WrongAltimeterSetting(fault=kind.fault, **flight, error_hpa=error_hpa, **ils)
            return faults.WrongAltimeterSetting(fault=kind.fault, **flight, cause=kind.cause, **ils)
        case "early_descent":
            return faults.EarlyDescent(fault=kind.fault, **flight, early_nm=size)
        case "wrong_glide_path":
            return faults.WrongGlidePath(fault=kind.fault, **flight, approach=approach, angle_deg=size)
        case "too_steep":
            return faults.TooSteep(fault=kind.fault, **flight, **from_here, rate_fpm=size)
        case "lateral_offset":
            return faults.LateralOffset(fault=kind.fault, **flight, **from_here, right_m=sign * size)


def _seen(truth: Tracks, drawn: _Drawn, request: Request) -> Tracks:
    surveillance = request.settings.surveillance
    seed = int(SeedSequence(request.seed, spawn_key=(request.day, 3)).generate_state(1)[0])
    seen = see(truth, surveillance.sensors, drawn.place.air.site, surveillance.update_s, request.start_time_s, seed)
    sent_ft = seen.pressure_altitude_ft
    if surveillance.sensors.sees_perfectly:
        sent_ft = in_steps_ft(sent_ft, float(surveillance.mode_c_step_ft))
    visual = np.zeros(len(seen), dtype=np.int8)
    if drawn.visual_flagged:
        flown_nm = m_to_nm(np.hypot(np.diff(seen.x_m, append=seen.x_m[-1]), np.diff(seen.y_m, append=seen.y_m[-1])))
        visual[flown_nm[::-1].cumsum()[::-1] <= VISUAL_NM] = 1
    return replace(seen.with_columns(pressure_altitude_ft=sent_ft, visual=visual), plane=seen.plane)
