"""What a study can aim at: the columns of its results, which way each is better, and conditions on them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from safetynets.errors import nearest
from safetynets.sites.problems import refusal

SMALLER, GREATER = "smaller", "greater"

METRICS: Mapping[str, str] = {
    "alerts": SMALLER,
    "nuisance_alerts": SMALLER,
    "nuisance_share": SMALLER,
    "nuisance_share_high": SMALLER,
    "nuisance_per_1000_flights": SMALLER,
    "missed": SMALLER,
    "missed_share": SMALLER,
    "missed_share_high": SMALLER,
    "desirable_missed": SMALLER,
    "desirable_missed_share": SMALLER,
    "desirable_missed_share_high": SMALLER,
    "warning_time_p05_s": GREATER,
    "warning_time_p50_s": GREATER,
    "warning_of_allowed_p50": GREATER,
    "after_event": SMALLER,
    "late": SMALLER,
    "late_share": SMALLER,
    "late_share_high": SMALLER,
    "alerts_per_1000_flights": SMALLER,
    "alerts_per_hour": SMALLER,
    "duration_p50_s": SMALLER,
}
"""The columns of a study's results that an objective or a constraint may name, and which way each is better."""

PREFIXES = ("", "msaw_", "apm_", "apw_")
"""For all nets together, and for each of them."""

PRESENT = "present"
"""The right side of a constraint that means the value which the present parameter set has."""

_CONDITION = re.compile(r"^\s*([a-z0-9_]+)\s*(<=|>=|==|=|<|>)\s*([^\s]+)\s*$")
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}


def metric_names() -> tuple[str, ...]:
    """Every metric, for all nets together and with the prefix of each net.

    >>> metric_names()[-1]
    'apw_duration_p50_s'
    """
    return tuple(prefix + name for prefix in PREFIXES for name in METRICS)


def better(metric: str) -> str:
    """Which way a metric is better, "smaller" or "greater".

    >>> better("apm_warning_time_p05_s")
    'greater'
    """
    return next(
        METRICS[metric.removeprefix(prefix)] for prefix in PREFIXES[::-1] if metric.removeprefix(prefix) in METRICS
    )


def checked_metric(metric: str) -> str:
    """The metric itself; refused with the nearest one where there is none of this name."""
    if metric not in metric_names():
        raise refusal(f"there is no metric {metric!r}", mend=nearest(metric, metric_names()))
    return metric


@dataclass(frozen=True)
class Condition:
    """A condition that a parameter set has to meet: `missed = 0`, `nuisance_share <= 0.2`, `missed <= present`.

    `bound` is a number, or None where the value of the present parameter set is the bound.
    """

    metric: str
    comparison: str
    bound: float | None

    @classmethod
    def parse(cls, text: str) -> Condition:
        """A condition as it is written in a study file.

        >>> Condition.parse("missed_share <= 0.01")
        Condition(metric='missed_share', comparison='<=', bound=0.01)
        """
        found = _CONDITION.match(text)
        if found is None:
            raise refusal(f"{text!r} is no condition", mend='write it as "missed = 0" or "nuisance_share <= present"')
        metric, comparison, bound = found.groups()
        checked_metric(metric)
        if bound == PRESENT:
            return cls(metric, comparison.replace("==", "="), None)
        try:
            number = float(bound)
        except ValueError:
            number = float("nan")
        if number != number:
            raise refusal(f"{bound!r} in {text!r} is no number", mend=f"write a number, or the word {PRESENT}")
        return cls(metric, comparison.replace("==", "="), number)

    def met(self, values: Any, present: float) -> Any:
        """Whether values meet the condition, elementwise; what is not known (NaN) does not meet it."""
        return _COMPARISONS[self.comparison](values, present if self.bound is None else self.bound)

    def __str__(self) -> str:
        return f"{self.metric} {self.comparison} {PRESENT if self.bound is None else f'{self.bound:g}'}"
