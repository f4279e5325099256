"""What the controller may never see of several alerts, and when a volume is active: every small case."""

import pytest

from tests.model import arbitration, mutants, schedules
from tests.model.prove import arbitration_mutant, schedule_mutant


@pytest.mark.parametrize(("alerts", "rule"), [(2, "apm_speaks_on_final"), (3, "one_alert_called_msaw")])
def test_no_situation_of_several_alerts_breaks_a_property(alerts, rule):
    found = arbitration.check(alerts, rule)
    assert found.situations > 80_000
    assert found.broken == {}, found.example


@pytest.mark.requirement("REQ-ADAPTABLE")
def test_every_schedule_agrees_with_the_calendar_at_every_moment():
    counts = schedules.check()
    assert counts["schedules"] > 1_000
    assert {key: counts[key] for key in schedules.PROPERTIES} == dict.fromkeys(schedules.PROPERTIES, 0)


def test_every_change_of_the_arbitration_is_noticed_and_every_property_notices_one():
    caught = [arbitration_mutant(mutant) for mutant in [*mutants.ARBITRATION, *mutants.SHOWN]]
    assert [each.mutant.says for each in caught if not each.says] == []
    noticed = {says for each in caught for says in each.says}
    assert [each.says for each in arbitration.PROPERTIES if each.says not in noticed] == []


def test_every_change_of_the_schedules_is_noticed_and_every_property_notices_one():
    caught = [schedule_mutant(mutant) for mutant in mutants.SCHEDULES]
    assert [each.mutant.says for each in caught if not each.says] == []
    assert {says for each in caught for says in each.says} == set(schedules.PROPERTIES.values())
