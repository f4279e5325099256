"""The page of a study: what it recommends, which alerts change, and what must not be concluded."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safetynets.errors import StudyError
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.reports.study_page import study_page, write_study_page


@pytest.fixture(scope="module")
def page(study: StudyOutcome) -> str:
    return study_page(study)


def with_told(study: StudyOutcome, **changes: Any) -> StudyOutcome:
    return replace(study, manifest={**study.manifest, **changes})


@pytest.fixture(scope="module")
def lean(study: StudyOutcome) -> StudyOutcome:
    """The study without anything to draw, so that its page is there at once: no missed share is known."""
    unknown = {name: float("nan") for name in study.results.columns if "missed_share" in name}
    results = study.results.assign(**unknown)
    nothing = {"note": "", "rows": []}
    told = with_told(study, objectives=study.manifest["objectives"][:1], days=[])
    quiet = with_told(told, sensitivity={"one_at_a_time": nothing, "sobol": nothing})
    return replace(quiet, results=results, days=study.days.assign(fault_size=float("nan")))


def section(page: str, name: str) -> str:
    """The text of the part of a page with this heading, without its tags and pictures."""
    (part,) = re.findall(rf'aria-labelledby="{name}">.*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", part).split())


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "default-src 'none'" in page


def test_the_sentence_for_a_manager_comes_first_then_the_reason_and_the_rule(page: str, study: StudyOutcome) -> None:
    said = section(page, "recommended")
    told = study.manifest["recommended"]
    assert said.startswith(f'aria-labelledby="recommended"> Recommended: set {told["set"]} Nuisance 30 % to 20 %')
    assert said.index("nothing necessary lost") < said.index(told["reason"].split(".")[0].replace("<", "&lt;"))
    assert "The rule: Sets that miss a constraint are left out." in said


def test_scores_of_both_sets_stand_side_by_side_with_their_intervals(page: str) -> None:
    said = section(page, "recommended")
    assert "necessary alerts missed 3 of 80: 3.8 % (1.3 % to 10.5 %) 0 of 80: 0.0 %" in said
    assert "MSAW; in brackets the 95 % interval" in said
    assert "APM; in brackets" not in said, "the APM has neither alerts nor situations here"


def test_it_says_which_warning_time_each_net_needs_and_where_that_is_from(page: str, lean: StudyOutcome) -> None:
    said = section(page, "recommended")
    assert "The warning time needed: MSAW 30 s; APM, APW 24 s" in said
    assert "MSAW 30 s our own &lt;rule&gt; APM, APW 24 s the stated budget" in said
    assert "late: less than its net needs, where geometry allowed as much 12 of 60" in said
    assert "late: less than 30 s, where geometry allowed as much 12 of 60" in said, "the table of the MSAW alone"
    same = [{**one, "time_s": 24.0, "source": "ours"} for one in lean.manifest["needed"]]
    alike = section(study_page(with_told(lean, needed=same)), "recommended")
    assert "The warning time needed: all nets 24 s" in alike
    assert "late: less than 24 s" in alike


def test_more_late_alerts_that_nothing_in_the_study_looks_at_are_pointed_out(lean: StudyOutcome) -> None:
    chosen = lean.manifest["recommended"]["set"]
    late = [9 if row == chosen else 2 for row in range(len(lean.results))]
    later = replace(lean, results=lean.results.assign(late=late))
    words = "With the recommended set 9 alerts are late, with the present one 2"
    assert words in section(study_page(later), "conclude")
    assert words not in section(study_page(with_told(later, constraints=["late <= present"])), "conclude")
    assert words not in section(study_page(replace(lean, results=lean.results.assign(late=2))), "conclude")


def test_an_objective_that_no_parameter_moves_is_told_and_not_drawn(study: StudyOutcome, lean: StudyOutcome) -> None:
    still = [{**row, "nuisance_share": 0.3} for row in study.manifest["sensitivity"]["one_at_a_time"]["rows"]]
    told = {**lean.manifest["sensitivity"], "one_at_a_time": {"note": "", "rows": still}}
    said = section(study_page(with_told(lean, sensitivity=told)), "sensitivity")
    assert "No parameter alone moves nuisance share." in said
    assert "Each parameter alone: nuisance share" not in said


def test_dominated_sets_are_named_with_the_set_that_dominates_them(page: str, study: StudyOutcome) -> None:
    said = section(page, "front")
    for row in study.manifest["dominated"]:
        assert re.search(rf"\b{row['by']} (?:\d+, )*{row['set']}\b", said)
    assert "The present set is one of those that no other dominates" in said


def test_a_present_set_that_is_dominated_is_told_so(lean: StudyOutcome) -> None:
    page = study_page(with_told(lean, dominated=[{"set": 0, "by": 5}], front=list(range(1, 33))))
    assert "The present set is dominated by set 5" in section(page, "front")


def test_lost_alerts_come_before_moved_ones_each_with_why(page: str) -> None:
    said = section(page, "changes")
    assert said.index("lost MSAW &lt;b&gt;NIL2&lt;/b&gt;") < said.index("moved 5 s earlier MSAW LOW1")
    why = "With the present set: The floor ahead is 4,750 ft. With the recommended set: The floor ahead is 4,450 ft."
    assert why in said
    assert "Level at 4,700 ft" not in said, "stands in both explanations and so explains nothing"
    assert "Each is explained" in said


def test_it_says_what_must_not_be_concluded(page: str) -> None:
    said = section(page, "conclude")
    assert "Made by hand." in said, "the caveats of the comparison"
    assert "with 80 necessary situations, up to 3.8 % could still be missed (rule of three)" in said
    assert "flattered by chance" in said
    assert "Faults were put into the traffic far more often than they happen." in said
    assert "Not for operational use" in page


def test_what_limits_the_study_stands_at_the_top(page: str) -> None:
    top = page.split('id="recommended"')[0]
    assert "Left out: two" in top
    assert "2 impossible combinations of values" in top
    assert "Terrain: a ridge." in top
    assert "<p>South.</p>" in top


def test_where_the_traffic_is_from_is_told(page: str, lean: StudyOutcome) -> None:
    said = section(page, "inputs")
    assert "Recordings: made by hand. Faults added: invented." in said
    generated = with_told(lean, traffic={"generated": {"seed": 3, "faults_share": 0.02}})
    assert "Traffic made by the generator, seed 3, a fault in 2 % of arrivals." in section(
        study_page(generated), "inputs"
    )


def test_without_situations_that_need_an_alert_it_says_that_nothing_is_shown(lean: StudyOutcome) -> None:
    results = lean.results.assign(necessary=0, missed=0)
    said = study_page(replace(with_told(lean, comparison=None), results=results))
    assert "nothing could be missed, and nothing is shown by it" in section(said, "conclude")
    assert "there is nothing to draw" in section(said, "trade-off")


def test_a_study_that_recommends_nothing_or_the_present_set_says_so(lean: StudyOutcome) -> None:
    told = lean.manifest["recommended"]
    none = study_page(with_told(lean, recommended={**told, "set": None}, comparison=None))
    assert "No set is recommended" in section(none, "recommended")
    assert "there is none to compare with the present one" in section(none, "changes")
    kept = study_page(with_told(lean, recommended={**told, "set": 0}))
    assert "Recommended: keep the present set" in section(kept, "recommended")
    assert "no alert is gained or lost" in section(kept, "changes")


def test_the_page_is_written_beside_its_results_and_a_second_writing_is_the_same(
    lean: StudyOutcome, tmp_path: Path
) -> None:
    lean.results.to_parquet(tmp_path / "results.parquet")
    lean.days.to_parquet(tmp_path / "days.parquet")
    (tmp_path / "study.json").write_text(json.dumps(lean.manifest), encoding="utf-8")
    written = write_study_page(tmp_path)
    assert written == tmp_path / "study.html"
    first = written.read_bytes()
    assert first.startswith(b"<!DOCTYPE html>")
    assert write_study_page(tmp_path).read_bytes() == first
    there = sorted(file.name for file in tmp_path.iterdir())
    assert there == ["days.parquet", "results.parquet", "study.html", "study.json"]


def test_a_folder_without_a_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="holds no finished study"):
        write_study_page(tmp_path)
