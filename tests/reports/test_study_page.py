"""The page of a study: what it recommends, which alerts change, and what must not be concluded."""

from __future__ import annotations

import re
from dataclasses import replace
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


def test_nothing_is_fetched_and_nothing_runs(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)
    assert "default-src 'none'" in page


def test_it_says_what_is_recommended_by_which_rule(page: str) -> None:
    print(page[:3000])
