"""The runway monitor on the recorded ground movements of Zurich: a smoke test, no proof.

The ten aircraft were recorded on different days, so that no two of them ever meet; the recording does not say how
accurate its positions are.
"""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.monitor import Monitor
from safetynets.engine.reasons import Reason
from safetynets.evaluation.parameter_sets import site_with
from safetynets.nets.rmca import NET as RMCA
from safetynets.recordings import read_tracks
from safetynets.runs.traffic import made_ready
from safetynets.sites import Site, load_site, shipped_folder
from safetynets.tracks import Tracks


@pytest.fixture(scope="module")
def zurich() -> Site:
    return load_site("zurich", overrides={"switched_on": ("RMCA",), "pressure_regions.*.qnh_hpa": 1009.0})


@pytest.fixture(scope="module")
def recorded(zurich) -> Tracks:
    file = shipped_folder() / "data" / "zurich-ground.parquet"
    tracks, _ = made_ready(read_tracks(file).tracks, None, zurich, lambda _: None)
    return tracks


def brought_together(tracks: Tracks) -> Tracks:
    """The same movements, all beginning at one time: places and speeds are real, that they meet is made."""
    starts_s = np.array([tracks.time_s[tracks.rows_of(track).start] for track in range(tracks.track_count)])
    return tracks.with_columns(time_s=tracks.time_s - starts_s[tracks.track])


def judged(tracks: Tracks, site: Site) -> tuple[Conflicts, int]:
    monitor = Monitor(site, [RMCA])
    [found] = monitor.feed(tracks).conflicts
    return found, len(monitor.alerts())


def test_no_two_aircraft_of_the_recording_ever_meet_so_nothing_is_said(recorded, zurich):
    found, alerts = judged(recorded, zurich)
    assert alerts == 0
    assert set(found.reason.tolist()) == {Reason.NO_OTHER_AIRCRAFT}
    assert (recorded.on_ground == 1).sum() > 10_000


def test_without_an_accuracy_no_pair_with_an_aircraft_that_uses_a_runway_is_judged(recorded, zurich):
    found, alerts = judged(brought_together(recorded), zurich)
    assert alerts == 0
    reasons = {Reason(reason) for reason in found.reason}
    assert Reason.POSITION_ACCURACY_UNKNOWN in reasons
    used = found.assessable & (found.area >= 0)
    # Where a runway is used and all is judged, both aircraft are in flight.
    assert not used.any() or (recorded.on_ground[used] == 0).all()


def test_with_the_positions_accepted_the_movements_are_judged(recorded, zurich):
    together = brought_together(recorded)
    found, _ = judged(together, site_with(zurich, {"rmca.unknown_accuracy": "accepted"}))
    assert (found.reason != Reason.POSITION_ACCURACY_UNKNOWN).all()
    used = found.assessable & (found.area >= 0)
    assert used.any()
    # Whoever is on the ground and uses a runway is within its width, and fast.
    on_ground = used & (together.on_ground == 1)
    assert (np.abs(found.lateral_deviation_m[on_ground]) <= 30.0).all()
    assert (np.hypot(together.vx_mps[on_ground], together.vy_mps[on_ground]) >= 20.5).all()
