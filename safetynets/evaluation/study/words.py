"""Metrics and their values as people say them."""

from __future__ import annotations

import math
from typing import Any

from safetynets.evaluation.study.metrics import PREFIXES

WORDS = {
    "alerts": "alerts",
    "void_alerts": "void alerts (in no share)",
    "nuisance_alerts": "nuisance alerts",
    "nuisance_share": "nuisance share",
    "nuisance_share_high": "upper bound of the nuisance share",
    "nuisance_per_1000_flights": "nuisance alerts per 1,000 flights",
    "missed": "missed",
    "missed_share": "missed share",
    "missed_share_high": "upper bound of the missed share",
    "desirable_missed": "desirable missed",
    "desirable_missed_share": "desirable missed share",
    "desirable_missed_share_high": "upper bound of the desirable missed share",
    "warning_time_p05_s": "warning time given to 95 in 100",
    "warning_time_p50_s": "median warning time",
    "warning_of_allowed_p50": "median part of the warning time that geometry allowed",
    "after_event": "alerts after the event",
    "late": "late",
    "late_share": "late share",
    "late_share_high": "upper bound of the late share",
    "alerts_per_1000_flights": "alerts per 1,000 flights",
    "alerts_per_hour": "alerts per hour",
    "duration_p50_s": "median duration",
}


def metric_words(metric: str) -> str:
    """A metric in words, with the name of its net.

    >>> metric_words("apm_nuisance_share")
    'APM nuisance share'
    """
    for prefix in PREFIXES[1:]:
        if metric.startswith(prefix):
            return f"{prefix[:-1].upper()} {WORDS[metric.removeprefix(prefix)]}"
    return WORDS[metric]


def value_words(metric: str, value: Any) -> str:
    """The value of a metric with its unit; shares in per cent.

    >>> value_words("nuisance_share", 0.214), value_words("warning_time_p05_s", 12.04), value_words("missed", 3.0)
    ('21 %', '12.0 s', '3')
    >>> value_words("alerts_per_hour", 0.0208)
    '0.021'
    """
    number = float(value)
    if math.isnan(number):
        return "not known"
    if "share" in metric or metric.endswith("warning_of_allowed_p50"):
        return f"{100 * number:.0f} %" if number >= 0.1 or number == 0 else f"{100 * number:.1f} %"
    if metric.endswith("_s"):
        return f"{number:.1f} s"
    if number == int(number):
        return f"{number:,.0f}"
    return f"{number:,.1f}" if abs(number) >= 1 else f"{number:.2g}"
