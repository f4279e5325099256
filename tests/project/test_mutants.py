"""The mutants that `make mutants` makes: what is changed, and what is left alone."""

import ast
import tomllib

from tests.mutants import CONFIGURATION, ROOT, Equivalent, Mutant, Reached, mutants_of

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


ALTIMETRY = "safetynets/altimetry.py"


def mutant_of(file: str, before: str) -> Mutant:
    return next(mutant for mutant in mutants_of(file, (ROOT / file).read_bytes()) if mutant.before == before)


def ran(*names: str) -> frozenset[str]:
    lines = (ROOT / ALTIMETRY).read_text(encoding="utf-8").splitlines()
    return frozenset(
        f"{ALTIMETRY}:{number}" for number, line in enumerate(lines, 1) for name in names if f"def {name}(" in line
    )


REACHED = Reached(
    took_s={"slow": 9.0, "quick": 1.0, "of the inverse": 0.1},
    functions={
        "slow": ran("pressure_altitude_ft", "altitude_ft"),
        "quick": ran("pressure_altitude_ft"),
        "of the inverse": ran("pressure_hpa"),
    },
)


def test_a_mutant_is_judged_by_the_tests_that_run_its_function_the_quickest_first_and_for_no_longer_than_is_said():
    mutant = mutant_of(ALTIMETRY, "pressure_hpa / STANDARD_PRESSURE_HPA")
    assert REACHED.tests_for(mutant, 60.0) == ["quick", "slow"]
    assert REACHED.tests_for(mutant, 5.0) == ["quick"]


def test_a_mutant_of_a_constant_is_judged_by_every_test_of_its_file():
    assert REACHED.tests_for(mutant_of(ALTIMETRY, "1013.25"), 60.0) == ["of the inverse", "quick", "slow"]


def test_a_mutant_of_a_field_is_judged_by_every_test():
    """The tables of the documentation go through the fields of all parameters, and name none."""
    default = mutant_of("safetynets/nets/apm/parameters.py", "100.0")
    assert REACHED.tests_for(default, 60.0) == ["of the inverse", "quick", "slow"]


def test_each_mutant_noted_as_equivalent_can_still_be_made():
    for noted in tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["equivalent"]:
        equivalent = Equivalent(**noted)
        found = mutants_of(equivalent.file, (ROOT / equivalent.file).read_bytes())
        assert any(equivalent.is_of(mutant) for mutant in found if mutant.before == equivalent.before), noted
