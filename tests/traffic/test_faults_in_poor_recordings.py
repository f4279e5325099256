"""A fault put into a poor recording either works or says why it cannot; it never breaks."""

import warnings

import numpy as np
import pytest
from pydantic import TypeAdapter

from safetynets.errors import ScenarioError
from safetynets.tracks import PlotFlag, Tracks
from safetynets.traffic import Fault, apply_faults, fly
from tests.traffic.test_faults import SCRIPTED, WHERE
from tests.traffic.test_scripted_flights import flight

FAULT = TypeAdapter(Fault)


def good():
    legs = [{"do": "intercept", "approach": "LSGG 22"}]
    return fly([flight(legs, {"distance_nm": 30, "altitude_ft": 5000})], WHERE, 4.0, 0.0)


def with_unknown(names, every=1):
    tracks = good()
    columns = {}
    for name in names:
        values = np.array(getattr(tracks, name))
        values[::every] = np.nan
        columns[name] = values
    return tracks.with_columns(**columns)


POOR = {
    "one plot": good().select(slice(0, 1)),
    "two plots": good().select(slice(0, 2)),
    "no altitude": with_unknown(["pressure_altitude_ft", "geometric_altitude_ft"]),
    "every fifth altitude missing": with_unknown(["pressure_altitude_ft", "geometric_altitude_ft"], every=5),
    "no velocity": with_unknown(["vx_mps", "vy_mps", "vertical_rate_fpm"]),
    "every fifth velocity missing": with_unknown(["vx_mps", "vy_mps", "vertical_rate_fpm"], every=5),
    "no position": with_unknown(["x_m", "y_m", "latitude_deg", "longitude_deg"]),
    "every fifth position missing": with_unknown(["x_m", "y_m", "latitude_deg", "longitude_deg"], every=5),
    "no geometric altitude": with_unknown(["geometric_altitude_ft"]),
}
ALL = [
    *SCRIPTED,
    {"fault": "standard_setting_kept", "qnh_hpa": 990},
    {"fault": "wrong_altimeter_setting", "error_hpa": 10, "ils": True, "approach": "LSGG 22"},
    {"fault": "through_cleared_level", "cleared_ft": 4000, "by_ft": 300},
]


MUST_WORK = ("every fifth altitude missing", "every fifth velocity missing", "no geometric altitude")


def or_refused(tracks, fault):
    try:
        after, (record,) = apply_faults(tracks, [fault], WHERE)
    except ScenarioError as refused:
        print(refused)
        return None, None
    return after, record


@pytest.mark.parametrize("what", POOR)
@pytest.mark.parametrize("settings", ALL, ids=[f"{number}-{row['fault']}" for number, row in enumerate(ALL)])
def test_a_fault_in_a_poor_recording_works_or_says_why_not(what, settings):
    tracks = POOR[what]
    fault = FAULT.validate_python({"callsign": "EZS1", **settings})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if what in MUST_WORK:
            after, (record,) = apply_faults(tracks, [fault], WHERE)
        else:
            after, record = or_refused(tracks, fault)
    if record is None:
        return
    assert len(after) > 0
    assert np.isfinite([record.displacement_ft, record.displacement_m, record.start_time_s]).all()
    # What was unknown stays unknown.
    rows = np.isin(tracks.time_s, after.time_s)
    for name in ("pressure_altitude_ft", "geometric_altitude_ft", "x_m", "y_m", "latitude_deg", "vx_mps", "vy_mps"):
        assert np.array_equal(np.isnan(getattr(tracks, name)[rows]), np.isnan(getattr(after, name))), name


def test_an_altitude_spike_neither_starts_a_fault_nor_meets_the_ground():
    tracks = good()
    spiked = np.array(tracks.pressure_altitude_ft)
    spiked[20], spiked[40] = 30_975.0, -900.0
    flags = np.array(tracks.flags)
    flags[[20, 40]] = PlotFlag.ALTITUDE_SPIKE
    unknown = np.full(len(tracks), np.nan)
    dirty = tracks.with_columns(pressure_altitude_ft=spiked, geometric_altitude_ft=unknown, flags=flags)
    settings = {
        "callsign": "EZS1",
        "fault": "lateral_offset",
        "approach": "LSGG 22",
        "from_distance_nm": 20,
        "right_m": 500,
    }
    after, (record,) = apply_faults(dirty, [FAULT.validate_python(settings)], WHERE)
    # Beside the runway, the flight comes down on the fields and not before.
    assert after.time_s[-1] > tracks.time_s[-1] - 30.0
    assert isinstance(after, Tracks)
    assert record.displacement_m == pytest.approx(500.0, abs=0.1)
