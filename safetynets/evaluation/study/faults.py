"""Faults put into recorded arrivals: which flights, which faults and how great follow from the seed, day and flight."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from safetynets.errors import ScenarioError
from safetynets.evaluation.study.schema import StudyFaults
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.traffic.faults import FaultRecord, apply_faults
from safetynets.traffic.generator.final_scatter import straight_finals
from safetynets.traffic.generator.movements import drawn_fault

ATTEMPTS = 5
"""So many faults are drawn for a flight until one fits it; otherwise it stays as it was."""


def with_faults(
    tracks: Tracks, site: Site, faults: StudyFaults, size: float | None, seed: int, day: str
) -> tuple[Tracks, tuple[FaultRecord, ...]]:
    """The tracks with a fault in the drawn share of their straight final approaches, and what was put in.

    What happens to a flight depends on the seed, the name of the day and the flight alone. Copies of a day with
    different sizes of the fault have it in the same flights.
    """
    records: list[FaultRecord] = []
    for number, approach in sorted(_last_finals(tracks, site).items()):
        random = _stream(seed, day, number)
        if random.random() >= faults.share:
            continue
        tracks, record = _with_one(tracks, site, faults, size, number, approach, random)
        records.extend(record)
    return tracks, tuple(records)


def _last_finals(tracks: Tracks, site: Site) -> dict[int, str]:
    """The approach of the last straight final of each track that flew one."""
    last: dict[int, tuple[float, str]] = {}
    for final in straight_finals(tracks, site):
        ends_s = float(tracks.time_s[final.plots[-1]])
        if final.track not in last or ends_s > last[final.track][0]:
            last[final.track] = (ends_s, final.approach.name)
    return {number: approach for number, (_, approach) in last.items()}


def _stream(seed: int, day: str, track: int) -> Generator:
    of_day = int.from_bytes(hashlib.sha256(day.encode()).digest()[:4], "big")
    return default_rng(SeedSequence(seed, spawn_key=(of_day, track)))


def _with_one(
    tracks: Tracks, site: Site, faults: StudyFaults, size: float | None, number: int, approach: str, random: Generator
) -> tuple[Tracks, tuple[FaultRecord, ...]]:
    weights = np.array([kind.weight for kind in faults.kinds])
    for _ in range(ATTEMPTS):
        kind = faults.kinds[int(random.choice(len(weights), p=weights / weights.sum()))]
        callsign = str(tracks.callsign[number])
        fault = drawn_fault(kind, callsign, approach, random, track=number, size=size, ils_share=faults.ils_share)
        try:
            return apply_faults(tracks, [fault], site)
        except ScenarioError:
            continue
    return tracks, ()
