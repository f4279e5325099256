"""The warning time that each net needs: stated in a study or from the response model, and what is late by it."""

import json

import pytest

from safetynets.errors import StudyError
from safetynets.evaluation.metrics import needed_time
from safetynets.evaluation.study.compare_sets import compare_sets
from safetynets.evaluation.study.execute import judge_study
from safetynets.evaluation.study.finish import finish
from safetynets.evaluation.study.load import load_study
from safetynets.evaluation.study.needed import TYPICAL
from safetynets.evaluation.study.workforce import ThisProcess
from safetynets.phraseology import load_rule_set, rule_set_text, say
from safetynets.response import draw, load_assumptions, spoken_call
from tests.evaluation.small_study import FAULTS, STUDY, write_small_study

VOLUME = """
[[volumes]]
name = "across the final"
purpose = "danger"
polygon_deg = [[45.90, 5.95], [45.90, 6.05], [45.92, 6.05], [45.92, 5.95]]
floor_ft = 1000
ceiling_ft = 3000
source = "made for a test"
"""
FEW_SETS = STUDY.replace(FAULTS, "").replace("steps = 5", "steps = 2").replace("steps = 3", "steps = 1")


def asked(folder, needed):
    return load_study(write_small_study(folder, STUDY + needed, days=0))


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        ("[needed]\napm = 20", "needed.apm: must be a table, not 20"),
        ("[needed.apm]", "needs either 'time_s' or 'rule_set'; write one of them"),
        ("[needed.apm]\ntime_s = 20", "needed.apm.source: is missing; say where the number is from"),
        ("[needed.apm]\ntime_s = -3\nsource = 'us'", "greater than 0, not -3"),
        ("[needed.apm]\ntime_s = 20\nsource = 'us'\nshare = 0.5", "share: does not go with 'time_s'"),
        ("[needed.apm]\nrule_set = 'icao'\nsource = 'us'", "source: does not go with 'rule_set'"),
        ("[needed.apm]\nrule_set = 'icao'\nshare = 1.5", "share: must be less than 1, not 1.5"),
        ("[needed.apmm]\ntime_s = 20", "unknown key 'apmm'; write 'apm'"),
        ("[needed.apm]\nrule_set = 'icoa'", "needed.apm: no rule set is called 'icoa'; write 'icao'"),
        ("[needed.apm]\nrule_set = 'mine.toml'", "needed.apm: mine.toml: there is no such file"),
        ("[needed.apm]\nrule_set = 'icao'\nrule = 'climb'", "no rule is called 'climb'; use one of msaw-vectored"),
        ("[needed.all]\nrule_set = 'icao'", "needed.all for the APW: the rule set icao has no words for an alert"),
        (
            "[needed.apm]\nrule_set = 'icao'\nassume = { 'crew.decide_chek_s' = 8 }",
            "needed.apm: assume: no assumption is called 'crew.decide_chek_s'; write 'crew.decide_check_s'",
        ),
        (
            "[needed.apm]\nrule_set = 'icao'\nassume = { 'crew.not_heard_probability' = 1 }",
            "nobody acts in any draw",
        ),
    ],
)
def test_a_needed_time_that_cannot_be_is_refused_with_file_line_and_key(tmp_path, needed, said):
    with pytest.raises(StudyError) as caught:
        asked(tmp_path, needed)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / 'study.toml'}: line ")
    assert said in message
    assert "\n" not in message


def test_a_net_has_its_own_table_else_that_of_all_else_the_budget(tmp_path):
    of_apm = "[needed.apm]\ntime_s = 31\nsource = 'ours'\n"
    assert asked(tmp_path / "a", of_apm).needed.times_s[:3] == (24.0, 31.0, 24.0)
    found = asked(tmp_path / "b", of_apm + "[needed.all]\ntime_s = 20\nsource = 'the rule'").needed
    assert [(one.time_s, one.origin, one.source) for one in found.nets[:3]] == [
        (20.0, "stated", "the rule"),
        (31.0, "stated", "ours"),
        (20.0, "stated", "the rule"),
    ]
    assert found.words == "MSAW 20 s, APM 31 s, APW 20 s"


def test_from_the_words_it_is_when_the_aircraft_follows_and_then_the_arrest(tmp_path):
    found = asked(tmp_path, "[needed.apm]\nrule_set = 'proposed-apm-directive'\nshare = 0.8").needed.nets[1]
    call = say(TYPICAL["APM"], load_rule_set("proposed-apm-directive"))
    follows_s = needed_time(spoken_call(call), draw(load_assumptions()), share=0.8).seconds
    assert found.origin == "response model"
    # The time is told to a tenth of a second; 3 s are the arrest of the budget.
    assert found.time_s == pytest.approx(follows_s + 3.0, abs=0.05)
    for words in (call.text, "80 % of the crews that act", "proposed-apm-directive, rule apm-below", "7 % of 10,000"):
        assert words in found.source


def test_a_slower_crew_needs_more_and_a_rule_set_of_one_s_own_lies_beside_the_study(tmp_path):
    file = write_small_study(tmp_path, STUDY + "[needed.apm]\nrule_set = 'mine.toml'\n", days=0)
    words = rule_set_text("proposed-apm-directive").replace('name = "proposed-apm-directive"', 'name = "mine"')
    (tmp_path / "mine.toml").write_text(words, encoding="utf-8")
    quick = load_study(file).needed.nets[1]
    assert "(mine, rule apm-below" in quick.source
    file.write_text(file.read_text() + "assume = { 'crew.decide_directive_s' = 30 }\n")
    slow = load_study(file).needed.nets[1]
    assert slow.time_s > quick.time_s + 15.0
    assert "with crew.decide_directive_s = 30" in slow.source


class Counting(ThisProcess):
    def __init__(self):
        self.tasks = []

    def do(self, task, items):
        for item in items:
            self.tasks.append(task.__name__)
            yield task(item)


def test_late_follows_the_time_its_net_needs_and_nothing_is_judged_again_for_another(tmp_path):
    """Twelve arrivals fly straight into a danger area, each with 52 s of warning: enough by the budget of 24 s."""
    file = write_small_study(tmp_path / "study", FEW_SETS, days=1)
    site = file.parent / "site" / "site.toml"
    site.write_text(site.read_text(encoding="utf-8") + VOLUME, encoding="utf-8")

    def present(needed):
        file.write_text(FEW_SETS + needed, encoding="utf-8")
        hands, loaded = Counting(), load_study(file)
        outcome = finish(judge_study(loaded, tmp_path / "out", hands), tmp_path / "out", hands)
        return outcome, hands.tasks

    enough, tasks = present("")
    assert tasks.count("judge_day") == 1
    row = enough.results.iloc[0]
    assert (row["in_time_possible"], row["late"], row["apw_late"]) == (12, 0, 0)
    assert {one["origin"] for one in enough.manifest["needed"]} == {"budget"}
    assert "[needed" not in (tmp_path / "out" / "present.toml").read_text(encoding="utf-8")

    more, tasks = present("[needed.apw]\ntime_s = 60\nsource = 'two sectors to tell'\n")
    assert tasks.count("judge_day") == 0
    row = more.results.iloc[0]
    assert (row["in_time_possible"], row["late"], row["apw_late"], row["msaw_late"]) == (12, 12, 12, 0)
    assert row["late"] == sum(row[f"{net}_late"] for net in ("msaw", "apm", "apw"))
    told = json.loads((tmp_path / "out" / "study.json").read_text(encoding="utf-8"))["needed"]
    assert told[2] == {"net": "APW", "time_s": 60.0, "origin": "stated", "source": "two sectors to tell"}

    compared = more.manifest["comparison"]
    assert (compared["needed"][2]["time_s"], compared["before"]["late"]) == (60.0, 12)

    # The two parameter files of the study carry it to a comparison on other traffic.
    sides = [tmp_path / "out" / f"{name}.toml" for name in ("present", "recommended")]
    found = compare_sets(*sides, file.parent / "days", ThisProcess(), site=str(site.parent), explain_at_most=0)
    assert (found.before["late"], found.needed[2].time_s) == (12, 60.0)
    text = sides[1].read_text(encoding="utf-8")
    sides[1].write_text(text.replace("time_s = 60.0", "time_s = 61.0"), encoding="utf-8")
    with pytest.raises(StudyError, match=r"needed: .*state different warning times.*write the same into both"):
        compare_sets(*sides, file.parent / "days", ThisProcess(), site=str(site.parent))
