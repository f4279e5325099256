"""What the controller sees when several nets speak about one aircraft."""

from dataclasses import replace

import numpy as np
import pytest

from safetynets.engine.alerts import COLUMNS, in_order
from safetynets.engine.arbitration import Spans, arbitrate
from safetynets.engine.monitor import judge
from safetynets.sites.parameters import ArbitrationParameters, Parameters
from tests.nets import situations
from tests.nets.flights import final_approach

REANNOUNCED = "reannounced_times_s"


def arbitrated(alerts, joined, parameters):
    """What becomes of these alerts, taken for episodes."""
    columns = {name: np.array([getattr(alert, name) for alert in alerts]) for name in COLUMNS if name != REANNOUNCED}
    columns[REANNOUNCED] = np.empty(len(alerts), dtype=object)
    columns["net_and_group"] = np.unique(columns["net"], return_inverse=True)[1]
    return in_order([arbitrate(columns, joined, parameters)])


NEVER_JOINED = Spans(np.empty(0, dtype=np.int32), np.empty((0, 2)))
ALWAYS_JOINED = Spans(np.zeros(1, dtype=np.int32), np.array([[0.0, np.inf]]))

HIGH_FLOOR = situations.minimum(9000.0, situations.square(-9e4, -9e4, 9e4, 9e4))


def alerts_of_a_low_approach(rule: str, low_ft: float = 300.0):
    watched = situations.site(
        approaches=(situations.approach(end_distance_nm=4.0),),
        minimum_altitudes=(HIGH_FLOOR,),
        parameters=Parameters(arbitration=ArbitrationParameters(rule=rule)),
    )
    return judge(final_approach(low_ft=low_ft), watched).alerts


def test_on_final_the_apm_speaks_and_the_msaw_is_recorded_until_the_aircraft_leaves_the_approach():
    msaw, apm = sorted(alerts_of_a_low_approach("apm_speaks_on_final"), key=lambda alert: alert.net != "MSAW")
    assert (apm.net, apm.shown, apm.shown_time_s) == ("APM", True, apm.start_time_s)
    # Past 4 NM the approach is no longer watched, and the MSAW, which never ended, must be seen.
    assert msaw.start_time_s < apm.end_time_s
    assert (msaw.shown, msaw.shown_time_s, msaw.suppressed_by) == (True, apm.end_time_s, "")


def test_an_msaw_alert_wholly_within_the_approach_is_kept_with_its_reason():
    msaw = next(alert for alert in alerts_of_a_low_approach("apm_speaks_on_final") if alert.net == "MSAW")
    within = arbitrated([msaw], ALWAYS_JOINED, ArbitrationParameters())[0]
    assert (within.shown, within.suppressed_by) == (False, "APM")
    assert np.isnan(within.shown_time_s)


def test_geneva_shows_both_as_one_alert_called_msaw():
    alerts = alerts_of_a_low_approach("one_alert_called_msaw")
    assert {alert.net for alert in alerts} == {"MSAW", "APM"}
    assert {alert.shown_as for alert in alerts} == {"MSAW"}
    # The MSAW goes on when the approach is no longer watched: the label stays, and there are never two.
    apm, msaw = sorted(alerts, key=lambda alert: alert.net)
    assert apm.start_time_s == msaw.start_time_s == apm.shown_time_s
    assert msaw.shown_time_s == apm.end_time_s


def test_of_two_alerts_about_one_aircraft_the_shorter_one_is_never_shown_beside_the_longer():
    apm, msaw = sorted(alerts_of_a_low_approach("one_alert_called_msaw"), key=lambda alert: alert.net)
    short = replace(msaw, end_time_s=apm.end_time_s - 4.0)
    shown, hidden = arbitrated([apm, short], NEVER_JOINED, ArbitrationParameters(rule="one_alert_called_msaw"))
    assert (shown.net, shown.shown_as) == ("APM", "MSAW")
    assert (hidden.net, hidden.shown, hidden.suppressed_by) == ("MSAW", False, "APM")


def test_show_all_shows_all():
    assert all(alert.shown for alert in alerts_of_a_low_approach("show_all"))


def test_an_aircraft_1500_ft_low_still_joins_its_approach():
    apm = [alert for alert in alerts_of_a_low_approach("show_all", low_ft=1500.0) if alert.net == "APM"]
    assert [alert.kind for alert in apm] == ["below"]
    # Rounding of positions aside, the deviation is what was flown.
    assert apm[0].vertical_deviation_ft == pytest.approx(-1500.0, abs=1e-3)
