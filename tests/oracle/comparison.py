"""The one comparison of an exact first violation with the stepped one."""

from __future__ import annotations

import math
from collections.abc import Callable

from tests.oracle.slack import LETTER, POSSIBLY, SURELY, Slack
from tests.oracle.stepping import first_s

TIME_TOLERANCE_S = 1e-6
JUST_ABOUT_S = (0.0, 1e-9, -1e-9, 1e-8, -1e-8, 1e-7, -1e-7, 1e-6, -1e-6)
"""Where to look for a violation that the nets say begins at a moment: it may hold only at it, or only after it."""

Violated = Callable[[float, Slack], bool]


def assert_first_violation(
    found_s: float,
    look_ahead_s: float,
    violated: Violated,
    *,
    sure: Slack = SURELY,
    possible: Slack = POSSIBLY,
    whole_seconds_by_the_letter: bool = False,
) -> None:
    """Assert that the nets' first violation is what the steps see.

    The nets may not be later than the first step at which a violation is sure. What they find must be possible at that
    moment, or just after it, also where the steps stride over it: touching an edge or a corner counts. In situations of
    whole numbers, whole seconds are computed without rounding: there the letter decides.
    """
    assert found_s == math.inf or 0.0 <= found_s <= look_ahead_s
    surely_s = first_s(lambda tau_s: violated(tau_s, sure), look_ahead_s)
    assert found_s <= surely_s + TIME_TOLERANCE_S, f"found at {found_s}, but surely violated at {surely_s}"
    if whole_seconds_by_the_letter:
        for second in range(math.floor(look_ahead_s) + 1):
            if second >= found_s - TIME_TOLERANCE_S:
                break
            assert not violated(float(second), LETTER), f"found at {found_s}, but violated at {second}"
    if math.isfinite(found_s):
        moments = [min(max(found_s + about_s, 0.0), look_ahead_s) for about_s in JUST_ABOUT_S]
        assert any(violated(tau_s, possible) for tau_s in moments), f"found at {found_s}, where nothing is violated"


def assert_between(value: float, least: float, most: float, tolerance: float = 1e-6) -> None:
    """Assert that a value is what the letter says, or what rounding at an edge makes of it."""
    assert least - tolerance <= value <= most + tolerance, f"{value} is not between {least} and {most}"
