"""Every situation a rule set must answer, as a finite table of cases, and which rule answers each."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from safetynets.phraseology.rule_set import Known, Navigation, PurposeOrUnknown, RuleSet, Severity, When
from safetynets.phraseology.situation import Situation
from safetynets.registry import registered

OTHER_AERODROME = "(any other)"


@dataclass(frozen=True)
class Case:
    """What the conditions of rules can tell apart, and nothing else."""

    net: str
    kind: str
    severity: str
    navigation: str
    on_final: bool
    visual: bool
    qnh: str
    minimum: str
    purpose: str
    aerodrome: str
    on_ground: bool = False

    def __str__(self) -> str:
        words = f"net {self.net}, kind {self.kind}, {self.severity}, navigation {self.navigation}"
        words += f", {'' if self.on_final else 'not '}on final, {'' if self.visual else 'not '}visual"
        words += f", QNH {self.qnh}, minimum {self.minimum}"
        words += f", purpose {self.purpose}" if self.net == "APW" else ""
        return words + f", aerodrome {self.aerodrome}" + (", on the ground" if self.on_ground else "")


def case_of(situation: Situation) -> Case:
    """The case of a situation; unknown navigation counts as own, unknown visual as not visual."""
    navigation = "vectored" if situation.vectored else "direct" if situation.direct_off_route else "own"
    return Case(
        net=situation.net,
        kind=situation.kind,
        severity=situation.severity,
        navigation=navigation,
        on_final=situation.on_final,
        visual=bool(situation.visual),
        qnh="unknown" if situation.qnh_hpa is None else "known",
        minimum="unknown" if situation.minimum_flight_altitude_ft is None else "known",
        purpose=(situation.purpose or "unknown") if situation.net == "APW" else "unknown",
        aerodrome=situation.aerodrome or OTHER_AERODROME,
        on_ground=bool(situation.on_ground),
    )


def holds(when: When, case: Case) -> bool:
    """Whether a condition holds in a case.

    >>> from safetynets.phraseology.rule_set import When
    >>> case = Case("MSAW", "below", "caution", "own", False, False, "known", "unknown", "unknown", "LSGG")
    >>> holds(When(net="MSAW", qnh="known"), case), holds(When(navigation="vectored"), case)
    (True, False)
    """
    for key in When.model_fields:
        allowed = getattr(when, key)
        if allowed is None:
            continue
        value = getattr(case, key)
        if (value not in allowed) if isinstance(allowed, tuple) else (value != allowed):
            return False
    return True


def all_cases(rule_set: RuleSet) -> tuple[Case, ...]:
    """Every case the rules must answer: of the nets they are about, at the aerodromes they name and any other."""
    named = sorted({name for rule in rule_set.rules for name in rule.when.aerodrome or ()})
    return tuple(
        Case(net, kind, *rest)
        for net, kind, on_ground in _nets_and_kinds(rule_set)
        for rest in itertools.product(
            get_args(Severity),
            get_args(Navigation),
            (False, True),
            (False, True),
            get_args(Known),
            get_args(Known),
            get_args(PurposeOrUnknown) if net == "APW" else ("unknown",),
            (*named, OTHER_AERODROME),
            on_ground,
        )
    )


def _nets_and_kinds(rule_set: RuleSet) -> list[tuple[str, str, tuple[bool, ...]]]:
    """Every net that some rule is about, each of its kinds, and whether its aircraft may be on the ground."""
    about = [rule.when.net for rule in rule_set.rules]
    nets = [net for net in registered() if any(names is None or net.name in names for names in about)]
    return [
        (net.name, kind.word, (False, True) if net.judges_on_ground else (False,)) for net in nets for kind in net.kinds
    ]


def answering(rule_set: RuleSet, cases: Iterable[Case]) -> NDArray[np.intp]:
    """For each case the number of the first rule that holds, -1 for none."""
    numbered = list(enumerate(rule_set.rules))
    return np.array(
        [next((number for number, rule in numbered if holds(rule.when, case)), -1) for case in cases], dtype=np.intp
    )
