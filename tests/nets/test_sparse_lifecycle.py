"""The lifecycle over the few plots that matter against the one over all of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.nets import lifecycle
from safetynets.nets.conflicts import Conflicts
from safetynets.nets.kernels.lifecycle import Events
from safetynets.nets.monitor import watch
from safetynets.tracks import Tracks
from tests.nets.test_against_the_oracle_lifecycle import TRACKS, flown_plots, lifecycle_parameters, site_with

Happening = tuple[int | float, ...]


def picked(found: Conflicts, rows: np.ndarray) -> Conflicts:
    columns = {name: value[rows] for name, value in vars(found).items() if isinstance(value, np.ndarray)}
    return Conflicts(net=found.net, group=found.group, areas=found.areas, **columns)


def happenings(events: Events, row: np.ndarray) -> list[Happening]:
    in_full = events._replace(row=row[events.row])
    return [tuple(event) for event in zip(*(column.tolist() for column in in_full), strict=True)]


@settings(max_examples=30)
@given(nets=lifecycle_parameters(), tracks=flown_plots(), data=st.data())
def test_walking_from_hits_to_rest_gives_the_events_of_all_plots(nets, tracks, data):
    """The walk begins with the hits alone, and asks for the plots it lacks until it is at rest after each."""
    here = site_with(nets)
    last = np.append(np.diff(tracks.track) != 0, True)[: len(tracks)]
    for found in watch(tracks, here).conflicts:
        rules = getattr(here.parameters, found.net.name.lower())
        whole = lifecycle.follow(tracks, found, rules, lifecycle.forget_all(TRACKS))
        given_rows = found.assessable & (found.time_to_violation_s <= rules.warning_time_s)
        given_rows |= np.array(data.draw(st.lists(st.booleans(), min_size=len(tracks), max_size=len(tracks))), bool)
        while True:
            row = np.flatnonzero(given_rows)
            events, broken_off = lifecycle.follow_sparse(
                tracks.select(row), row, last[row], picked(found, row), rules, lifecycle.forget_all(TRACKS)
            )
            if not broken_off.any():
                break
            given_rows[row[broken_off] + 1] = True
        assert repr(happenings(events, row)) == repr(happenings(whole, np.arange(len(tracks))))


def test_a_track_without_a_hit_is_never_walked():
    here = site_with({"look_ahead_s": 0.0, "minimum_track_age_s": 0.0})
    tracks = Tracks.from_columns(
        {
            "time_s": [0.0, 4.0, 8.0],
            "track": [0, 0, 0],
            "x_m": [0.0] * 3,
            "y_m": [-40_000.0] * 3,
            "vx_mps": [0.0] * 3,
            "vy_mps": [70.0] * 3,
            "pressure_altitude_ft": [9000.0] * 3,
            "vertical_rate_fpm": [0.0] * 3,
        },
        plane=here.plane,
    )
    found = watch(tracks, here).conflicts[0]
    row = np.array([1])
    memory = lifecycle.forget_all(1)
    _, broken_off = lifecycle.follow_sparse(
        tracks.select(row), row, np.array([False]), picked(found, row), here.parameters.msaw, memory
    )
    assert not broken_off.any()
    assert np.isnan(memory.last_judged_s[0])
