"""What is wrong with a rule set, found before it is ever used."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from safetynets.errors import nearest
from safetynets.phraseology import wording
from safetynets.phraseology.cases import Case, all_cases, answering, holds
from safetynets.phraseology.lexicon import is_phraseology, phraseology_words
from safetynets.phraseology.rule_set import Rule, RuleSet
from safetynets.phraseology.situation import ReadBackItem
from safetynets.phraseology.speech import words_of
from safetynets.registry import registered
from safetynets.sites.problems import Problem

_NEEDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number": ("qnh", ("known",)),
    "units": ("qnh", ("known",)),
    "altitude": ("minimum", ("known",)),
    "safe level": ("minimum", ("known",)),
    "kind of area": ("purpose", ("danger", "restricted", "prohibited")),
}
"""Which key of the condition must have one of which values for a slot to be filled."""


_GIVEN_BY: Mapping[ReadBackItem, str] = {"QNH": "number", "minimum altitude": "altitude"}
"""By which slot of the words a value is given that may have to be read back."""


def problems(rule_set: RuleSet) -> list[Problem]:
    """Everything wrong with the rules: names, wordings, slots, roles, read-backs, responsibility, reach and gaps."""
    found = [*_twice(rule_set)]
    for number, rule in enumerate(rule_set.rules):
        found += _wording_problems(number, rule)
    if found:
        return found
    found += _strange_words(rule_set)
    cases = all_cases(rule_set)
    answers = answering(rule_set, cases)
    for number, rule in enumerate(rule_set.rules):
        reached = [cases[index] for index in np.flatnonzero(answers == number)]
        if not reached:
            found.append(_unreachable(number, rule, cases))
            continue
        found += _unfilled(number, rule, reached)
        found += _doubtful_responsibility(number, rule, reached)
    found += _missing([cases[index] for index in np.flatnonzero(answers < 0)])
    return found


def unused(rule_set: RuleSet) -> tuple[str, ...]:
    """Entries that change nothing, each in a sentence: no mistake, but not what their author meant.

    >>> from safetynets.phraseology import load_rule_set
    >>> unused(load_rule_set("icao"))
    ()
    """
    found = []
    for number, rule in enumerate(rule_set.rules):
        told = {slot for _, text in texts(number, rule) for slot in wording.slots(wording.parse(text))}
        for item, slot in _GIVEN_BY.items():
            if item in rule.readback and slot not in told:
                found.append(f"{rule.name}: the read-back of {item} is never expected: the words do not give ({slot})")
    return tuple(found)


def _unreachable(number: int, rule: Rule, cases: Iterable[Case]) -> Problem:
    if any(holds(rule.when, case) for case in cases):
        return Problem(
            ("rule", number, "when"),
            f"the rule {rule.name!r} is never reached: the rules above it answer all its cases",
            "move it up, narrow a rule above it, or leave it out",
        )
    return Problem(
        ("rule", number, "when"),
        f"the rule {rule.name!r} is never reached: its condition holds in no case",
        f"combine only what occurs together: {_kinds_of_nets()}",
    )


def _kinds_of_nets() -> str:
    """The kinds of each net in words."""
    kinds = {net.name: [kind.word for kind in net.kinds] for net in registered()}
    return ", ".join(f"{name} is {joined_or(words)}" for name, words in kinds.items())


def joined_or(words: Sequence[str]) -> str:
    """Words with commas and an "or" before the last.

    >>> joined_or(["below", "above", "left"]), joined_or(["inside"])
    ('below, above or left', 'inside')
    """
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _twice(rule_set: RuleSet) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, rule in enumerate(rule_set.rules):
        if rule.name in seen:
            yield Problem(("rule", number, "name"), f"two rules are called {rule.name!r}", "give each its own name")
        seen.add(rule.name)


def texts(number: int, rule: Rule) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every wording of a rule with the place of its key."""
    if rule.text is not None:
        yield ("rule", number, "text"), rule.text
    if rule.action is not None:
        yield ("rule", number, "action"), rule.action
    for step, then in enumerate(rule.then):
        yield ("rule", number, "then", step, "text"), then.text


def _wording_problems(number: int, rule: Rule) -> Iterator[Problem]:
    for path, text in texts(number, rule):
        try:
            pieces = wording.parse(text)
        except wording.WordingError as error:
            yield Problem(path, f"{error} in {text!r}", "every ( and [ is closed, and options do not nest")
            continue
        for slot in wording.slots(pieces):
            if slot not in wording.SLOTS:
                yield Problem(path, f"unknown slot ({slot})", nearest(slot, wording.SLOTS))
    for step, then in enumerate(rule.then):
        for key in ("alert", "action"):
            words = getattr(then, key)
            if words is not None and words not in then.text:
                path = ("rule", number, "then", step, key)
                yield Problem(path, f"the words {words!r} are not in the text", "copy them from it")
    if rule.text is None:
        return
    suggested = f"({wording.SUGGESTED_ACTION})"
    if rule.alert is not None and rule.alert not in rule.text:
        yield Problem(("rule", number, "alert"), f"the words {rule.alert!r} are not in the text", "copy them from it")
    if rule.action is not None and rule.action not in rule.text and suggested not in rule.text:
        yield Problem(
            ("rule", number, "action"),
            f"the words {rule.action!r} are not in the text",
            f"copy them from it, or put {suggested} into the text",
        )
    if rule.action is not None and suggested in rule.action:
        yield Problem(("rule", number, "action"), f"the action names {suggested} itself", "write the words")
    if "(number)" in rule.text and "QNH" not in rule.readback:
        yield Problem(
            ("rule", number, "readback"),
            "the text gives a QNH that the crew is not expected to read back",
            "add 'QNH': an altimeter setting is always read back (PANS-ATM 4.5.7.5.1 c)",
        )
    if "instruction" in rule.readback and rule.action is None and suggested not in rule.text:
        yield Problem(
            ("rule", number, "readback"), "an instruction is to be read back, but there is no 'action'", "add 'action'"
        )


def strange_words(rule_set: RuleSet) -> list[str]:
    """The words of its rules that are not ICAO phraseology, as they appear; a wording that cannot be read has none."""
    found: dict[str, None] = {}
    for number, rule in enumerate(rule_set.rules):
        for _, text in texts(number, rule):
            try:
                found.update(dict.fromkeys(_strange_in(text)))
            except wording.WordingError:
                continue
    return list(found)


def _strange_in(text: str) -> list[str]:
    fixed = " ".join(piece.text for piece in wording.parse(text) if not piece.is_slot)
    return list(dict.fromkeys(word for word in words_of(fixed) if not is_phraseology(word)))


def _strange_words(rule_set: RuleSet) -> Iterator[Problem]:
    """Words outside ICAO phraseology that the rule set does not own up to, and declared ones that it does not use."""
    declared = {word.upper() for word in rule_set.other_words}
    used: set[str] = set()
    for number, rule in enumerate(rule_set.rules):
        for path, text in texts(number, rule):
            strange = _strange_in(text)
            used.update(strange)
            for word in strange:
                if word not in declared:
                    yield Problem(
                        path,
                        f"the word {word!r} is not one of ICAO phraseology",
                        f"{_nearest_word(word)}or add it to other_words at the top of the file",
                    )
    for word in sorted(declared - used):
        yield Problem(("other_words",), f"{word!r} is declared and not used as a word outside ICAO", "leave it out")


def _nearest_word(word: str) -> str:
    close = difflib.get_close_matches(word, phraseology_words(), n=1, cutoff=0.7)
    return f"write {close[0]!r}, " if close else ""


def _unfilled(number: int, rule: Rule, reached: Sequence[Case]) -> Iterator[Problem]:
    for path, text in texts(number, rule):
        for slot in wording.slots(wording.parse(text), outside_options=True):
            key, values = _NEEDS.get(slot, ("", ()))
            if key and any(getattr(case, key) not in values for case in reached):
                allowed = f'"{values[0]}"' if len(values) == 1 else str(list(values)).replace("'", '"')
                yield Problem(
                    path,
                    f"({slot}) may be unknown here, and the words cannot be said without it",
                    f"write {key} = {allowed} in the condition, or put the words that need it in [ ]",
                )
            if slot == wording.SUGGESTED_ACTION and rule.action is None:
                yield Problem(path, f"({slot}) may be unknown here", "add 'action', or put the slot in [ ]")


def _doubtful_responsibility(number: int, rule: Rule, reached: Sequence[Case]) -> Iterator[Problem]:
    if rule.responsible is None:
        return
    wrong = ("vectored", "direct") if rule.responsible == "crew" else ("own",)
    against = next((case.navigation for case in reached if case.navigation in wrong), None)
    if against is not None:
        yield Problem(
            ("rule", number, "responsible"),
            f"{rule.responsible!r} cannot answer for terrain clearance when navigation is {against!r} "
            "(PANS-ATM 8.6.5.2 and Foreword, note 2)",
            "leave the key out, or narrow the condition: it must always be clear who answers",
        )


def _missing(unanswered: Iterable[Case]) -> Iterator[Problem]:
    by_kind: dict[tuple[str, str], list[Case]] = {}
    for case in unanswered:
        by_kind.setdefault((case.net, case.kind), []).append(case)
    for (net, kind), cases in by_kind.items():
        yield Problem(
            ("rule",),
            f"no rule answers {len(cases)} cases of net {net}, kind {kind}; the first: {cases[0]}",
            f'add a rule with when = {{ net = "{net}", kind = "{kind}" }}, if need be with status = "none"',
        )
