"""The mutants that `make mutants` makes: what is changed, and what is left alone."""

import ast

from tests.mutants import mutants_of

SOURCE = '''
"""Said 3 > 2."""

import numpy as np

LEAST_S: float = 4.0


def too_young(age_s: float, known: bool = True) -> float:
    """Said again: 5."""
    if not known or age_s < LEAST_S:
        raise ValueError(f"{age_s + 1} is too young")
    worst = min(age_s, 2 * LEAST_S)
    return worst if known else np.nan
'''


def changes(source: str) -> set[tuple[str, str]]:
    return {(mutant.before, mutant.text) for mutant in mutants_of("some.py", source.encode())}


def test_comparisons_conditions_numbers_signs_and_nan_are_changed_one_at_a_time():
    assert changes(SOURCE) == {
        ("4.0", "5.0"),
        ("True", "False"),
        ("not known or age_s < LEAST_S", "(not known and age_s < LEAST_S)"),
        ("not known", "known"),
        ("age_s < LEAST_S", "(age_s <= LEAST_S)"),
        ("min(age_s, 2 * LEAST_S)", "(max(age_s, 2 * LEAST_S))"),
        ("2 * LEAST_S", "(2 / LEAST_S)"),
        ("2", "3"),
        ("worst if known else np.nan", "(worst if not known else np.nan)"),
        ("np.nan", "0.0"),
    }


def test_every_mutant_is_one_change_that_can_be_read():
    source = SOURCE.encode()
    for mutant in mutants_of("some.py", source):
        changed = mutant.applied(source)
        ast.parse(changed)
        assert changed != source
        assert source.splitlines()[mutant.line - 1].decode().strip() in SOURCE
        assert len(changed.splitlines()) == len(source.splitlines())
