"""`RuleSet`: ordered rules that say which words belong to which alert. A rule set is a text file, never code."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from safetynets.errors import nearest
from safetynets.phraseology.situation import ReadBackItem, Speech, Status, Trigger
from safetynets.registry import registered
from safetynets.sites.geometry import Purpose
from safetynets.sites.problems import refusal
from safetynets.sites.schema import NetName


class _Strict(BaseModel):
    """Frozen, no unknown keys, no conversions: "true" is not true."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


def _known_kind(word: str) -> str:
    words = sorted({kind.word for net in registered() for kind in net.kinds})
    if word not in words:
        raise refusal(f"no net has alerts of kind {word!r}", mend=nearest(word, words))
    return word


Kind = Annotated[str, AfterValidator(_known_kind)]
"""In which way an aircraft is in violation: a kind of some net."""

Severity = Literal["caution", "warning"]
Navigation = Literal["vectored", "direct", "own"]
Known = Literal["known", "unknown"]
PurposeOrUnknown = Literal[Purpose, "unknown"]
NonEmpty = Annotated[str, Field(min_length=1)]


class When(_Strict):
    """The condition of a rule: each key names one value or a list of values; a key left out holds for all."""

    net: Annotated[tuple[NetName, ...] | None, BeforeValidator(_as_list)] = None
    kind: Annotated[tuple[Kind, ...] | None, BeforeValidator(_as_list)] = None
    severity: Annotated[tuple[Severity, ...] | None, BeforeValidator(_as_list)] = None
    navigation: Annotated[tuple[Navigation, ...] | None, BeforeValidator(_as_list)] = None
    on_final: Annotated[bool | None, Field(strict=True)] = None
    visual: Annotated[bool | None, Field(strict=True)] = None
    on_ground: Annotated[bool | None, Field(strict=True)] = None
    qnh: Known | None = None
    minimum: Known | None = None
    purpose: Annotated[tuple[PurposeOrUnknown, ...] | None, BeforeValidator(_as_list)] = None
    aerodrome: Annotated[tuple[NonEmpty, ...] | None, BeforeValidator(_as_list)] = None


class Then(_Strict):
    """What is said next: on which condition, after how many seconds, and the words.

    `alert` and `action` are those of the rule where they are left out and the text holds them.
    """

    trigger: Trigger = Field(alias="if")
    after_s: float = Field(ge=0, strict=True)
    text: NonEmpty
    alert: NonEmpty | None = None
    action: NonEmpty | None = None


class Rule(_Strict):
    """One rule: its condition, its words, where they come from and what they entail; docs/phraseology.md has every key.

    Attributes
    ----------
    name, when
        What it is called, and the condition under which it holds.
    status, source
        The standing of its words, and where they come from. With status "none" the rule states that no words exist, and
        has no `text`.
    controller_action
        What the controller does beside speaking.
    text, alert, action
        The words with their slots, and those for the slots of the alert and of the action.
    readback
        What the crew is expected to read back besides its call sign.
    responsible, responsibility_reason
        Who answers for terrain clearance, and why; None leaves it to `responsibility`.
    then
        What is said next.
    """

    name: NonEmpty
    when: When = When()
    status: Status
    source: NonEmpty
    controller_action: NonEmpty
    text: NonEmpty | None = None
    alert: NonEmpty | None = None
    action: NonEmpty | None = None
    readback: tuple[ReadBackItem, ...] = ()
    responsible: Literal["crew", "controller"] | None = None
    responsibility_reason: NonEmpty | None = None
    then: tuple[Then, ...] = ()

    @model_validator(mode="after")
    def _words_or_none(self) -> Rule:
        if self.status == "none":
            given = next((key for key in ("text", "alert", "action", "readback", "then") if getattr(self, key)), None)
            if given:
                raise refusal(f"a rule with status 'none' has no {given!r}", key=given, mend="leave it out")
        elif self.text is None:
            raise refusal("the key 'text' is missing", mend='add it, or write status = "none"')
        if (self.responsible is None) != (self.responsibility_reason is None):
            given = "responsible" if self.responsible is not None else "responsibility_reason"
            said = "'responsible' and 'responsibility_reason' belong together"
            raise refusal(said, key=given, mend="write both or neither")
        return self


_Rules = TypeVar("_Rules", bound=tuple[Any, ...])


def some_rules(rules: _Rules) -> _Rules:
    """Refuse a list without a rule; a list with a wrong one has its own message."""
    if not rules:
        raise refusal("there is no rule", mend="begin one with [[rule]]")
    return rules


class RuleSet(_Strict):
    """A named, ordered set of rules: the first rule whose condition holds gives the words.

    Attributes
    ----------
    name, title, about
        What it is called, and what it is.
    short
        What sentences call its words; by default "words of NAME".
    speech
        Whether numbers are spoken as ICAO or the FAA has it.
    other_words
        Words outside ICAO phraseology that it means to use.
    rules
        The rules in order.
    """

    name: NonEmpty
    title: NonEmpty
    short: NonEmpty | None = None
    about: NonEmpty
    speech: Speech = "ICAO"
    other_words: tuple[NonEmpty, ...] = ()
    rules: Annotated[tuple[Rule, ...], AfterValidator(some_rules)] = Field(alias="rule")

    @property
    def called(self) -> str:
        """What sentences call its words, such as "ICAO words"."""
        return self.short or f"words of {self.name}"
