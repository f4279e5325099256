"""A study is the same bytes whoever does the work and however often it is stopped, and says which day it cannot use."""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from safetynets.engine.monitor import judge
from safetynets.engine.net import nets_of
from safetynets.engine.study.judged_alerts import judged_alerts
from safetynets.errors import StudyError
from safetynets.evaluation.metrics import Scores, score
from safetynets.evaluation.parameter_sets import site_with
from safetynets.evaluation.study import execute
from safetynets.evaluation.study.days import plan_days
from safetynets.evaluation.study.execute import judge_study
from safetynets.evaluation.study.finish import finish
from safetynets.evaluation.study.load import load_study
from safetynets.evaluation.study.open_day import Place, open_day, site_on
from safetynets.evaluation.study.outcome import read_outcome
from safetynets.evaluation.study.workforce import ThisProcess, workforce
from safetynets.sites import load_site
from tests.evaluation.small_study import FAULTS, STUDY, bytes_of, corrupt, write_small_study


def tuned(file, out, hands=None, **options):
    hands = hands or ThisProcess()
    return finish(judge_study(load_study(file), out, hands, **options), out, hands)


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Path:
    return write_small_study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def whole(study, tmp_path_factory) -> Path:
    """The folder of the study run here in one go."""
    out = tmp_path_factory.mktemp("whole") / "out"
    tuned(study, out)
    return out


class KilledError(Exception):
    """Stands for the kill signal, which no process survives to tell of."""


class KilledAfter(ThisProcess):
    """Does so many tasks and is killed."""

    def __init__(self, tasks):
        self.tasks = tasks
        self.done = 0

    def do(self, task, items):
        for item in items:
            if self.done == self.tasks:
                raise KilledError
            self.done += 1
            yield task(item)


class Counting(ThisProcess):
    def __init__(self):
        self.done = []

    def do(self, task, items):
        for item in items:
            self.done.append((task.__name__, item.day.name))
            yield task(item)


def test_the_scores_of_a_set_are_those_of_full_runs_of_it_on_all_days(study, whole, tmp_path):
    loaded, outcome = load_study(study), read_outcome(whole)
    for number in (0, 7, len(outcome.results) - 1):
        row = outcome.results.iloc[number]
        values = {key: row[key] for key in loaded.ranges}
        days = []
        for plan in plan_days(loaded, tmp_path):
            day = open_day(plan, Place(str(study.parent / "site"), loaded.changes))
            alerts = judge(day.tracks, site_with(day.site, values)).alerts
            days.append(score(judged_alerts(alerts), day.situations, day.amount))
        told = Scores.of_days(days).row(nets_of(loaded.site))
        assert {name: row[name] for name in told} == pytest.approx(told, nan_ok=True)


def test_the_study_finds_faults_and_nuisance_so_that_its_numbers_mean_something(whole):
    outcome = read_outcome(whole)
    present = outcome.results.iloc[0]
    assert present["desirable"] > 5
    assert present["nuisance_alerts"] > 0
    assert outcome.results["desirable_missed"].nunique() > 1
    assert sum(day["faults"]["wrong_altimeter_setting"] for day in outcome.manifest["days"]) > 5


def test_the_qnh_beside_a_generated_day_holds_for_that_day_alone(tmp_path):
    file = write_small_study(tmp_path / "study", STUDY.replace("qnh_hpa = 1013.25\n", "").replace(FAULTS, ""))
    (file.parent / "days" / "2024-01-02.json").write_text('{"qnh_hpa": 1003}', encoding="utf-8")
    loaded = load_study(file)
    sites = [site_on(plan, Place(str(file.parent / "site"), ())) for plan in plan_days(loaded, tmp_path)]
    changed = load_site(file.parent / "site", {"pressure_regions.*.qnh_hpa": 1003.0})
    assert [one.pressure_regions[0].qnh[0][1] for one in sites] == [1013.25, 1003.0, 1013.25]
    assert sites[1].pressure_regions[0].qnh == changed.pressure_regions[0].qnh
    (file.parent / "days" / "2024-01-02.json").write_text('{"qnh_hpa": 29.92}', encoding="utf-8")
    with pytest.raises(StudyError, match=r"29.92 hPa is not a plausible QNH"):
        site_on(plan_days(loaded, tmp_path)[1], Place(str(file.parent / "site"), ()))


def test_a_killed_study_goes_on_where_it_was_and_ends_with_the_same_bytes(study, whole, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(KilledError):
        tuned(study, out, KilledAfter(2))
    half = out / "parts" / "0002-half.parquet.part"
    half.write_bytes(b"a part that was being written")
    assert not (out / "study.json").exists()
    hands = Counting()
    tuned(study, out, hands)
    assert [name for task, name in hands.done if task == "judge_day"] == ["2024-01-03"]
    assert bytes_of(out) == bytes_of(whole)


def test_a_part_of_other_ranges_is_not_taken_for_one_of_these(whole, tmp_path):
    out = tmp_path / "out"
    folder = tmp_path / "study"
    other = write_small_study(folder, STUDY.replace("high = 20, steps = 3", "high = 20, steps = 2"))
    tuned(other, out)
    other.write_text(STUDY, encoding="utf-8")
    tuned(other, out)
    first, second = read_outcome(out), read_outcome(whole)
    pd.testing.assert_frame_equal(first.results, second.results)


def test_a_day_that_has_changed_is_judged_again_and_only_that(tmp_path):
    file = write_small_study(tmp_path / "study")
    out = tmp_path / "out"
    tuned(file, out)
    days = file.parent / "days"
    (days / "2024-01-02.parquet").write_bytes((days / "2024-01-01.parquet").read_bytes())
    hands = Counting()
    tuned(file, out, hands)
    assert [name for task, name in hands.done if task == "judge_day"] == ["2024-01-02"]


def test_a_corrupt_day_is_named_and_stops_the_study(tmp_path):
    file = write_small_study(tmp_path / "study")
    broken = corrupt(tmp_path / "study", "2024-01-02.parquet")
    with pytest.raises(StudyError, match=r"2024-01-02.*truncated or damaged Parquet.*--skip-corrupt") as caught:
        tuned(file, tmp_path / "out")
    assert str(broken) in str(caught.value)
    assert not (tmp_path / "out" / "results.parquet").exists()


def test_a_corrupt_day_is_left_out_when_that_is_asked_for_counted_and_named(tmp_path):
    file = write_small_study(tmp_path / "study")
    corrupt(tmp_path / "study", "2024-01-02.parquet")
    outcome = tuned(file, tmp_path / "out", skip_corrupt=True)
    assert [day["day"] for day in outcome.manifest["skipped_days"]] == ["2024-01-02"]
    assert "damaged" in outcome.manifest["skipped_days"][0]["problem"]
    assert str(tmp_path) not in json.dumps(outcome.manifest)
    assert [day["day"] for day in outcome.manifest["days"]] == ["2024-01-01", "2024-01-03"]
    assert outcome.days["day"].unique().tolist() == ["2024-01-01", "2024-01-03"]


def test_a_study_of_nothing_but_corrupt_days_says_so(tmp_path):
    file = write_small_study(tmp_path / "study", days=1)
    corrupt(tmp_path / "study", "2024-01-01.parquet")
    with pytest.raises(StudyError, match="no day is left"):
        tuned(file, tmp_path / "out", skip_corrupt=True)


def test_a_folder_of_something_else_is_not_filled(study, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(StudyError, match="no folder of a study"):
        tuned(study, tmp_path / "letters")
    assert [file.name for file in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_faults_do_not_depend_on_the_other_days_of_the_study(whole, tmp_path):
    alone = write_small_study(tmp_path / "study")
    (alone.parent / "days" / "2024-01-01.parquet").unlink()
    told = tuned(alone, tmp_path / "out")
    whole_days = {day["day"]: day["faults"] for day in read_outcome(whole).manifest["days"]}
    assert {day["day"]: day["faults"] for day in told.manifest["days"]}.items() <= whole_days.items()


def test_each_size_of_a_fault_has_a_copy_of_each_day_and_greater_errors_are_found_more_often(tmp_path):
    text = STUDY.replace("ils_share = 0.0", "ils_share = 0.0\neach_size = [3, 6, 12]\nalso_without = true").replace(
        "size = [5, 12]", "size = [3, 12]"
    )
    outcome = tuned(write_small_study(tmp_path / "study", text.replace("share = 0.4", "share = 1.0")), tmp_path / "out")
    of_one = outcome.days[(outcome.days["apm.below_ft"] == 200) & (outcome.days["apm.look_ahead_s"] == 0)]
    by_size = of_one.groupby("fault_size")[["faulty", "faulty_alerted"]].sum()
    assert by_size.index.tolist() == [3, 6, 12]
    assert (by_size["faulty"] == 36).all()
    found = by_size["faulty_alerted"].tolist()
    # 3 hPa are 82 ft, below the 200 ft allowed by four times the scatter; 12 hPa are 330 ft, beyond them by as much.
    assert found[0] < found[1] < found[2] == 36
    assert of_one["fault_size"].isna().sum() == 3


def _dies_once(task):
    """Judge a day; the first worker that is given the second day dies over it."""
    from safetynets.evaluation.study.judge_day import judge_day

    mark = task.file.parent / "died"
    if task.day.number == 1 and not mark.exists():
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return judge_day(task)


def test_a_lost_workers_day_is_done_again_and_the_bytes_are_those_of_one_process(study, whole, tmp_path, monkeypatch):
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    monkeypatch.setattr(execute, "judge_day", _dies_once)
    with workforce(workers=2) as hands:
        tuned(study, tmp_path / "out", hands)
    assert (tmp_path / "out" / "parts" / "died").exists()
    assert bytes_of(tmp_path / "out") == bytes_of(whole)


def test_no_scheduler_at_an_address_is_said_so(monkeypatch):
    monkeypatch.setattr("safetynets.evaluation.study.workforce.CONNECT_S", 0.2)
    with (
        pytest.raises(StudyError, match=r"no dask scheduler answers.*dask scheduler"),
        workforce(scheduler="tcp://127.0.0.1:9"),
    ):
        pass


def test_workers_and_a_scheduler_are_not_asked_for_together():
    with pytest.raises(StudyError, match="give one of"), workforce(workers=2, scheduler="tcp://127.0.0.1:9"):
        pass


def test_a_search_breeds_the_same_sets_again_and_resumes(tmp_path):
    text = STUDY.replace('{ method = "grid" }', '{ method = "search", sets = 16, population = 8, seed = 5 }')
    file = write_small_study(tmp_path / "study", text.replace(", steps = 5", "").replace(", steps = 3", ""))
    with pytest.raises(KilledError):
        tuned(file, tmp_path / "killed", KilledAfter(5))
    for name in ("killed", "again"):
        tuned(file, tmp_path / name)
    assert bytes_of(tmp_path / "killed") == bytes_of(tmp_path / "again")
    outcome = read_outcome(tmp_path / "again")
    assert np.all(outcome.results["set"] == np.arange(len(outcome.results)))
    assert "search" in outcome.manifest["sensitivity"]["sobol"]["note"]
