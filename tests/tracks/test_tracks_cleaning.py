"""Cleaning writes on each plot what is wrong with it, and neither drops nor repairs anything."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.errors import TracksError
from safetynets.tracks import Cleaner, CleaningRule, PlotFlag, SpikeRule, Tracks, clean, column_names, count_flags


def flight(altitudes_ft: list[float], every_s: float = 1.0, **columns: object) -> Tracks:
    """One aircraft that moves north, with these altitudes."""
    count = len(altitudes_ft)
    given = {
        "time_s": np.arange(count) * every_s,
        "track": np.zeros(count, dtype=int),
        "latitude_deg": 47.0 + np.arange(count) * 1e-3,
        "longitude_deg": np.full(count, 8.0),
        "pressure_altitude_ft": altitudes_ft,
    }
    return Tracks.from_columns({**given, **columns})


def rows_with(flag: PlotFlag, tracks: Tracks) -> list[int]:
    return np.flatnonzero(clean(tracks).flags & flag).tolist()


@pytest.mark.requirement("REQ-FALSE")
def test_the_three_spikes_of_the_zurich_landing_are_flagged_and_nothing_else(zurich_landing: Tracks) -> None:
    flagged = clean(zurich_landing)
    spike = (flagged.flags & PlotFlag.ALTITUDE_SPIKE) != 0
    assert flagged.pressure_altitude_ft[spike].tolist() == [30975.0, 28975.0, 28975.0]
    # The recording's jitter, up to 675 ft above the descent for a second, is the altimeter's and is left to the nets.
    assert count_flags(flagged) == {
        "altitude spike": 3,
        "altitude missing": 0,
        "on ground": 0,
        "stuck": 0,
        "duplicate": 0,
        "after gap": 0,
        "position missing": 0,
    }


def test_the_dirt_of_the_paris_arrivals_is_flagged(paris: Tracks) -> None:
    flagged = clean(paris)
    spike = (flagged.flags & PlotFlag.ALTITUDE_SPIKE) != 0
    absurd = paris.pressure_altitude_ft > 60_000
    assert int(absurd.sum()) == 463
    assert spike[absurd].all()
    assert count_flags(flagged)["altitude missing"] == 50_665
    assert count_flags(flagged)["on ground"] == 55_371
    # What was believed never jumps: 1,000 ft of noise and 10,000 ft/min between believed plots a second apart.
    believed = np.flatnonzero(~spike & ~np.isnan(paris.pressure_altitude_ft))
    neighbours = (np.diff(paris.track[believed]) == 0) & (np.diff(paris.time_s[believed]) == 1)
    steps_ft = np.abs(np.diff(paris.pressure_altitude_ft[believed]))[neighbours]
    assert steps_ft.max() < 1_200


def test_cleaning_changes_nothing_but_the_flags(paris: Tracks) -> None:
    flagged = clean(paris)
    for name in (*column_names("plot"), *column_names("track")):
        if name != "flags":
            assert getattr(flagged, name) is getattr(paris, name)


def test_cleaning_again_gives_the_same_flags(zurich_ground: Tracks) -> None:
    flagged = clean(zurich_ground)
    np.testing.assert_array_equal(clean(flagged).flags, flagged.flags)


def test_an_altitude_of_28975_ft_for_one_second_on_final_is_a_spike() -> None:
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight([4525.0, 28975.0, 4500.0])) == [1]


def test_a_spike_downwards_is_flagged_as_one_upwards_is() -> None:
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight([9000.0, 1200.0, 9000.0, 16800.0, 9000.0])) == [1, 3]


@pytest.mark.parametrize("rate_fpm", [-8000.0, 8000.0])
@pytest.mark.parametrize("every_s", [1.0, 4.0, 12.0])
def test_a_steep_descent_or_climb_is_no_spike(rate_fpm: float, every_s: float) -> None:
    altitudes_ft = 25_000.0 + rate_fpm / 60.0 * every_s * np.arange(10)
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight(altitudes_ft.tolist(), every_s)) == []


def test_an_error_that_lasts_a_few_seconds_is_flagged_throughout() -> None:
    altitudes_ft = [3875.0] * 3 + [39_000.0] * 5 + [3850.0] * 3
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight(altitudes_ft)) == [3, 4, 5, 6, 7]


def test_a_wrong_first_altitude_does_not_discredit_the_flight_for_good() -> None:
    altitudes_ft = [35_000.0] + [4600.0] * 20
    # The rival level is believed once it has lasted 10 s: plots 1 to 11 span them.
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight(altitudes_ft)) == list(range(1, 11))


def test_a_new_level_after_a_gap_is_believed_after_a_few_consistent_plots() -> None:
    time_s = [0.0, 4.0, 300.0, 304.0, 308.0, 312.0, 316.0]
    tracks = flight([30_000.0, 30_000.0, 20_000.0, 19_900.0, 19_800.0, 19_700.0, 19_600.0], time_s=time_s)
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, tracks) == [2, 3, 4]
    assert rows_with(PlotFlag.AFTER_GAP, tracks) == [2]


def test_a_frozen_wrong_altitude_is_no_evidence_for_itself() -> None:
    frozen = flight([750.0] + [25_375.0] * 60, latitude_deg=[47.0] * 61)
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, frozen) == list(range(1, 61))


@pytest.mark.parametrize(("altitude_ft", "flagged"), [(60_000.0, []), (60_025.0, [0]), (-2000.0, []), (-2025.0, [0])])
def test_an_altitude_no_aircraft_has_is_a_spike_whatever_came_before(altitude_ft: float, flagged: list[int]) -> None:
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, flight([altitude_ft])) == flagged


def test_an_unknown_altitude_is_missing_and_no_spike() -> None:
    tracks = flight([5000.0, np.nan, 5000.0])
    assert rows_with(PlotFlag.ALTITUDE_MISSING, tracks) == [1]
    assert rows_with(PlotFlag.ALTITUDE_SPIKE, tracks) == []


def test_an_aircraft_on_the_ground_is_flagged_and_one_of_unknown_state_is_not() -> None:
    assert rows_with(PlotFlag.ON_GROUND, flight([0.0] * 3, on_ground=[1, 0, -1])) == [0]


def test_a_repeated_plot_is_stuck_after_ten_seconds() -> None:
    tracks = flight([5000.0] * 15, latitude_deg=[47.0] * 15)
    assert rows_with(PlotFlag.STUCK, tracks) == [10, 11, 12, 13, 14]


def test_level_flight_is_not_stuck() -> None:
    assert rows_with(PlotFlag.STUCK, flight([5000.0] * 30)) == []


def test_a_hovering_or_parked_aircraft_is_not_stuck() -> None:
    still = {"latitude_deg": [47.0] * 15, "vy_mps": [0.0] * 15}
    assert rows_with(PlotFlag.STUCK, flight([5000.0] * 15, vx_mps=[2.0] * 15, **still)) == []
    assert rows_with(PlotFlag.STUCK, flight([5000.0] * 15, vx_mps=[70.0] * 15, **still)) == [10, 11, 12, 13, 14]
    assert rows_with(PlotFlag.STUCK, flight([5000.0] * 15, latitude_deg=[47.0] * 15, on_ground=[1] * 15)) == []


def test_the_second_of_two_plots_at_one_time_is_the_duplicate() -> None:
    assert rows_with(PlotFlag.DUPLICATE, flight([5000.0, 5000.0, 4990.0], time_s=[0.0, 1.0, 1.0])) == [2]


def test_a_silence_longer_than_twenty_seconds_is_a_gap() -> None:
    assert rows_with(PlotFlag.AFTER_GAP, flight([5000.0] * 4, time_s=[0.0, 20.0, 40.5, 41.0])) == [2]


def test_a_missing_position_is_flagged_unless_it_is_known_on_the_plane() -> None:
    nowhere = {"latitude_deg": [np.nan, 47.0, np.nan], "longitude_deg": [np.nan, np.nan, 8.0]}
    assert rows_with(PlotFlag.POSITION_MISSING, flight([5000.0] * 3, **nowhere)) == [0, 1, 2]
    on_plane = {"x_m": [0.0, 1.0, 2.0], "y_m": [0.0, 1.0, np.nan]}
    assert rows_with(PlotFlag.POSITION_MISSING, flight([5000.0] * 3, **nowhere, **on_plane)) == [2]


def test_tracks_do_not_disturb_each_other() -> None:
    alone = flight([5000.0, 9000.0, 5000.0])
    two = Tracks.from_columns(
        {name: np.tile(getattr(alone, name), 2) for name in ("time_s", "latitude_deg", "longitude_deg")}
        | {"track": np.repeat([0, 1], 3), "pressure_altitude_ft": [30_000.0] * 3 + [5000.0, 9000.0, 5000.0]}
    )
    assert clean(two).flags.tolist() == [0, 0, 0, *clean(alone).flags.tolist()]


NAN = float("nan")


@st.composite
def dirty_traffic(draw: st.DrawFn) -> Tracks:
    """Some tracks with every kind of dirt, in which values repeat, jump and are missing."""
    plots = draw(
        st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from([0.0, 1.0, 4.0, 20.0, 25.0]),
                st.sampled_from([5000.0, 5000.0, 5100.0, 7000.0, 30_000.0, 70_000.0, NAN]),
                st.sampled_from([47.0, 47.0, 47.1, NAN]),
                st.sampled_from([NAN, 5.0, 90.0]),
                st.sampled_from([-1, 0, 1]),
            ),
            max_size=60,
        )
    )
    track = np.array([plot[0] for plot in plots], dtype=int)
    passed_s = np.array([plot[1] for plot in plots])
    time_s = np.zeros(len(plots))
    for number in range(3):
        time_s[track == number] = np.cumsum(passed_s[track == number])
    return Tracks.from_columns(
        {
            "time_s": time_s,
            "track": track,
            "pressure_altitude_ft": [plot[2] for plot in plots],
            "latitude_deg": [plot[3] for plot in plots],
            "longitude_deg": np.full(len(plots), 8.0),
            "vx_mps": [plot[4] for plot in plots],
            "vy_mps": np.zeros(len(plots)),
            "on_ground": [plot[5] for plot in plots],
        }
    )


@given(tracks=dirty_traffic(), data=st.data())
@settings(max_examples=150)
def test_fed_in_any_pieces_the_flags_are_those_of_the_whole(tracks: Tracks, data: st.DataObject) -> None:
    piece = np.zeros(len(tracks), dtype=int)
    for number in range(tracks.track_count):
        rows = tracks.rows_of(number)
        count = rows.stop - rows.start
        steps = data.draw(st.lists(st.integers(0, 2), min_size=count, max_size=count))
        piece[rows] = np.cumsum(steps)
    cleaner = Cleaner()
    flags = np.zeros(len(tracks), dtype=np.uint8)
    for number in range(int(piece.max(initial=0)) + 1):
        flags[piece == number] = cleaner.feed(tracks.select(piece == number)).flags
    np.testing.assert_array_equal(flags, clean(tracks).flags)


def test_the_landing_fed_plot_by_plot_has_the_flags_of_the_whole(zurich_landing: Tracks) -> None:
    cleaner = Cleaner()
    flags = [cleaner.feed(zurich_landing.select(slice(row, row + 1))).flags[0] for row in range(len(zurich_landing))]
    np.testing.assert_array_equal(flags, clean(zurich_landing).flags)


@given(tracks=dirty_traffic())
@settings(max_examples=150)
def test_spikes_are_those_of_the_rule_applied_step_by_step(tracks: Tracks) -> None:
    rule, expected = SpikeRule(), []
    memories = [SpikeRule.nothing_known() for _ in range(tracks.track_count)]
    last = dict[int, float]()
    for track, time_s, altitude_ft, north in zip(
        tracks.track, tracks.time_s, tracks.pressure_altitude_ft, tracks.latitude_deg, strict=True
    ):
        before = last.get(track, NAN)
        moved = not (before == north or (np.isnan(before) and np.isnan(north)))
        # The first plot of a track has a longitude that was not there before.
        moved = moved or track not in last
        last[track] = north
        expected.append(rule.step(memories[track], time_s, altitude_ft, moved))
    assert ((clean(tracks).flags & PlotFlag.ALTITUDE_SPIKE) != 0).tolist() == expected


def test_a_plot_earlier_than_one_already_fed_is_refused() -> None:
    cleaner = Cleaner()
    cleaner.feed(flight([5000.0] * 3))
    with pytest.raises(TracksError, match=r"track 0: time_s 0\.0 comes after 2\.0 was fed; feed the plots"):
        cleaner.feed(flight([5000.0]))


def test_memory_does_not_grow_with_the_recording() -> None:
    dirt = flight([5000.0, 30_000.0] * 500)

    def held_after(pieces: int) -> int:
        cleaner = Cleaner()
        tracemalloc.start()
        for piece in range(pieces):
            cleaner.feed(dirt.with_columns(time_s=piece * 1000.0 + np.arange(1000.0)))
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held

    held_after(2)
    more_plots = (22 - 2) * 1000
    # A plot takes 130 bytes in `Tracks`; what is held besides one track's memory is the interpreter's.
    assert held_after(22) - held_after(2) < 0.02 * 130 * more_plots


@pytest.mark.parametrize(
    ("rule", "columns"),
    [
        (CleaningRule(gap_s=50.0), {"time_s": [0.0, 30.0, 60.0]}),
        (CleaningRule(stuck_s=60.0), {"time_s": [0.0, 10.0, 20.0], "latitude_deg": [47.0] * 3}),
        (CleaningRule(stuck_kt=200.0), {"time_s": [0.0, 9.0, 18.0], "latitude_deg": [47.0] * 3, "vx_mps": [90.0] * 3}),
        (CleaningRule(spike=SpikeRule(noise_ft=3000.0)), {"pressure_altitude_ft": [5000.0, 7500.0, 5000.0]}),
        (CleaningRule(spike=SpikeRule(fastest_fpm=120_000.0)), {"pressure_altitude_ft": [5000.0, 7500.0, 5000.0]}),
        (
            CleaningRule(spike=SpikeRule(reach_s=60.0)),
            {"pressure_altitude_ft": [5000.0, 9000.0, 9000.0], "time_s": [0.0, 19.0, 20.0]},
        ),
        (CleaningRule(spike=SpikeRule(highest_ft=90_000.0)), {"pressure_altitude_ft": [70_000.0] * 3}),
        (CleaningRule(spike=SpikeRule(lowest_ft=-9000.0)), {"pressure_altitude_ft": [-5000.0] * 3}),
        (
            CleaningRule(spike=SpikeRule(rival_plots=2)),
            {"pressure_altitude_ft": [5000.0, 30_000.0, 30_000.0], "time_s": [0.0, 1.0, 15.0]},
        ),
        (CleaningRule(spike=SpikeRule(rival_plots=2, rival_s=1.0)), {"pressure_altitude_ft": [5000.0, 3e4, 3e4]}),
    ],
)
def test_every_threshold_changes_some_flag(rule: CleaningRule, columns: dict[str, list[float]]) -> None:
    tracks = flight([5000.0] * 3, **{"vy_mps": [0.0] * 3, **columns})
    assert clean(tracks, rule).flags.tolist() != clean(tracks).flags.tolist()


def test_the_threshold_of_the_rival_s_duration_is_used() -> None:
    tracks = flight([5000.0] + [30_000.0] * 4)
    assert clean(tracks).flags.tolist() == [0, 1, 1, 1, 1]
    assert clean(tracks, CleaningRule(spike=SpikeRule(rival_s=2.0))).flags.tolist() == [0, 1, 1, 0, 0]
