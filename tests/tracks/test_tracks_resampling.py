"""Resampling keeps plots as they were, leaves plots out, counts what it left out, and invents nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.errors import TracksError
from safetynets.tracks import PlotFlag, Tracks, clean, count_flags, left_out, resample


def at(time_s: list[float], **columns: object) -> Tracks:
    return Tracks.from_columns({"time_s": time_s, "track": [0] * len(time_s), **columns})


def test_the_last_plot_at_or_before_each_tick_is_kept_with_its_own_time() -> None:
    kept = resample(at([0.0, 1.0, 3.9, 4.0, 4.1, 6.0, 7.5]), 4.0)
    assert kept.time_s.tolist() == [0.0, 4.0, 7.5]


def test_ticks_are_the_same_for_every_track() -> None:
    tracks = Tracks.from_columns({"time_s": [1.0, 4.0, 5.0, 3.0, 5.0], "track": [0, 0, 0, 1, 1]})
    kept = resample(tracks, 4.0)
    assert kept.time_s.tolist() == [4.0, 5.0, 3.0, 5.0]
    assert kept.track.tolist() == [0, 0, 1, 1]


def test_a_tick_without_a_plot_has_no_row() -> None:
    assert resample(at([0.0, 12.0]), 4.0).time_s.tolist() == [0.0, 12.0]


def test_a_spike_that_is_left_out_is_counted() -> None:
    altitudes_ft = [4525.0, 28_975.0, 4500.0, 4475.0, 4450.0]
    tracks = clean(at([0.0, 1.0, 2.0, 3.0, 4.0], pressure_altitude_ft=altitudes_ft))
    assert count_flags(resample(tracks, 4.0))["altitude spike"] == 0
    counts = left_out(tracks, 4.0)
    assert counts["plots"] == 3
    assert counts["altitude spike"] == 1


def test_a_spike_on_the_tick_keeps_its_flag() -> None:
    tracks = clean(at([0.0, 3.0, 4.0], pressure_altitude_ft=[4525.0, 4500.0, 28_975.0]))
    kept = resample(tracks, 4.0)
    assert kept.pressure_altitude_ft.tolist() == [4525.0, 28_975.0]
    assert (kept.flags & PlotFlag.ALTITUDE_SPIKE).tolist() == [0, 1]


def test_a_gap_still_stands_before_the_plot_that_is_kept() -> None:
    tracks = clean(at([0.0, 61.0, 62.0, 64.0, 68.0]))
    assert (tracks.flags & PlotFlag.AFTER_GAP).tolist() == [0, 32, 0, 0, 0]
    kept = resample(tracks, 4.0)
    assert kept.time_s.tolist() == [0.0, 64.0, 68.0]
    assert (kept.flags & PlotFlag.AFTER_GAP).tolist() == [0, 32, 0]


def test_of_two_plots_at_one_time_the_first_stands() -> None:
    tracks = clean(at([0.0, 4.0, 4.0], pressure_altitude_ft=[5000.0, 4900.0, 4800.0]))
    kept = resample(tracks, 4.0)
    assert kept.pressure_altitude_ft.tolist() == [5000.0, 4900.0]
    assert left_out(tracks, 4.0)["duplicate"] == 1


@given(
    times=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 400)), max_size=40),
    update_s=st.sampled_from([0.5, 1.0, 4.0, 5.0, 12.0]),
)
def test_it_agrees_with_the_rule_written_plot_by_plot(times: list[tuple[int, int]], update_s: float) -> None:
    tracks = Tracks.from_columns(
        {"time_s": np.array([t / 10 for _, t in times]), "track": np.array([k for k, _ in times], dtype=int)}
    )
    expected = []
    for number in range(tracks.track_count):
        of_track = sorted({t / 10 for k, t in times if k == number})
        for tick in range(2 + int(40 / update_s)):
            heard = [t for t in of_track if (tick - 1) * update_s < t <= tick * update_s]
            expected += [(number, heard[-1])] if heard else []
    kept = resample(tracks, update_s)
    assert list(zip(kept.track.tolist(), kept.time_s.tolist(), strict=True)) == expected
    assert left_out(tracks, update_s)["plots"] == len(times) - len(expected)
    again = resample(kept, update_s)
    assert again.time_s.tolist() == kept.time_s.tolist()


def test_the_real_arrivals_lose_no_spike_unseen(paris: Tracks) -> None:
    tracks = clean(paris)
    kept, lost, whole = count_flags(resample(tracks, 4.0)), left_out(tracks, 4.0), count_flags(tracks)
    for flag in ("altitude spike", "altitude missing", "on ground", "stuck"):
        assert kept[flag] + lost[flag] == whole[flag]


@pytest.mark.parametrize("update_s", [0.0, -4.0, float("nan"), float("inf")])
def test_an_update_period_that_is_none_is_refused(update_s: float) -> None:
    with pytest.raises(TracksError, match="update_s is"):
        resample(at([0.0]), update_s)
