"""The page of a comparison: a sentence first, then numbers with intervals, then every changed alert."""

from __future__ import annotations

import re
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from safetynets.evaluation.comparison.comparison import ChangedAlert, Comparison
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.reports.comparison_page import comparison_page, write_comparison_page

START_S = 1_699_182_000.0


def changed(change: str, before_s: float, after_s: float, callsign: str) -> ChangedAlert:
    return ChangedAlert(
        change=change,  # type: ignore[arg-type]
        day="2023-11-05",
        net="APM",
        group="",
        area="ILS 22",
        callsign=callsign,
        track=1,
        category="necessary",
        fault="wrong_altimeter_setting",
        before_s=before_s,
        after_s=after_s,
        moved_s=after_s - before_s,
        why_after=("200 ft below the path.",) if change == "gained" else (),
    )


@pytest.fixture(scope="module")
def comparison(study: StudyOutcome) -> Comparison:
    before, after = ({str(name): study.results.iloc[row][name] for name in study.results.columns} for row in (0, 17))
    return Comparison(
        before_name="today",
        after_name="<tomorrow>",
        values={"apm.below_ft": (200.0, 150.0)},
        before=before,
        after=after,
        counts={"all": {"gained": 1, "lost": 0, "moved": 1, "same": 4}, "APM": {"gained": 1, "moved": 1, "same": 4}},
        changed=(
            changed("moved", START_S + 30.0, START_S + 42.0, "LATE1"),
            changed("gained", nan, START_S, "NEW2"),
        ),
        explained=1,
        sentence="Nuisance 21 % to 12 %, nothing necessary lost.",
        caveats=("Labels are made from the flown future.",),
        traffic=({"name": "2023-11-05", "flights": 120, "plots": 48_000, "sha256": "ab" * 32},),
    )


@pytest.fixture(scope="module")
def page(comparison: Comparison) -> str:
    return comparison_page(comparison)


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page.split("</header>")[1]).split())


def test_the_sentence_comes_first(page: str) -> None:
    assert text_of(page).startswith("Nuisance 21 % to 12 %, nothing necessary lost. Not for operational use.")


def test_numbers_have_their_intervals_and_changed_values_both_sides(page: str) -> None:
    said = text_of(page)
    assert "apm.below_ft 200 150" in said
    assert "of them nuisance 41 of 100: 41.0 % (31.9 % to 50.8 %)" in said
    assert "APM 1 0 1 4" in said


def test_changed_alerts_say_when_what_and_why(page: str) -> None:
    said = text_of(page)
    assert "gained APM NEW2 ILS 22 5 November 2023, 11:00:00 UTC necessary wrong altimeter setting" in said
    assert "With &lt;tomorrow&gt;: 200 ft below the path." in said
    assert "moved 12 s later APM LATE1 ILS 22 5 November 2023, 11:00:30 → 11:00:42 UTC" in said


def test_it_says_which_warning_time_is_needed_and_what_of_it_geometry_allowed(page: str) -> None:
    said = text_of(page)
    assert "The warning time needed: all nets 24 s" in said
    assert "MSAW, APM, APW 24 s the budget of this package: 12 s controller" in said
    assert "late: less than 24 s, where geometry allowed as much" in said
    assert "median part of the warning time that geometry allowed" in said


def test_two_of_one_name_still_have_a_column_each(comparison: Comparison) -> None:
    said = text_of(comparison_page(replace(comparison, after_name="today")))
    assert "of them nuisance 41 of 100: 41.0 % (31.9 % to 50.8 %) 51 of 100" in said


def test_names_are_escaped_and_nothing_is_fetched(page: str) -> None:
    assert "<tomorrow>" not in page
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)


def test_the_traffic_stands_there_with_the_hash_it_is_known_by(page: str) -> None:
    assert "2023-11-05 120 48,000 abababababababab" in text_of(page)


def test_two_that_are_alike_say_so(comparison: Comparison) -> None:
    same = replace(comparison, values={}, changed=(), explained=0)
    said = text_of(comparison_page(same))
    assert "the same value in every parameter" in said
    assert "No alert was gained or lost." in said


def test_it_is_written_into_a_folder_or_as_a_file(comparison: Comparison, page: str, tmp_path: Path) -> None:
    assert write_comparison_page(comparison, tmp_path / "new") == tmp_path / "new" / "comparison.html"
    named = write_comparison_page(comparison, tmp_path / "named.html")
    assert named.read_text(encoding="utf-8") == page
    assert sorted(file.name for file in tmp_path.iterdir()) == ["named.html", "new"]
