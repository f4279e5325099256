"""The words of a run: those of the site, or those asked for; read back, they are the same."""

from __future__ import annotations

import re

import pytest

from safetynets.errors import PhraseologyError
from safetynets.phraseology import load_rule_set, new_rule_set_text, say
from safetynets.reports.folder import write_run_folder
from safetynets.runs import run_scenario
from safetynets.runs.reload import rejudge
from safetynets.runs.rule_sets import RuleSets, rule_sets_of
from safetynets.runs.words import situations, spoken_by
from safetynets.sites import load_site

SCENARIO = "geneva-early-descent"
SMALL_SITE = """
title = "A tower"
centre_deg = [46.2, 6.1]
source = "a test"
rule_set = "tower.toml"
"""


@pytest.fixture(scope="module")
def american():
    """The scenario at a site whose file says that its controllers speak FAA words."""
    return run_scenario(SCENARIO, {"rule_set": "faa"})


def test_a_site_without_the_key_speaks_icao():
    assert rule_sets_of(load_site("geneva")).words.name == "icao"


def test_a_site_speaks_by_the_rule_set_of_its_file(american):
    assert american.site.rule_set == "faa"
    assert {call.rule_set for call in american.words} == {"faa"}
    assert american.words[0].text.startswith("LOW ALTITUDE ALERT DESCENT1")
    assert american.manifest["rule_sets"]["words"] == "faa"


def test_a_rule_set_that_is_asked_for_holds_over_that_of_the_site(american):
    run = run_scenario(SCENARIO, {"rule_set": "faa"}, rule_set="france")
    assert {call.rule_set for call in run.words} == {"france"}
    assert run.manifest["rule_sets"]["words"] == "france"
    assert len(run.alerts) == len(american.alerts)


def test_a_run_by_a_rule_set_of_ones_own_is_read_back_with_its_words(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(new_rule_set_text("mine").replace("LOW ALTITUDE WARNING", "TERRAIN WARNING"), encoding="utf-8")
    run = run_scenario(SCENARIO, rule_set=file)
    assert "TERRAIN WARNING" in run.words[0].text
    assert "mine.toml" in {row["file"] for row in run.manifest["inputs"]}
    folder = write_run_folder(run, tmp_path / "run", replace=False, figures="none")
    file.unlink()
    assert rejudge(folder).words == run.words
    assert str(tmp_path) not in (folder / "manifest.json").read_text(encoding="utf-8")


def test_a_rule_set_beside_the_site_file_is_found_by_its_name_there(tmp_path):
    (tmp_path / "tower.toml").write_text(new_rule_set_text("tower"), encoding="utf-8")
    (tmp_path / "site.toml").write_text(SMALL_SITE, encoding="utf-8")
    assert rule_sets_of(load_site(tmp_path)).words.name == "tower"


def test_a_rule_set_that_is_not_there_names_the_file_and_the_nearest():
    with pytest.raises(PhraseologyError, match=r"site\.toml: rule_set: no rule set is called 'faaa'"):
        rule_sets_of(load_site("geneva", {"rule_set": "faaa"}))
    with pytest.raises(PhraseologyError, match="no rule set is called 'icaoo'"):
        run_scenario(SCENARIO, rule_set="icaoo")


def test_american_words_give_the_pressure_in_inches(american):
    situation = situations(american.alerts, american.site)[0]
    assert spoken_by(situation, load_rule_set("faa")).qnh_unit == "inHg"
    assert spoken_by(situation, load_rule_set("icao")).qnh_unit == "hPa"
    inches = say(spoken_by(situation, load_rule_set("faa")), load_rule_set("icao"))
    assert re.search(r"QNH IS 29\.\d\d|QNH IS 30\.\d\d", inches.text)


def test_the_facts_of_shipped_rule_sets_are_names_alone():
    assert rule_sets_of(load_site("geneva")).facts() == {"words": "icao", "proposed_words": "proposed-apm-directive"}
    assert RuleSets.of_manifest({"words": "faa", "proposed_words": "proposed-apw"}).proposed.name == "proposed-apw"
