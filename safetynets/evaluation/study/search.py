"""A search by generations (NSGA-II of optuna): each is bred from the best before it; the seed decides everything."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from safetynets.errors import StudyError
from safetynets.evaluation.ranges import Range
from safetynets.evaluation.study.designs import DECIMALS, ParameterSet
from safetynets.evaluation.study.metrics import SMALLER, Condition, better
from safetynets.evaluation.study.schema import Search

WORST = 1e12
"""Stands for the value of an objective that is not known."""


class Generations:
    """The generations of a search: `next` breeds one, `tell` says what came of it."""

    def __init__(
        self,
        ranges: Mapping[str, Range],
        design: Search,
        objectives: Sequence[str],
        conditions: Sequence[Condition],
        present: ParameterSet,
    ) -> None:
        optuna = _optuna()
        self._ranges = dict(ranges)
        self._design = design
        self._objectives = tuple(objectives)
        self._conditions = tuple(conditions)
        self._trial = optuna.trial.TrialState
        self._spread = {key: _distribution(optuna, one) for key, one in ranges.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            sampler = optuna.samplers.NSGAIISampler(
                population_size=design.population, seed=design.seed, constraints_func=_violations
            )
        self._study = optuna.create_study(
            directions=["minimize" if better(name) == SMALLER else "maximize" for name in objectives], sampler=sampler
        )
        self._study.enqueue_trial({key: _told(one, present[key]) for key, one in ranges.items()})
        self._asked: list[Any] = []
        self._count = 0

    def next(self) -> list[ParameterSet]:
        """The parameter sets of the next generation; empty when there have been enough."""
        size = min(self._design.population, self._design.sets - self._count)
        self._count += size
        self._asked = [self._study.ask(self._spread) for _ in range(size)]
        return [{key: _value(one, trial.params[key]) for key, one in self._ranges.items()} for trial in self._asked]

    def tell(self, rows: Sequence[Mapping[str, Any] | None], present: Mapping[str, Any]) -> None:
        """What came of each set of the generation, as rows of results; None for a set that is impossible."""
        for trial, row in zip(self._asked, rows, strict=True):
            if row is None:
                self._study.tell(trial, state=self._trial.FAIL)
                continue
            trial.set_user_attr(
                "violations", [self._violation(condition, row, present) for condition in self._conditions]
            )
            self._study.tell(trial, [_known(row[name], name) for name in self._objectives])

    @staticmethod
    def _violation(condition: Condition, row: Mapping[str, Any], present: Mapping[str, Any]) -> float:
        value, bound = float(row[condition.metric]), condition.bound
        bound = float(present[condition.metric]) if bound is None else bound
        if condition.met(value, bound):
            return 0.0
        return WORST if np.isnan(value) or np.isnan(bound) else abs(value - bound) or 1e-9


def _violations(trial: Any) -> Sequence[float]:
    found: Sequence[float] = trial.user_attrs.get("violations", ())
    return found


def _known(value: Any, objective: str) -> float:
    number = float(value)
    return number if np.isfinite(number) else (WORST if better(objective) == SMALLER else -WORST)


def _distribution(optuna: Any, one: Range) -> Any:
    if one.choices:
        return optuna.distributions.CategoricalDistribution(range(len(one.choices)))
    if one.kind == "integer":
        return optuna.distributions.IntDistribution(int(one.low), int(one.high))
    return optuna.distributions.FloatDistribution(one.low, one.high)


def _told(one: Range, value: Any) -> Any:
    """A value as optuna knows it: of choices the number."""
    return one.choices.index(value) if one.choices else int(value) if one.kind == "integer" else float(value)


def _value(one: Range, told: Any) -> Any:
    if one.choices:
        return one.choices[told]
    return int(told) if one.kind == "integer" else round(float(told), DECIMALS)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError:
        raise StudyError(
            "optuna is not installed", where='method = "search"', mend="pip install 'safetynets[search]'"
        ) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
