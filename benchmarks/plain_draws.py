"""Ten million plain draws of a planted weakness: what the probability of `search missed` is held against.

    python -m benchmarks.plain_draws [--minutes 9] [--parts 40]

The weakness: the APM of the site watches `below` alone, so that a flight beside its course is missed. Most draws need
no flight: their numbers say that the flight stays near its approach, or is far beside it and nowhere low, or so low
that one plot alerts. Where a bound (`decided`) leaves a doubt, the flight is flown and judged by the engine. A test
flies draws whole and finds the same. Each part has its own seed; what is done is kept in plain_draws.json.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.monitor import judge
from safetynets.evaluation.search.faulty_flights import FaultyFlights, alert_starts_s, load_model
from safetynets.evaluation.search.situation import Situation, open_situation
from safetynets.sites.approach_path import along_and_across, nominal_altitude_ft

KEPT = Path(__file__).with_name("plain_draws.json")
SCENARIO, NET = "paris-wrong-qnh", "APM"
ONE_SCAN = {"apm.current_m": 1, "apm.current_n": 1}
SEED = 20
PARTS, OF_PART = 40, 250_000
BELOW_FT, BESIDE_M, NEEDED_S = 250.0, 600.0, 0.0
FLOWN_AT_ONCE = 500
WHOLE_NM = 4.0
"""Nearer than this a lateral offset that began at 9 to 12 NM has grown whole."""
DOUBT_FT = 20.0
"""Within this of a limit a flight is flown: Mode C rounds to 25 ft, half of it either way, and the rest is margin."""
MODEL = load_model(Path(__file__).with_name("plain_draws.toml"))
Z_95 = 1.959964


def flights_of_model(situation: Situation) -> list[FaultyFlights]:
    """The flight of the scenario with each kind of fault, as `search missed` flies it."""
    return [FaultyFlights(situation, MODEL, kind, SEED) for kind in MODEL.faults]


STAYS, MISSED, DOUBT, SEEN = range(4)


def decided(flights: FaultyFlights, z: NDArray[np.float64]) -> NDArray[np.int8]:
    """What becomes of each draw, as far as its numbers alone say: STAYS, MISSED, SEEN (alerted), or DOUBT."""
    (normal,) = flights.kind.amount.values()
    amount = normal.mean + normal.sd * z[:, 0]
    facts = _watched(flights)
    noise_ft, bias_ft = MODEL.altitude_noise_ft * np.abs(z[:, 4]), MODEL.altitude_bias_sd_ft * z[:, 3]
    lowest_ft = np.full(len(z), -np.inf)
    margin_ft = np.full(len(z), np.inf)
    for below_ft, left_ft, noise in zip(*facts[:3], strict=True):
        np.maximum(lowest_ft, below_ft - noise_ft * noise, out=lowest_ft)
        np.minimum(margin_ft, left_ft + noise_ft * noise, out=margin_ft)
    lowest_ft, margin_ft = lowest_ft - bias_ft, margin_ft + bias_ft
    if flights.kind.fault == "wrong_altimeter_setting":
        # Too high a setting flies too low, near 1028 hPa by 25 to 28 ft a hPa: each bound takes the side it needs.
        lowest_ft = lowest_ft + amount * np.where(amount > 0.0, 28.0, 25.0)
        margin_ft = margin_ft - amount * np.where(amount > 0.0, 25.0, 28.0)
        answer = np.full(len(z), DOUBT, dtype=np.int8)
        answer[margin_ft < -DOUBT_FT] = SEEN
        answer[lowest_ft < BELOW_FT - DOUBT_FT] = STAYS
        return answer
    answer = np.full(len(z), DOUBT, dtype=np.int8)
    high = margin_ft > DOUBT_FT
    beside_m = np.max([np.abs(amount + across_m) for across_m in facts[3]], axis=0)
    answer[high & (np.abs(amount) > BESIDE_M + 1.0) & (beside_m > BESIDE_M + 1.0)] = MISSED
    answer[(lowest_ft < BELOW_FT - DOUBT_FT) & (np.abs(amount) < BESIDE_M - 1.0)] = STAYS
    return answer


def _watched(
    flights: FaultyFlights,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """What the flight as it flew was where it is watched, plot by plot.

    How far below the nominal altitude, what is left to the limit of the APM, the noise, and, where a fault has long
    grown whole, how far right of the course.
    """
    approach, flight, site = flights.approach, flights.flight, flights.situation.site
    judged = judge(flight, site)
    distance_nm, across_m = along_and_across(approach, flight.x_m, flight.y_m)
    below_ft = nominal_altitude_ft(approach, distance_nm) - judged.altitude_ft
    left_ft = next(each for each in judged.conflicts if each.net.name == NET).margin_ft
    watched = (approach.end_distance_nm <= distance_nm) & (distance_nm <= approach.start_distance_nm)
    watched &= np.isfinite(below_ft) & np.isfinite(left_ft)
    return below_ft[watched], left_ft[watched], flights._noise[watched], across_m[watched & (distance_nm < WHOLE_NM)]


def missed(flights: FaultyFlights, z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which draws are missed: the rule of `search missed`, on flights that are all flown and judged."""
    if not len(z):
        return np.zeros(0, dtype=bool)
    tracks = flights.all_flown(z)
    last_s = np.array([tracks.time_s[tracks.rows_of(number).stop - 1] for number in range(tracks.track_count)])
    late = alert_starts_s(tracks, flights.situation.site, NET) > last_s - NEEDED_S
    return np.asarray(late & flights.deviates(tracks, BELOW_FT, BESIDE_M))


def draws_of(part: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The kind of fault and the standard normal numbers of each draw of a part."""
    random = np.random.default_rng([SEED, part])
    shares = np.cumsum([kind.share for kind in MODEL.faults])
    kind = np.searchsorted(shares, random.random(count), side="right").clip(max=len(shares) - 1)
    return kind, random.standard_normal((count, 5))


def count_of(every: list[FaultyFlights], part: int, count: int, *, fly_all: bool = False) -> dict[str, Any]:
    """The missed flights of a part, by kind of fault."""
    kind, z = draws_of(part, count)
    told: dict[str, Any] = {"seed": [SEED, part], "draws": count, "by_fault": {}}
    for number, flights in enumerate(every):
        mine = z[kind == number]
        answer = np.full(len(mine), DOUBT, dtype=np.int8) if fly_all else decided(flights, mine)
        flown = mine[answer == DOUBT]
        failed = int((answer == MISSED).sum())
        for at in range(0, len(flown), FLOWN_AT_ONCE):
            failed += int(missed(flights, flown[at : at + FLOWN_AT_ONCE]).sum())
        told["by_fault"][flights.kind.fault] = {"draws": len(mine), "flown": len(flown), "missed": failed}
    return told


def total(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """All parts together: draws, missed, their share and its 95 % interval."""
    draws = sum(part["draws"] for part in parts)
    by_fault = {
        name: {key: sum(part["by_fault"][name][key] for part in parts) for key in ("draws", "flown", "missed")}
        for name in parts[0]["by_fault"]
    }
    failed = sum(each["missed"] for each in by_fault.values())
    share = failed / draws
    half = Z_95 * math.sqrt(share * (1.0 - share) / draws)
    return {"draws": draws, "missed": failed, "share": share, "low": share - half, "high": share + half, "of": by_fault}


def main() -> None:
    """Fly the parts that are not there yet, as long as there is time, and print what all together say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=9.0)
    parser.add_argument("--parts", type=int, default=PARTS)
    asked = parser.parse_args()
    until = monotonic() + 60.0 * asked.minutes
    parts = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.is_file() else []
    every = flights_of_model(open_situation(SCENARIO, ONE_SCAN))
    while len(parts) < asked.parts and monotonic() < until:
        parts.append(count_of(every, len(parts), OF_PART))
        KEPT.write_text(json.dumps(parts, indent=1) + "\n", encoding="utf-8", newline="\n")
        print(f"part {len(parts)} of {asked.parts}: {parts[-1]['by_fault']}", flush=True)
    if parts:
        print(json.dumps(total(parts), indent=1))


if __name__ == "__main__":
    main()
