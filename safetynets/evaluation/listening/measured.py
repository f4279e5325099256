"""What listeners showed, as assumptions of the closed loop: measured spreads in place of simulator defaults."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.errors import PhraseologyError
from safetynets.evaluation.listening.results import Answer
from safetynets.response import Assumptions
from safetynets.text_files import read_json

SUMMARY = "safetynets listening summary 1"
LEAST_ANSWERS = 30
"""Fewer answers than these are no measurement of a spread: the default stays (our choice)."""
_LEAST_S = 0.1
"""A key pressed before the words were at an end counts as this (s): the listener knew what would come."""

_DECIDES = {
    "crew.decide_directive_s": "directive",
    "crew.decide_check_s": "check",
    "crew.decide_information_s": "information",
}
_ACTS = {
    "crew.acts_on_directive_probability": ("directive", (True, False)),
    "crew.acts_on_check_with_qnh_probability": ("check", (True,)),
    "crew.acts_on_check_without_qnh_probability": ("check", (False,)),
    "crew.acts_on_information_probability": ("information", (True, False)),
}
"""By what the call asks, and whether it gives the QNH."""


@dataclass(frozen=True)
class Measured:
    """One assumption as measured: its spread, and from how many listeners and answers."""

    name: str
    spread: dict[str, Any]
    listeners: int
    answers: int


def measured(answers: Sequence[Answer]) -> list[Measured]:
    """Every assumption of the closed loop that the answers measure, in the order of the assumptions.

    Whether and when a crew acts is taken from calls whose instruction was understood; the time from the moment at
    which the call had said what it asks. A call counts as not taken in when its instruction was not understood; what
    a missing call sign in front and words outside ICAO phraseology add is measured where both sorts were heard.

    Examples
    --------
    >>> from safetynets.evaluation.listening.results import Answer
    >>> answers = [
    ...     Answer(listener=f"L{i}", item="C01", rule_set="x", words_per_min=150, noise_db=-20, overlap=False,
    ...            asks="directive", gives_qnh=False, call_sign_first=True, plain=False, asked_s=3.0, act_s=5.0 + i % 2,
    ...            instruction_right=i > 3, qnh_right=None)
    ...     for i in range(40)
    ... ]
    >>> for one in measured(answers):
    ...     print(one.name, one.spread, one.listeners)
    crew.not_heard_probability {'distribution': 'constant', 'value': 0.1} 40
    crew.decide_directive_s {'distribution': 'gamma', 'mean': 2.5, 'cv': 0.203} 36
    crew.acts_on_directive_probability {'distribution': 'constant', 'value': 1.0} 36
    """
    found = [*_not_heard(answers)]
    understood = [answer for answer in answers if answer.instruction_right]
    for name, asks in _DECIDES.items():
        acted = [one for one in understood if one.asks == asks and math.isfinite(one.act_s)]
        decided_s = np.array([max(one.act_s - one.asked_s, _LEAST_S) for one in acted])
        if len(acted) >= LEAST_ANSWERS and decided_s.std() > 0.0:
            mean_s = float(decided_s.mean())
            cv = float(decided_s.std(ddof=1)) / mean_s
            found.append(_one(name, acted, {"distribution": "gamma", "mean": round(mean_s, 3), "cv": round(cv, 3)}))
    for name, (asks, with_qnh) in _ACTS.items():
        told = [one for one in understood if one.asks == asks and one.gives_qnh in with_qnh]
        if len(told) >= LEAST_ANSWERS:
            found.append(_one(name, told, _share(np.mean([math.isfinite(one.act_s) for one in told]))))
    return found


def _not_heard(answers: Sequence[Answer]) -> list[Measured]:
    plainest = [one for one in answers if one.call_sign_first and not one.plain]
    if len(plainest) < LEAST_ANSWERS:
        return []
    taken_in = np.mean([one.instruction_right for one in plainest])
    found = [_one("crew.not_heard_probability", plainest, _share(1.0 - taken_in))]
    others = {
        "crew.not_heard_without_call_sign_probability": [
            one for one in answers if not one.call_sign_first and not one.plain
        ],
        "crew.not_heard_plain_probability": [one for one in answers if one.call_sign_first and one.plain],
    }
    for name, heard in others.items():
        if len(heard) >= LEAST_ANSWERS and taken_in > 0.0:
            more = 1.0 - np.mean([one.instruction_right for one in heard]) / taken_in
            found.append(_one(name, heard, _share(more)))
    return found


def _share(value: Any) -> dict[str, Any]:
    return {"distribution": "constant", "value": round(float(np.clip(value, 0.0, 1.0)), 4)}


def _one(name: str, answers: Sequence[Answer], spread: dict[str, Any]) -> Measured:
    return Measured(name, spread, len({answer.listener for answer in answers}), len(answers))


def assume_from(assumptions: Assumptions, file: Path) -> Assumptions:
    """Assumptions with what a listening test measured in place of simulator defaults; each says by how many.

    Parameters
    ----------
    assumptions
        What to begin from.
    file
        What `safetynets phraseology results FILES --out results.json` wrote.

    Returns
    -------
    Assumptions
        Those that the test measured are tagged "measured".

    Raises
    ------
    PhraseologyError
        For a file that is no such summary, and where it measures none of the assumptions.
    """
    mend = "make it with: safetynets phraseology results FILES --out results.json"
    try:
        told = read_json(file)
        if told["format"] != SUMMARY:
            raise ValueError
        test = str(told["test"])
        found = [
            Measured(str(one["name"]), dict(one["spread"]), int(one["listeners"]), int(one["answers"]))
            for one in told["measured"]
        ]
    except OSError as error:
        raise PhraseologyError(f"cannot be read: {error.strerror}", file=file) from None
    except (ValueError, KeyError, TypeError):
        raise PhraseologyError("is no summary of a listening test", file=file, mend=mend) from None
    if not found:
        raise PhraseologyError(
            f"measures no assumption: there are fewer than {LEAST_ANSWERS} answers of each kind",
            file=file,
            mend="let more listeners take the test",
        )
    try:
        return assumptions.with_measured(
            {one.name: one.spread for one in found},
            {one.name: f"{one.listeners} listeners, {one.answers} answers in listening test {test}" for one in found},
        )
    except PhraseologyError as error:
        raise PhraseologyError(error.problem, file=file, where=error.where, mend=mend) from None
