"""The assumptions as data: sourced, tagged, varied by name, and refused where they make no sense."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import safetynets.response
from safetynets.errors import PhraseologyError
from safetynets.response import draw, load_assumptions
from safetynets.response.assumptions import LEAST, MOST, parse_changes

NOTHING_SEEN = ("no measurement", "our choice", "no performance data", "call sign and two words")
CODE = Path(safetynets.response.__file__).parent


def test_every_assumption_says_what_it_means_its_source_and_its_tag(shipped):
    for one in shipped.by_name.values():
        assert one.meaning
        assert one.source
        assert one.tag in ("S", "D", "simulator default")
        assert LEAST[one.unit] <= one.swept[0] < one.swept[1] <= MOST[one.unit]


def test_what_was_recalled_or_proposed_is_not_printed_as_sourced(shipped):
    """Only the share of transmissions that were stepped on is a value read as it stands (domain facts, 6)."""
    assert [one.name for one in shipped.by_name.values() if one.tag != "simulator default"] == [
        "frequency.stepped_on_probability"
    ]


def test_where_a_source_is_named_it_is_said_what_it_measured_and_what_not(shipped):
    for one in shipped.by_name.values():
        assert bool(one.measured) == bool(one.not_measured), one.name
        if one.tag != "simulator default" or one.source.startswith("near"):
            assert one.measured, one.name
    unmeasured = {one.name for one in shipped.by_name.values() if not one.measured}
    said = {name for name in unmeasured if any(words in shipped[name].source for words in NOTHING_SEEN)}
    assert unmeasured == said
    assert shipped["crew.decide_check_s"].measured.endswith("routine altitude or heading clearance")
    assert shipped.changed({"crew.decide_check_s": 8})["crew.decide_check_s"].measured == ""


def test_the_present_value_lies_inside_the_span_that_is_swept(shipped):
    for one in shipped.by_name.values():
        assert one.swept[0] <= one.median <= one.swept[1], one.name


def test_every_assumption_is_used_somewhere_outside_its_file(shipped):
    code = "".join(file.read_text() for file in CODE.parent.glob("*/*.py"))
    for name in shipped.by_name:
        assert re.search(re.escape(f'"{name}"'), code), name


@pytest.mark.parametrize(
    ("name", "low", "middle", "high"),
    [
        ("controller.reaction_s", 0.0, 6.0, 13.0),
        ("frequency.wait_s", 0.0, 3.0, 5.7),
        ("aircraft.pull_g", 0.1, 0.238, 0.3145),
        ("crew.answer_s", 0.0, 0.6 * np.log(2), 0.6 * np.log(20)),
    ],
)
def test_draws_have_the_spread_that_the_file_says(shipped, name, low, middle, high):
    values = draw(shipped, 100_000, seed=7).value(name)
    assert values.min() >= low
    # Of 100,000 draws, quantiles are within a few thousandths of the span.
    assert np.quantile(values, 0.5) == pytest.approx(middle, rel=0.02)
    assert np.quantile(values, 0.95) == pytest.approx(high, rel=0.02)


def test_a_gamma_has_its_mean_and_its_coefficient_of_variation(shipped):
    values = draw(shipped, 100_000).value("crew.decide_check_s")
    assert values.mean() == pytest.approx(12.0, rel=0.01)
    assert values.std() / values.mean() == pytest.approx(0.5, rel=0.02)


def test_a_slow_crew_is_slow_with_any_words(shipped):
    draws = draw(shipped, 100)
    check, directive = (draws.value(f"crew.decide_{kind}_s") for kind in ("check", "directive"))
    np.testing.assert_allclose(check / directive, 12.0 / 5.0, rtol=1e-9)


def test_a_changed_assumption_says_that_it_was_given():
    one = load_assumptions({"relay.telephone_s": {"distribution": "uniform", "min": 15.0, "max": 40.0}})[
        "relay.telephone_s"
    ]
    assert (one.words, one.tag, one.source) == ("uniform: min 15, max 40 s", "given", "given for this run")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"crew.decide_chek_s": 8}, "no assumption is called 'crew.decide_chek_s'; write 'crew.decide_check_s'"),
        ({"crew.decide_check_s.meen": 8}, "has nothing called 'meen'; write 'mean'"),
        ({"crew.decide_check_s": -1}, "crew.decide_check_s: -1 is outside 0 to 3600 s"),
        ({"crew.not_heard_probability": 1.2}, "1.2 is outside 0 to 1 probability"),
        ({"aircraft.pull_g": 0}, "0 is outside 0.01 to 2 g"),
        ({"crew.decide_check_s": "soon"}, "must be a valid number, not 'soon'"),
        ({"frequency.wait_s": {"distribution": "uniform", "min": 5.0, "max": 1.0}}, "max 1 is below min 5"),
        ({"frequency.wait_s": {"distribution": "normal", "mean": 5.0}}, "normal"),
        ({"controller.reaction_s.p95": 3}, "p95 3 is not above the median 6"),
        ({"crew.not_heard_probability": {"distribution": "exponential", "mean": 0.1}}, "outside 0 to 1"),
        ({"crew.not_heard_probability": {"distribution": "uniform", "min": 0.0, "max": 1.0}}, "one number"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_by_name_with_the_mend(changes, said):
    with pytest.raises(PhraseologyError) as refused:
        load_assumptions(changes)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("texts", "said"), [(["crew.decide_check_s"], "is no assumption"), (["a=1", "a=2"], "'a' is given twice")]
)
def test_a_text_that_is_no_change_is_refused(texts, said):
    with pytest.raises(PhraseologyError, match=said):
        parse_changes(texts)


def test_an_inline_table_on_the_command_line_is_a_spread():
    changes = parse_changes(["relay.telephone_s={distribution = 'uniform', min = 15.0, max = 40.0}"])
    assert load_assumptions(changes)["relay.telephone_s"].median == 27.5


def test_no_draws_are_refused(shipped):
    with pytest.raises(PhraseologyError, match="0 draws are none"):
        draw(shipped, 0)


def test_the_quantiles_of_the_spreads_are_those_of_scipy():
    uniform = np.linspace(0.001, 0.999, 97)
    spreads = {
        "aircraft.pull_g": stats.triang(0.6, loc=0.1, scale=0.25),
        "crew.decide_check_s": stats.gamma(4.0, scale=3.0),
        "controller.looks_elsewhere_s": stats.expon(scale=5.0),
        "controller.reaction_s": stats.lognorm(np.log(13 / 6) / stats.norm.ppf(0.95), scale=6.0),
    }
    shipped = load_assumptions()
    for name, reference in spreads.items():
        np.testing.assert_allclose(shipped[name].spread.at(uniform), reference.ppf(uniform), rtol=1e-9)
