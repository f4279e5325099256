"""Study files that cannot be used: one message with the file, the line, the key and the mend; and what they ask for."""

import pytest

from safetynets.errors import StudyError
from safetynets.evaluation.metrics import Scores, TrafficAmount, score
from safetynets.evaluation.study.days import plan_days
from safetynets.evaluation.study.designs import designed, present_set
from safetynets.evaluation.study.execute import judge_study
from safetynets.evaluation.study.load import list_studies, load_study
from safetynets.evaluation.study.metrics import PREFIXES, Condition, metric_names
from safetynets.evaluation.study.schema import LatinHypercube
from safetynets.evaluation.study.words import metric_words, value_words
from safetynets.evaluation.study.workforce import ThisProcess
from tests.evaluation.small_study import STUDY, write_small_study

RANGE = '"apm.below_ft" = { low = 100, high = 300, steps = 5 }'
LINE = 1 + STUDY.splitlines().index(RANGE)


def refused(folder, written, instead):
    assert written in STUDY
    file = write_small_study(folder, STUDY.replace(written, instead), days=0)
    with pytest.raises(StudyError) as caught:
        load_study(file)
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(folder) + "/", "")


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        (RANGE, '"apm.below_ft" = { low = 300, high = 100, steps = 5 }', "low = 300 is above high = 100"),
        (RANGE, '"apm.below_ft" = { low = 100, high = 5000, steps = 5 }', "less than or equal to 3000"),
        (RANGE, '"apm.below_ft" = { low = -1, high = 300, steps = 5 }', "greater than or equal to 0"),
        (RANGE, '"apm.below_m" = { low = 100, high = 300, steps = 5 }', "'below_m'; write 'apm.below_ft'"),
        (RANGE, '"apm.below_ft" = { high = 300, steps = 5 }', "the key 'low' is missing"),
        (RANGE, '"apm.below_ft" = { low = 100, high = 300 }', "the key 'steps' is missing"),
        (RANGE, '"apm.kinds" = { choices = [] }', "nothing to choose from"),
        (RANGE, '"apm.kinds" = { choices = [["under"]] }', "under"),
        (RANGE, '"apm.below_ft" = { low = 100, high = 300, step = 5 }', "unknown key 'step'; write 'steps'"),
    ],
)
def test_an_impossible_range_is_refused_with_its_line(tmp_path, written, instead, said):
    message = refused(tmp_path, written, instead)
    assert message.startswith(f"study.toml: line {LINE}: ranges.apm.")
    assert said in message


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('site = "site"', 'site = "geneve"', "geneva"),
        ('"nuisance_share", ', '"nuisance_shares", ', "no metric 'nuisance_shares'; write 'nuisance_share'"),
        ('"nuisance_share", ', "", "nothing"),
        ("desirable_missed <= present", "desirable_missed below 3", "is no condition"),
        ("desirable_missed <= present", "desirable_missed <= few", "'few'"),
        ('folder = "days"', 'folder = "days"\nfiles = ["a.parquet"]', "exactly one of 'folder', 'files'"),
        ('source = "made for a test"\nqnh', "qnh", "say where the recordings are from"),
        ("size = [5, 12]", "size = [12, 5]", "goes from 12 to 5"),
        ('"wrong_altimeter_setting"', '"wrong_altimeter"', "wrong_altimeter"),
        ('method = "grid"', 'method = "random"', "unknown method 'random'"),
        ('method = "grid"', 'method = "search", sets = 10', "50 is more than the 10 sets"),
        ('name = "small"', 'nam = "small"', "unknown key 'nam'; write 'name'"),
    ],
)
def test_anything_else_that_is_wrong_is_refused(tmp_path, written, instead, said):
    if said == "nothing":
        assert load_study(write_small_study(tmp_path, STUDY.replace(written, instead), days=0)).study.objectives
        return
    file = write_small_study(tmp_path, STUDY.replace(written, instead), days=0)
    with pytest.raises(Exception, match=r".") as caught:
        load_study(file)
    assert caught.type.__name__ in ("StudyError", "SiteError")
    assert said in str(caught.value)


def test_a_grid_of_too_many_sets_says_how_many(tmp_path):
    text = STUDY.replace("steps = 5", "steps = 9000").replace("steps = 3", "steps = 200")
    loaded = load_study(write_small_study(tmp_path, text))
    with pytest.raises(StudyError, match=r"study.toml: design: .* 9000 x 200 = 1,800,000 parameter sets.*fewer steps"):
        judge_study(loaded, tmp_path / "out", ThisProcess())
    assert not (tmp_path / "out").exists()


def test_traffic_that_is_not_there_is_named(tmp_path):
    loaded = load_study(write_small_study(tmp_path, STUDY.replace('"days"', '"dayz"'), days=0))
    with pytest.raises(StudyError, match="no folder 'dayz'"):
        plan_days(loaded, tmp_path / "out")


def test_a_study_that_is_not_shipped_is_answered_with_the_nearest():
    with pytest.raises(StudyError, match="write 'paris-qnh'"):
        load_study("paris-qhn")


@pytest.mark.parametrize("name", list_studies())
def test_shipped_studies_can_be_read_and_their_designs_made_and_need_the_stated_budget(name):
    loaded = load_study(name)
    assert designed(loaded.ranges, loaded.study.ranges, loaded.study.design)
    assert set(present_set(loaded.site, loaded.ranges)) == set(loaded.ranges)
    assert set(loaded.needed.times_s) == {24.0}


def test_the_grid_of_the_paris_study_goes_from_100_to_400_ft_in_steps_of_10():
    loaded = load_study("paris-qnh")
    sets = designed(loaded.ranges, loaded.study.ranges, loaded.study.design)
    assert [one["apm.below_ft"] for one in sets] == [float(value) for value in range(100, 401, 10)]


def test_a_latin_hypercube_uses_every_stratum_of_every_range_once(tmp_path):
    loaded = load_study(write_small_study(tmp_path, days=0))
    sets = designed(loaded.ranges, {}, LatinHypercube(method="latin-hypercube", sets=40, seed=2))
    for key, one in loaded.ranges.items():
        strata = sorted(int(40 * (values[key] - one.low) / (one.high - one.low)) for values in sets)
        assert strata == list(range(40))


def test_the_seed_of_a_hypercube_decides_it(tmp_path):
    loaded = load_study(write_small_study(tmp_path, days=0))
    first, again, other = (
        designed(loaded.ranges, {}, LatinHypercube(method="latin-hypercube", sets=10, seed=seed)) for seed in (2, 2, 3)
    )
    assert first == again != other


def test_a_condition_may_be_bound_to_the_present_set():
    condition = Condition.parse("missed<=present")
    assert condition.met(3.0, 3.0)
    assert not condition.met(4.0, 3.0)
    assert not condition.met(float("nan"), 3.0)


def test_every_metric_a_study_may_name_is_a_column_of_its_results_and_has_words():
    empty = Scores.of_days([score(*_nothing())]).row()
    for metric in metric_names():
        assert metric in empty
        assert metric_words(metric)
        assert value_words(metric, 0.5)
    assert len(metric_names()) % len(PREFIXES) == 0


def _nothing():
    from safetynets.engine.study.judged_alerts import judged_alerts
    from safetynets.evaluation.labels import Situations

    return judged_alerts([]), Situations.from_rows([]), TrafficAmount(1, 1.0)
