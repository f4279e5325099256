"""Who on board speaks on an approach 280 ft low over flat ground, and how long before the ground."""

from pathlib import Path

import numpy as np
import pytest

from safetynets.airborne import MODES, Equipment, judge_flight
from safetynets.airborne.state import STEP_S
from tests.airborne.low_approach import contact_s, flat_site, low_approach

PDA_HELD_S = 2.0
"""The hand calculation has the moment at which the envelope is entered; this one is held for 2 s."""


def left_s(tracks=None, site=None, **equipment):
    """Seconds between the first word of each mode and the ground; modes that keep silent are not in it."""
    tracks, site = tracks or low_approach(), site or flat_site()
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, site, Equipment(**equipment))
    return {one.mode.name: contact_s() - one.spoken[0].start_s for one in flight.outcomes() if one.spoken}


@pytest.mark.parametrize(
    ("name", "hand_s"),
    [
        ("RFCF TOO LOW, TERRAIN", 24.0),
        ("TCF TOO LOW, TERRAIN", 19.0),
        ("PDA TOO LOW, TERRAIN", 11.0 - PDA_HELD_S),
        ("Mode 5 GLIDESLOPE (soft)", 81.0),
        ("Mode 5 GLIDESLOPE (hard)", 24.0),
    ],
)
def test_the_lead_times_of_the_hand_calculation(name, hand_s):
    assert left_s()[name] == pytest.approx(hand_s, abs=2.0)


def test_without_a_glide_path_mode_5_cannot_judge():
    assert not [name for name in left_s(site=flat_site("baro")) if name.startswith("Mode 5")]
    tracks = low_approach()
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, flat_site("baro"))
    soft = next(one for one in flight.outcomes() if one.mode.name == "Mode 5 GLIDESLOPE (soft)")
    assert soft.why.startswith("not assessable: the approach has no glide path (")


def test_the_rate_of_descent_and_of_closure_are_ordinary():
    assert not [name for name in left_s() if name.startswith(("Mode 1", "Mode 2", "Mode 3"))]


def test_mode_4_would_need_gear_and_flaps():
    tracks = low_approach()
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, flat_site())
    (four,) = [one for one in flight.outcomes() if one.mode.key == "Mode 4"]
    assert not four.spoken
    assert "gear and flaps are not known" in four.not_assessable_s


def test_a_position_error_makes_the_floors_speak_later():
    perfect, with_error = left_s(), left_s(position_bias_nm=0.25)
    for name in ("RFCF TOO LOW, TERRAIN", "TCF TOO LOW, TERRAIN"):
        assert with_error[name] < perfect[name]


def test_on_the_path_nobody_speaks():
    assert left_s(low_approach(low_ft=0.0, until_nm=0.05)) == {}


def test_a_wrong_setting_fools_only_the_look_ahead_on_the_altimeter():
    """1011 set for 1001: the aircraft is 275 ft low and its altimeter shows it on the path."""
    right, wrong = left_s(), left_s(low_approach(setting_hpa=1023.5))
    baro = "FLTA baro CAUTION TERRAIN"
    assert right[baro] == pytest.approx(right["FLTA CAUTION TERRAIN"], abs=STEP_S)
    assert wrong.get(baro, 0.0) < 0.5 * right[baro]
    assert {name: time for name, time in wrong.items() if "baro" not in name} == {
        name: time for name, time in right.items() if "baro" not in name
    }


def test_without_a_setting_the_look_ahead_on_the_altimeter_cannot_judge():
    tracks = low_approach(setting_hpa=np.nan)
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, flat_site())
    (baro, _) = [one for one in flight.outcomes() if one.mode.key == "FLTA baro"]
    assert baro.why.startswith("not assessable: no altimeter setting is sent")


def test_without_terrain_only_what_needs_none_judges():
    tracks, site = low_approach(), flat_site(terrain=None)
    spoke = set(left_s(site=site))
    assert "RFCF TOO LOW, TERRAIN" in spoke
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, site)
    (floor,) = [one for one in flight.outcomes() if one.mode.key == "TCF"]
    assert "no terrain data below" in floor.not_assessable_s


def test_the_interval_between_plots_does_not_matter():
    """Between plots the flight is a straight line, and the equipment looks at it every fifth of a second."""
    often, rarely = left_s(low_approach(update_s=1.0)), left_s(low_approach(update_s=5.0, until_nm=0.72))
    assert often.keys() == rarely.keys()
    for name, time_s in often.items():
        assert rarely[name] == pytest.approx(time_s, abs=STEP_S + 1e-6)


def test_the_explanation_names_the_envelope_at_that_moment():
    tracks = low_approach()
    flight = judge_flight(tracks, tracks.pressure_altitude_ft, 0, flat_site())
    (floor,) = [one for one in flight.outcomes() if one.mode.key == "TCF"]
    assert floor.why == "radio height 227 ft, floor 229 ft at 1.44 NM from the runway"


def test_the_page_names_every_mode_and_its_source():
    page = (Path(__file__).parents[2] / "docs" / "airborne.md").read_text(encoding="utf-8")
    for mode in MODES:
        assert mode.name in page
        assert mode.source
        assert mode.altitude
