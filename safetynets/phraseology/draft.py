"""A rule set made of answers: a few questions a person can answer, and the file of rules that follows from them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from safetynets.errors import PhraseologyError
from safetynets.phraseology import checks
from safetynets.phraseology.cases import all_cases, answering
from safetynets.phraseology.loading import load_rule_set, new_rule_set_text, parse_rule_set, problems_raised
from safetynets.phraseology.rule_set import Kind, NonEmpty, Rule, RuleSet, Then, When, some_rules
from safetynets.phraseology.situation import ReadBackItem, Speech
from safetynets.sites.problems import Problem, from_validation
from safetynets.sites.schema import NetName
from safetynets.text_files import read_toml

NOTHING_ELSE = "none"
"""The answer to "who answers every other alert" where the rule set says that no words exist."""


class _Answers(BaseModel):
    """Frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class DraftRule(_Answers):
    """The words for one sort of alert.

    Attributes
    ----------
    net, kind
        Which alerts; an empty kind is every kind of the net.
    navigation
        For which aircraft; "any" for all.
    text
        The words, with slots in ( ) and options in [ ].
    alert, action
        Which of them say what it is about, and which say what to do.
    controller_action, source
        What the controller does, and where the words are from.
    if_no_answer
        What is said when nobody answers; empty for nothing.
    """

    net: NetName
    kind: Kind | Literal[""] = ""
    navigation: Literal["any", "vectored", "direct", "own"] = "any"
    text: NonEmpty
    alert: str = ""
    action: str = ""
    controller_action: str = "Say the words."
    source: NonEmpty = "proposed by the author of this rule set"
    if_no_answer: str = ""


class Draft(_Answers):
    """The answers to the questions of a new rule set.

    Attributes
    ----------
    name, title, about
        What it is called, in a line, and in a paragraph.
    speech
        How numbers and call signs are spoken.
    others
        Which rule set answers every other alert, or "none".
    rules
        The words, the first that fits first.
    """

    name: NonEmpty
    title: NonEmpty
    about: NonEmpty = "Made by answering questions."
    speech: Speech = "ICAO"
    others: NonEmpty = "icao"
    rules: Annotated[tuple[DraftRule, ...], AfterValidator(some_rules)] = Field(alias="rule")


NO_ANSWER_AFTER_S = 5.0
"""How long the controller waits for an answer before the words of `if_no_answer` (simulator default)."""


def rule_set_of(draft: Draft) -> RuleSet:
    """The rule set that follows from the answers, not yet checked: its own rules first, then those of `others`.

    Rules of `others` that are never reached are left out, and the words outside ICAO phraseology are owned up to.

    Raises
    ------
    PhraseologyError
        When the rule set for the others cannot be used, and for a name that cannot be one.
    """
    new_rule_set_text(draft.name)  # refuses what can be no name
    own = [*_own_rules(draft)]
    taken = {rule.name for rule in own}
    if draft.others == NOTHING_ELSE:
        rest = [
            Rule(
                name="everything-else",
                status="none",
                source="this rule set is about other alerts only",
                controller_action="Act by the rule set that covers this alert.",
            )
        ]
    else:
        rest = [
            rule.model_copy(update={"name": f"{rule.name}-of-{draft.others}"} if rule.name in taken else {})
            for rule in load_rule_set(draft.others).rules
        ]
    whole = _assembled(draft, [*own, *rest])
    answers = answering(whole, all_cases(whole))
    reached = [rule for number, rule in enumerate(rest, len(own)) if np.any(answers == number)]
    return _assembled(draft, [*own, *reached])


def draft_problems(draft: Draft) -> list[tuple[int | None, str, str, str]]:
    """What is wrong with a draft: the number of its rule (None for the whole), the key, the problem and the mend.

    Examples
    --------
    >>> rule = {"net": "APM", "kind": "below", "text": "(aircraft call sign) LOW, QNH IS (number).", "action": "CLIMB"}
    >>> draft = Draft.model_validate({"name": "ours", "title": "Ours", "rule": [rule]})
    >>> for problem in draft_problems(draft):
    ...     print(problem[:3])
    (0, 'action', "the words 'CLIMB' are not in the text")
    """
    found = []
    for problem in checks.problems(rule_set_of(draft)):
        numbered = len(problem.path) > 1 and isinstance(problem.path[1], int) and problem.path[1] < len(draft.rules)
        number = int(problem.path[1]) if numbered else None
        key = "if_no_answer" if "then" in problem.path else str(problem.path[-1])
        found.append((number, key if numbered else "", problem.text, problem.mend or ""))
    return found


def draft_text(draft: Draft) -> str:
    """The file of the rule set that follows from a draft, checked.

    Raises
    ------
    PhraseologyError
        With everything that is wrong with it.

    Examples
    --------
    >>> rule = {"net": "APM", "kind": "below", "text": "(aircraft call sign) LOW ALTITUDE.", "alert": "LOW ALTITUDE"}
    >>> text = draft_text(Draft.model_validate({"name": "ours", "title": "Ours", "others": "none", "rule": [rule]}))
    >>> print(text.splitlines()[0], text.count("[[rule]]"))
    name = "ours" 2
    """
    text = rule_set_toml(rule_set_of(draft))
    parse_rule_set(text, f"{draft.name}.toml")
    return text


def read_draft(file: Path) -> Draft:
    """The answers in a TOML file: the keys of `Draft`, and one [[rule]] with the keys of `DraftRule` for each alert.

    Raises
    ------
    PhraseologyError
        When it cannot be read or a key is wrong: file, line, key, problem and mend of each.
    """
    mend = "write answers as in docs/phraseology.md"
    raw, text = read_toml(file, PhraseologyError, mend, "give the path of a file of answers")
    try:
        return Draft.model_validate(raw)
    except ValidationError as error:
        raise problems_raised(from_validation(error, Draft), file, text, raw) from None


def draft_of(raw: Any) -> Draft | list[Problem]:
    """The draft that a page sent, or what is wrong with it."""
    try:
        return Draft.model_validate(raw)
    except ValidationError as error:
        return from_validation(error, Draft)


def _own_rules(draft: Draft) -> Iterator[Rule]:
    names: dict[str, int] = {}
    for one in draft.rules:
        name = "-".join(
            part.lower() for part in (one.net, one.kind, one.navigation if one.navigation != "any" else "") if part
        )
        names[name] = names.get(name, 0) + 1
        slots = set(re.findall(r"\(([^()]*)\)", one.text))
        readback: list[ReadBackItem] = []
        if one.action:
            readback.append("instruction")
        if "number" in slots:
            readback.append("QNH")
        if "altitude" in slots:
            readback.append("minimum altitude")
        when: dict[str, Any] = {"net": one.net}
        if one.kind:
            when["kind"] = one.kind
        if one.navigation != "any":
            when["navigation"] = one.navigation
        yield Rule(
            name=name if names[name] == 1 else f"{name}-{names[name]}",
            when=When.model_validate(when),
            status="proposed",
            source=one.source,
            controller_action=one.controller_action or "Say the words.",
            text=one.text,
            alert=one.alert or None,
            action=one.action or None,
            readback=tuple(readback),
            then=(Then.model_validate({"if": "no answer", "after_s": NO_ANSWER_AFTER_S, "text": one.if_no_answer}),)
            if one.if_no_answer
            else (),
        )


def _assembled(draft: Draft, rules: Sequence[Rule]) -> RuleSet:
    told = RuleSet.model_validate(
        {"name": draft.name, "title": draft.title, "about": draft.about, "speech": draft.speech, "rule": tuple(rules)}
    )
    return told.model_copy(update={"other_words": tuple(checks.strange_words(told))})


def rule_set_toml(rule_set: RuleSet) -> str:
    """A rule set as the text of its file."""
    head = [f"name = {_toml(rule_set.name)}", f"title = {_toml(rule_set.title)}", f"about = {_toml(rule_set.about)}"]
    if rule_set.speech != "ICAO":
        head.append(f"speech = {_toml(rule_set.speech)}")
    if rule_set.other_words:
        head.append(f"other_words = {_toml(rule_set.other_words)}")
    return "\n".join(head) + "\n" + "".join(f"\n{_rule_toml(rule)}" for rule in rule_set.rules)


def _rule_toml(rule: Rule) -> str:
    told = rule.model_dump(exclude_none=True, exclude_defaults=True, by_alias=True)
    lines = ["[[rule]]"]
    for key, value in told.items():
        if key == "then":
            lines.append("then = [")
            lines += [f"    {_toml(step)}," for step in value]
            lines.append("]")
        elif key == "when":
            single = {name: one[0] if isinstance(one, tuple) and len(one) == 1 else one for name, one in value.items()}
            lines.append(f"when = {_toml(single)}")
        else:
            lines.append(f"{key} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)
