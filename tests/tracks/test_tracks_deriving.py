"""Velocities and vertical rates that the recording lacks come from earlier plots, and from nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.geodesy import Plane, destination
from safetynets.tracks import Tracks, clean, derive
from safetynets.units import kt_to_mps, mps_to_kt


def straight_flight(course_deg: float, speed_kt: float, time_s: list[float], **columns: object) -> Tracks:
    """A flight along a geodesic from Zurich, at 5,000 ft less 20 ft a second."""
    metres = kt_to_mps(speed_kt) * np.asarray(time_s)
    positions = [destination(47.46, 8.55, course_deg, distance) for distance in metres]
    return Tracks.from_columns(
        {
            "time_s": time_s,
            "track": [0] * len(time_s),
            "latitude_deg": [latitude for latitude, _ in positions],
            "longitude_deg": [longitude for _, longitude in positions],
            "pressure_altitude_ft": 5000.0 - 20.0 * np.asarray(time_s),
            **columns,
        }
    )


@pytest.mark.parametrize("course_deg", [0.0, 77.0, 180.0, 271.0])
def test_speed_and_track_come_from_the_positions(course_deg: float) -> None:
    tracks = derive(straight_flight(course_deg, 240.0, [0.0, 4.0, 8.0, 12.0]))
    assert np.isnan(tracks.vx_mps[0])
    speed_kt = mps_to_kt(np.hypot(tracks.vx_mps, tracks.vy_mps))[1:]
    # The straight line in latitude and longitude of one step is the geodesic to far better than these.
    np.testing.assert_allclose(speed_kt, 240.0, atol=1e-6)
    turned_deg = np.degrees(np.arctan2(tracks.vx_mps, tracks.vy_mps))[1:] - course_deg
    np.testing.assert_allclose((turned_deg + 180.0) % 360.0 - 180.0, 0.0, atol=0.05)


def test_on_a_plane_the_velocity_is_that_on_the_plane() -> None:
    far = Plane(46.0, 5.0)
    tracks = straight_flight(0.0, 240.0, [0.0, 4.0, 8.0])
    on_plane = derive(tracks.on_plane(far))
    course_deg = np.degrees(np.arctan2(on_plane.vx_mps[1:], on_plane.vy_mps[1:]))
    np.testing.assert_allclose(
        course_deg, far.convergence_deg(tracks.latitude_deg, tracks.longitude_deg)[1:], atol=0.01
    )
    assert abs(course_deg[0]) > 2.0


def test_the_vertical_rate_comes_from_the_altitudes() -> None:
    tracks = derive(straight_flight(0.0, 240.0, [0.0, 4.0, 8.0, 12.0, 16.0]))
    # Ten seconds back there is no plot yet at 0, 4 and 8 s.
    np.testing.assert_allclose(tracks.vertical_rate_fpm, [np.nan, np.nan, np.nan, -1200.0, -1200.0])


def test_what_the_recording_gives_is_left_as_it_is() -> None:
    tracks = straight_flight(
        0.0, 240.0, [0.0, 12.0], vx_mps=[1.0, 2.0], vy_mps=[3.0, 4.0], vertical_rate_fpm=[5.0, 6.0]
    )
    derived = derive(tracks)
    assert derived.vx_mps.tolist() == [1.0, 2.0]
    assert derived.vy_mps.tolist() == [3.0, 4.0]
    assert derived.vertical_rate_fpm.tolist() == [5.0, 6.0]


def test_nothing_is_derived_across_a_gap() -> None:
    tracks = derive(straight_flight(0.0, 240.0, [0.0, 4.0, 25.0, 29.0]))
    assert np.isnan(tracks.vx_mps).tolist() == [True, False, True, False]
    assert np.isnan(tracks.vertical_rate_fpm).all()


def test_nothing_is_derived_from_another_aircraft() -> None:
    one = straight_flight(0.0, 240.0, [0.0, 12.0], track=[0, 1])
    assert np.isnan(derive(one).vertical_rate_fpm).all()


def test_a_spike_gives_no_vertical_rate_and_is_not_differenced() -> None:
    altitudes_ft = [5000.0] * 12 + [28_975.0] + [5000.0] * 12
    tracks = straight_flight(0.0, 240.0, list(np.arange(25.0)), pressure_altitude_ft=altitudes_ft)
    rate_fpm = derive(clean(tracks)).vertical_rate_fpm
    assert np.isnan(rate_fpm[12])
    assert rate_fpm[13:].tolist() == [0.0] * 12
    assert derive(tracks).vertical_rate_fpm[12] > 100_000  # without the cleaning it would have been believed


def test_a_repeated_plot_gives_no_velocity_of_zero() -> None:
    frozen = straight_flight(0.0, 240.0, list(np.arange(20.0)))
    held = np.minimum(np.arange(20), 5)
    frozen = frozen.with_columns(
        latitude_deg=frozen.latitude_deg[held], pressure_altitude_ft=frozen.pressure_altitude_ft[held]
    )
    derived = derive(clean(frozen))
    assert np.isnan(derived.vy_mps[15:]).all()


def test_two_plots_at_one_time_are_not_divided_by_zero() -> None:
    tracks = derive(clean(straight_flight(0.0, 240.0, [0.0, 4.0, 4.0, 8.0])))
    assert np.isnan(tracks.vy_mps[2])
    assert tracks.vy_mps[3] == pytest.approx(kt_to_mps(240.0))


def test_a_plot_owes_nothing_to_the_future(zurich_landing: Tracks) -> None:
    bare = clean(zurich_landing).with_columns(
        **{name: np.full(len(zurich_landing), np.nan) for name in ("vx_mps", "vy_mps", "vertical_rate_fpm")}
    )
    whole = derive(bare)
    for end in (1, 50, 77, 400, 700):
        part = derive(bare.select(slice(0, end)))
        for name in ("vx_mps", "vy_mps", "vertical_rate_fpm"):
            np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:end])


def test_a_position_repeated_for_a_second_gives_no_velocity_of_zero() -> None:
    tracks = straight_flight(0.0, 240.0, list(np.arange(12.0)))
    repeated = np.array([0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 10, 11])
    tracks = tracks.with_columns(latitude_deg=tracks.latitude_deg[repeated])
    vy_mps = derive(clean(tracks)).vy_mps
    assert np.isnan(vy_mps[[8, 9]]).all()
    np.testing.assert_allclose(vy_mps[[4, 5, 6, 7, 10]], kt_to_mps(240.0), rtol=1e-6)


@pytest.mark.parametrize("recording", ["zurich_landing", "paris"])
def test_derived_velocities_agree_with_those_the_aircraft_sent(recording: str, request: pytest.FixtureRequest) -> None:
    tracks: Tracks = request.getfixturevalue(recording)
    nothing = np.full(len(tracks), np.nan)
    derived = derive(clean(tracks).with_columns(vx_mps=nothing, vy_mps=nothing))
    wrong_kt = mps_to_kt(np.hypot(derived.vx_mps - tracks.vx_mps, derived.vy_mps - tracks.vy_mps))
    # Positions are stamped up to a second late, which over four seconds is a quarter of 250 kt at worst.
    assert np.nanmedian(wrong_kt) < 15.0
    assert np.nanpercentile(wrong_kt, 90) < 40.0
