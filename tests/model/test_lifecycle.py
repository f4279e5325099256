"""What can never happen in the life of an alert, proved over every reachable state of the compiled `advance`."""

import numpy as np
import pytest

from safetynets.engine.kernels.lifecycle import Memory
from tests.model import mutants
from tests.model.lifecycle import (
    Coding,
    Plots,
    advance_all,
    allocate,
    explore,
    nothing_seen,
    plots_of,
    relative,
    rules_of,
    step,
)
from tests.model.parameter_sets import FEW_SPACINGS_S, SETS
from tests.model.properties import PROPERTIES
from tests.model.prove import lifecycle_mutant


@pytest.mark.requirement("REQ-ALERT", "REQ-CONTINUES")
@pytest.mark.parametrize("name", SETS)
def test_no_reachable_state_breaks_a_property(name):
    found = explore(rules_of(**SETS[name]), FEW_SPACINGS_S, PROPERTIES)
    assert found.states > 100
    assert {says: count for says, count in found.broken.items() if count} == {}, found.counter_example


@pytest.fixture(scope="module")
def caught():
    return [lifecycle_mutant(mutant) for mutant in mutants.LIFECYCLE]


def test_every_change_of_the_lifecycle_is_noticed(caught):
    assert [each.mutant.says for each in caught if not each.says] == []


def test_every_property_notices_some_change(caught):
    noticed = {says for each in caught for says in each.says}
    assert [each.says for each in PROPERTIES if each.says not in noticed] == []


def test_a_counter_example_is_the_shortest_life_that_breaks_the_property(caught):
    example = next(each.example for each in caught if each.mutant.says == "an excluded aircraft keeps its alert")
    first, *_, last = example.plots
    # A violation starts it; after the minimum duration of 8 s, two scans of 4 s, it must end at the excluded plot.
    assert first["events"] == ["start"]
    assert (last["sort"], last["events"], last["active"]) == ("excluded", [], True)
    assert last["time_s"] == 8.0
    assert len(example.plots) == 3


@pytest.mark.parametrize("name", SETS)
def test_the_abstraction_changes_nothing_in_long_random_lives(name):
    """Lives in absolute time with the whole memory, beside the same lives coded and decoded at each plot."""
    rules, lives = rules_of(**SETS[name]), 400
    plots = plots_of(rules, (1.0, 4.0, 13.0, 29.0))
    coding = Coding(rules, plots)
    draws = np.random.default_rng(20)
    whole, now_s = allocate(lives), np.zeros(lives)
    memory, seen, begun = coding.decode(
        coding.encode(allocate(lives), nothing_seen(lives), np.zeros(lives, dtype=bool))
    )
    told = 0
    for _ in range(120):
        chosen = draws.integers(len(plots.sort), size=lives)
        here = Plots(*(column[chosen] for column in plots))
        t = step(memory, seen, here, rules, advance_all)
        after = allocate(lives)
        now_s = now_s + here.spacing_s
        judged, excluded = t.judged, t.excluded
        arguments = (here.violation_s, here.hold_s, t.margin_ft, here.severe, here.phase, rules, after)
        happened = advance_all(whole, now_s, judged, excluded, *arguments)
        np.testing.assert_array_equal(happened, t.happened)
        whole = Memory(*(column.copy() for column in after))
        told += int((happened > 0).sum())
        begun = np.ones(lives, dtype=bool)
        memory, seen, begun = coding.decode(coding.encode(relative(t.after, here.spacing_s), t.seen_after, begun))
        np.testing.assert_array_equal(memory.active, whole.active)
    assert told > lives
