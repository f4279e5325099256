"""A setting is shared as a link and saved as a parameter set; both give back what went in."""

from __future__ import annotations

import tomllib

import pytest

from safetynets.dashboard.link import link_of, texts_of_link, values_of_texts
from safetynets.dashboard.parameter_set import save_parameter_set
from safetynets.errors import StudyError
from safetynets.sites import load_site

SETTING = {
    "msaw.look_ahead_s": 62.5,
    "msaw.predicted_m": 1,
    "msaw.escape_test": True,
    "apm.kinds": ("below", "left"),
    "arbitration.rule": "show_all",
}


def query_of(link):
    from urllib.parse import parse_qs

    return {key: [text.encode() for text in texts] for key, texts in parse_qs(link.removeprefix("?")).items()}


def test_a_link_brings_back_the_setting(tuning):
    link = link_of(tuning.controls, SETTING)
    assert values_of_texts(tuning.controls, texts_of_link(query_of(link))) == SETTING


def test_the_start_has_a_link_without_a_query(tuning):
    assert link_of(tuning.controls, {}) == ""


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ({"msaw.look_ahead_s": "soon"}, "'soon' is no number"),
        ({"arbitration.rule": "loudest"}, "'loudest' is no choice; use one of"),
        ({"mswa.look_ahead_s": "40"}, "not among the controls"),
    ],
)
def test_a_link_that_cannot_be_followed_says_why(tuning, texts, problem):
    with pytest.raises(StudyError, match=problem):
        values_of_texts(tuning.controls, texts)


def test_a_saved_setting_loads_as_changes_to_the_site(tuning, tmp_path):
    file = save_parameter_set(tmp_path, "trial-1", tuning, SETTING)
    saved = tomllib.loads(file.read_text(encoding="utf-8"))["parameters"]
    site = load_site(tuning.day.site.name, {row["name"]: row["value"] for row in saved})
    assert site.parameters.msaw.look_ahead_s == 62.5
    assert site.parameters.apm.kinds == ("below", "left")
    assert all("not validated" in row["source"] for row in saved)


def test_a_saved_setting_is_never_replaced(tuning, tmp_path):
    save_parameter_set(tmp_path, "trial", tuning, SETTING)
    with pytest.raises(StudyError, match=r"trial\.toml: is there already"):
        save_parameter_set(tmp_path, "trial", tuning, {})
    assert sorted(file.name for file in tmp_path.iterdir()) == ["trial.toml"]


@pytest.mark.parametrize("name", ["", "../escape", "a/b", ".hidden"])
def test_a_name_that_would_leave_the_folder_is_refused(tuning, tmp_path, name):
    with pytest.raises(StudyError, match="is no name of a file"):
        save_parameter_set(tmp_path, name, tuning, SETTING)
    assert list(tmp_path.iterdir()) == []
