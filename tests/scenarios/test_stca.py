"""What the pages of the STCA scenarios say beside their tables, and what its messages of category 004 hold."""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.exports.cat004 import Options, messages
from safetynets.exports.finished_run import read_finished
from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario
from tests.scenarios import runs


def test_both_minima_are_lost_after_the_level_bust_and_not_before_the_alert():
    run = runs.perfect("zurich-level-bust")
    tracks = run.tracks
    over, bust = (tracks.select(tracks.rows_of(tracks.callsign.tolist().index(name))) for name in ("OVER1", "BUST1"))
    x_m, y_m, up_ft = (
        np.interp(over.time_s, bust.time_s, column) for column in (bust.x_m, bust.y_m, bust.pressure_altitude_ft)
    )
    apart_nm = np.hypot(over.x_m - x_m, over.y_m - y_m) / 1852.0
    apart_ft = np.abs(over.pressure_altitude_ft - up_ft)
    lost_s = over.time_s[(apart_nm < 5.0) & (apart_ft < 1000.0)] - tracks.time_s.min()
    assert (lost_s[0], lost_s[-1]) == (328.0, 372.0)
    nearest = np.argmin(apart_nm)
    assert apart_nm[nearest] == pytest.approx(0.83, abs=0.01)
    assert apart_ft[nearest] == pytest.approx(690.0, abs=1.0)
    [alert] = run.alerts
    assert 40.0 < tracks.time_s.min() + lost_s[0] - alert.start_time_s < 60.0


def test_the_separated_flights_alert_when_their_cleared_and_selected_levels_are_not_used():
    ignoring = {"stca.use_cleared_level": "false", "stca.use_selected_level": "false"}
    alerts = run_scenario("zurich-separated", overrides=ignoring).alerts
    assert [(alert.callsign, alert.other_callsign) for alert in alerts] == [("WEST1", "DOWN1"), ("EAST1", "UP1")]
    assert {alert.end_reason for alert in alerts} == {"cleared"}


def test_an_alert_is_sent_with_either_classification_and_both_aircraft(tmp_path):
    run = runs.perfect("zurich-level-bust")
    finished = read_finished(write_run_folder(run, tmp_path / "run", replace=False))
    rows = messages(finished, Options())
    assert rows[0]["060/STCA"] == 1
    sent = [row for row in rows if row["000"] == 7]
    first, again = sent[:2]
    assert (first["120/CC/TID"], first["120/CC/CPC"]) == (1, 0b100)
    # Major, and not crossed and diverging.
    assert (again["120/CC/TID"], again["120/CC/CPC"]) == (0, 1)
    assert {row["120/CC/TID"] for row in sent[::2]} == {1}
    differing = {path for path in first if first[path] != again.get(path)}
    assert differing == {"120/CC/TID", "120/CC/CPC"}
    assert (first["170/AI1"], first["171/AI2"]) == ("OVER1", "BUST1")
    assert first["030"] != first["035"]
    assert (first["120/CN/TYPE"], first["120/CN/CROSS"], first["120/CN/DIV"], first["120/CN/FLD"]) == (1, 0, 0, 0)
    assert first["070/TC"] == pytest.approx(53.3, abs=0.1)
    # The separations are those of the page: 15.1 km beyond 5 NM, and 106 ft beyond 750 (800) ft.
    assert first["070/CHS"] == pytest.approx(15_091 + 9260, abs=1.0)
    # The alert starts at the plot of OVER1; the message has that of BUST1 of the same moment, not the one 4 s older.
    assert first["070/CVS"] == pytest.approx(106 + 800, abs=20.0)
    assert first["070/MHS"] < 5 * 1852.0
    [end] = [row for row in rows if row["000"] == 17]
    assert end["035"] == first["035"]


def test_major_and_crossed_are_said_when_the_pair_has_passed(tmp_path):
    run = runs.perfect("zurich-level-bust")
    finished = read_finished(write_run_folder(run, tmp_path / "run", replace=False))
    sent = [row for row in messages(finished, Options()) if row["000"] == 7]
    assert {row["120/CC/CPC"] for row in sent[1::2]} <= {1, 2, 3, 4}
    assert all(row["120/CC/CPC"] for row in sent[::2])
