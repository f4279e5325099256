"""From the flights of a scenario to what really flew, and to what perfect surveillance sees of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from safetynets.errors import ScenarioError
from safetynets.sites.geometry import Site
from safetynets.sites.pressure import qnh_at, region_at, transition_altitude_ft
from safetynets.tracks import Tracks
from safetynets.traffic.aircraft import aircraft
from safetynets.traffic.flights import Flight
from safetynets.traffic.legs import FlownLeg, Straight
from safetynets.traffic.motion import STEP_S, State, limited, settle
from safetynets.traffic.perfect import seen_perfectly
from safetynets.traffic.pilot import Pilot
from safetynets.traffic.places import Ground, ground, plane_position
from safetynets.traffic.procedure import begin
from safetynets.traffic.weather import Weather

Floats = NDArray[np.float64]

TRUTH_S = 1.0
"""Time between two rows of the truth."""
LONGEST_FLIGHT_S = 6.0 * 3600.0
ROWS_BETWEEN_LOOKS = 60
"""How often the flight so far is compared with the ground; it is cut back to the first contact."""
COLUMNS = (
    "time_s",
    "x_m",
    "y_m",
    "pressure_altitude_ft",
    "geometric_altitude_ft",
    "vx_mps",
    "vy_mps",
    "vertical_rate_fpm",
    "cleared_altitude_ft",
    "selected_altitude_ft",
    "baro_setting_hpa",
    "vectored",
    "on_ground",
)
ENDING_COLUMNS = ("time_s", "x_m", "y_m", "geometric_altitude_ft")
GROUND_COLUMNS = [COLUMNS.index(name) for name in ("x_m", "y_m", "geometric_altitude_ft", "vertical_rate_fpm")]


class NeverEndsError(ScenarioError):
    """A flight whose legs do not end within `LONGEST_FLIGHT_S`."""


@dataclass(frozen=True)
class Ending:
    """How a flight ended.

    Attributes
    ----------
    callsign
        Which flight.
    how
        "legs flown", "landed" or "contact with the ground".
    time_s
        When (UTC seconds since 1970).
    x_m, y_m
        Where, on the plane of the site.
    altitude_ft
        At which altitude (ft above mean sea level).
    """

    callsign: str
    how: str
    time_s: float
    x_m: float
    y_m: float
    altitude_ft: float


def fly(
    flights: Sequence[Flight],
    site: Site,
    update_s: float,
    start_time_s: float,
    weather: Weather | None = None,
) -> Tracks:
    """What perfect surveillance sees of scripted flights.

    Mode C is exact and not quantised; the cleared level is known where there is one.

    Parameters
    ----------
    flights
        The flights (docs/traffic.md).
    site
        Gives the plane, the pressure and the ground.
    update_s
        Update period (s).
    start_time_s
        When the scenario starts (UTC seconds since 1970).
    weather
        Pressure, temperature and wind; without it the QNH of the site, standard temperature and no wind.

    Returns
    -------
    Tracks
        On the plane of the site, a plot every `update_s` from `start_time_s` on.

    Raises
    ------
    ScenarioError
        For a flight that cannot be flown, naming the call sign and the leg, and for two flights with one call sign.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> start = {"latitude_deg": 50.1, "longitude_deg": 8.1, "course_deg": 40, "altitude_ft": 5000, "speed_kt": 180}
    >>> legs = [{"do": "heading", "heading_deg": 40, "for_s": 20}]
    >>> flight = Flight.model_validate({"callsign": "EZS1", "aircraft_type": "A320", "start": start, "legs": legs})
    >>> fly([flight], load_site("flat"), 4.0, 0.0, Weather(qnh_hpa=1013.25)).time_s.tolist()
    [0.0, 4.0, 8.0, 12.0, 16.0, 20.0]
    """
    truth, _ = fly_truth(flights, site, start_time_s, weather)
    return seen_perfectly(truth, update_s, start_time_s)


def fly_truth(
    flights: Sequence[Flight],
    site: Site,
    start_time_s: float,
    weather: Weather | None = None,
    step_s: float = STEP_S,
) -> tuple[Tracks, tuple[Ending, ...]]:
    """What really flew, and how each flight ended.

    Parameters
    ----------
    flights, site, start_time_s, weather
        As for `fly`.
    step_s
        Time step of the motion (s): `STEP_S` or, for much traffic in little time, `TRUTH_S`.

    Returns
    -------
    Tracks
        A row a second. `pressure_altitude_ft` is that of the air around the aircraft, `geometric_altitude_ft` its true
        altitude above mean sea level, `vertical_rate_fpm` the rate of the former, `baro_setting_hpa` what the crew has
        set.
    tuple of Ending
        One a flight.

    Raises
    ------
    ScenarioError
        For a flight that cannot be flown, and for two flights with one call sign.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> start = {"latitude_deg": 50.1, "longitude_deg": 8.1, "course_deg": 40, "altitude_ft": 5000, "speed_kt": 180}
    >>> legs = [{"do": "heading", "heading_deg": 40, "for_s": 20}]
    >>> flight = Flight.model_validate({"callsign": "EZS1", "aircraft_type": "A320", "start": start, "legs": legs})
    >>> truth, (ending,) = fly_truth([flight], load_site("flat"), 0.0, Weather(qnh_hpa=1013.25))
    >>> len(truth), ending.how
    (21, 'legs flown')
    """
    weather = Weather() if weather is None else weather
    names = [flight.callsign for flight in flights]
    for name, count in Counter(names).items():
        if count > 1:
            raise ScenarioError(f"{count} flights have this call sign", where=name, mend="give each its own")
    below = ground(site)
    columns: dict[str, list[Floats]] = {name: [] for name in COLUMNS}
    track: list[NDArray[np.int32]] = []
    endings = []
    for number, flight in enumerate(flights):
        rows, ending = _one_flight(flight, site, below, start_time_s, weather, step_s)
        endings.append(ending)
        track.append(np.full(len(rows), number, dtype=np.int32))
        for name, values in zip(COLUMNS, rows.T, strict=True):
            columns[name].append(values)
    joined = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()}
    joined["latitude_deg"], joined["longitude_deg"] = site.plane.to_geographic(joined["x_m"], joined["y_m"])
    tracks = np.concatenate(track) if track else np.empty(0, dtype=np.int32)
    facts: dict[str, ArrayLike] = {
        "callsign": names,
        "icao24": [flight.icao24 for flight in flights],
        "ssr_code": [flight.ssr_code for flight in flights],
        "flight_rules": [flight.flight_rules for flight in flights],
        "destination": [flight.destination for flight in flights],
        "runway": [flight.runway for flight in flights],
        "aircraft_type": [flight.aircraft_type for flight in flights],
        "wake": [flight.wake for flight in flights],
    }
    visual = np.array([flight.visual for flight in flights], dtype=np.int8)
    plots: dict[str, ArrayLike] = {
        **joined,
        "track": tracks,
        "visual": visual[tracks],
        "coasted": np.zeros(len(tracks), dtype=np.int8),
    }
    return Tracks.from_columns(plots, facts, site.plane), tuple(endings)


def _one_flight(
    flight: Flight, site: Site, below: Ground, start_time_s: float, weather: Weather, step_s: float
) -> tuple[Floats, Ending]:
    try:
        pilot, state = _crew(flight, site, below, start_time_s + flight.start_s, weather)
        return _until_the_end(flight, below, pilot, state, step_s)
    except ScenarioError as error:
        raise type(error)(error.problem, where=flight.callsign, mend=error.mend) from None


def _crew(flight: Flight, site: Site, below: Ground, time_s: float, weather: Weather) -> tuple[Pilot, State]:
    start = flight.start
    x_m, y_m = plane_position(site, start)
    region = region_at(site, x_m, y_m)
    qnh_hpa = weather.qnh_hpa if weather.qnh_hpa is not None else float(qnh_at(site, region, time_s))
    if math.isnan(qnh_hpa):
        raise ScenarioError("no QNH is known where and when the flight starts", mend="give 'qnh_hpa' under [weather]")
    pilot = Pilot(
        aircraft=aircraft(flight.aircraft_type),
        site=site,
        weather=weather,
        qnh_hpa=qnh_hpa,
        altimeter_hpa=qnh_hpa if flight.altimeter_hpa is None else flight.altimeter_hpa,
        transition_altitude_ft=float(transition_altitude_ft(site, region)),
        level_pa_ft=math.nan,
        speed_kt=start.speed_kt,
    )
    if start.on_ground:
        pilot.level_pa_ft = _pressure_altitude_on_ground_ft(pilot, below, x_m, y_m)
    else:
        pilot.obey(start, None, None, cleared=True)
    state = State(
        time_s=time_s,
        x_m=x_m,
        y_m=y_m,
        pressure_altitude_ft=pilot.level_pa_ft,
        heading_rad=0.0,
        speed_kt=start.speed_kt,
        vertical_rate_fpm=start.vertical_rate_fpm,
        on_ground=start.on_ground,
    )
    course_rad = pilot.plane_course_rad(start.course_deg, state)
    if start.on_ground:
        state.heading_rad = course_rad
        return pilot, state
    airspeed_mps = weather.true_airspeed_mps(start.speed_kt, state.pressure_altitude_ft)
    from_right_mps = pilot.wind_mps[0] * math.cos(course_rad) - pilot.wind_mps[1] * math.sin(course_rad)
    state.heading_rad = course_rad - math.asin(limited(from_right_mps / airspeed_mps, -1.0, 1.0))
    settle(state, weather, pilot.wind_mps)
    return pilot, state


def _pressure_altitude_on_ground_ft(pilot: Pilot, below: Ground, x_m: float, y_m: float) -> float:
    """Pressure altitude on the ground; the elevation of a runway on its strip, else that of the terrain."""
    elevation_ft = float(below.elevation_ft(np.array([x_m]), np.array([y_m]))[0])
    if math.isnan(elevation_ft):
        raise ScenarioError("the elevation of the ground where the flight starts is not known", mend="add terrain")
    found_ft = elevation_ft
    for _ in range(3):
        found_ft += elevation_ft - pilot.geometric_ft(found_ft)
    return found_ft


def _until_the_end(flight: Flight, below: Ground, pilot: Pilot, state: State, step_s: float) -> tuple[Floats, Ending]:
    longest_s = state.time_s + LONGEST_FLIGHT_S
    waiting = list(flight.legs)
    leg: FlownLeg = Straight(pilot, state)
    flies_on = ended = False
    rows = [_row(pilot, state)]
    looked_at = 0
    contact = None
    while contact is None and not ended:
        while waiting and leg.over(state):
            following = waiting[1] if len(waiting) > 1 else None
            leg = begin(waiting.pop(0), following, pilot, state)
        if leg.over(state) and not flies_on:
            leg, flies_on = Straight(pilot, state, for_s=flight.fly_on_s), True
        ended = flies_on and leg.over(state)
        if not ended:
            leg.move(state, step_s)
            rows.append(_row(pilot, state))
        if ended or len(rows) - looked_at >= ROWS_BETWEEN_LOOKS:
            contact = _first_contact(pilot, below, rows, looked_at)
            looked_at = len(rows)
        if state.time_s > longest_s:
            number = len(flight.legs) - len(waiting)
            raise NeverEndsError(
                f"still in leg {number} ({flight.legs[number - 1].do}) after 6 hours",
                mend="end the legs at a place, at a time or by landing",
            )
    table = _table(pilot, rows if contact is None else rows[: contact + 1])
    time_s, x_m, y_m, altitude_ft = (float(table[-1, COLUMNS.index(name)]) for name in ENDING_COLUMNS)
    how = "legs flown" if contact is None else below.contact_word(x_m, y_m)
    return table[:: round(TRUTH_S / step_s)], Ending(flight.callsign, how, time_s, x_m, y_m, altitude_ft)


def _first_contact(pilot: Pilot, below: Ground, rows: list[tuple[float, ...]], looked_at: int) -> int | None:
    """The first row from `looked_at` on at which the flight comes down on to the ground."""
    if looked_at == len(rows):
        return None
    x_m, y_m, altitude_ft, rate_fpm = _table(pilot, rows[looked_at:])[:, GROUND_COLUMNS].T
    with np.errstate(invalid="ignore"):
        hit = (rate_fpm < 0.0) & (altitude_ft <= below.elevation_ft(x_m, y_m))
    return looked_at + int(np.argmax(hit)) if hit.any() else None


def _row(pilot: Pilot, state: State) -> tuple[float, ...]:
    """What is known of one moment; what follows from the pressure altitude comes with the `_table`."""
    return (
        state.time_s,
        state.x_m,
        state.y_m,
        state.pressure_altitude_ft,
        math.nan,
        state.vx_mps,
        state.vy_mps,
        state.vertical_rate_fpm,
        pilot.cleared_ft,
        pilot.selected_ft,
        math.nan,
        float(pilot.vectored),
        float(state.on_ground),
    )


def _table(pilot: Pilot, rows: list[tuple[float, ...]]) -> Floats:
    """Rows as a table of `COLUMNS`, with the true altitude and the setting of the altimeter."""
    table = np.array(rows, dtype=np.float64)
    pressure_altitude_ft = table[:, COLUMNS.index("pressure_altitude_ft")]
    table[:, COLUMNS.index("geometric_altitude_ft")] = pilot.geometric_ft(pressure_altitude_ft)
    table[:, COLUMNS.index("baro_setting_hpa")] = pilot.setting_hpa(pressure_altitude_ft)
    return table
