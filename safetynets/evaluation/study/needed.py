"""`[needed]`: the warning time that each net needs, as a study file states it or as the response model gives it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, create_model, model_validator

from safetynets.engine.net import nets
from safetynets.errors import InputError, StudyError
from safetynets.evaluation.metrics.needed import ARREST_S, BUDGET, Needed, NeededTimes, needed_time
from safetynets.phraseology import Call, load_rule_set, say
from safetynets.phraseology.say import SAMPLE
from safetynets.response import draw, load_assumptions, spoken_call
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import refusal
from safetynets.sites.schema import Words

DRAWS = 10_000
SEED = 0
SHARE = 0.9
"""Of the crews that act, the share for which the time suffices where a table does not say (simulator default)."""


class NeededTable(Strict):
    """The warning time that a net needs: `time_s` as `source` has it, or from the words of a `rule_set`.

    By the words it is what the response model gives for `share` of the crews that act, and the arrest of the budget.
    `rule` chooses a rule of the set whatever its condition, `assume` varies assumptions of the model.
    """

    time_s: float | None = Field(default=None, gt=0, le=600)
    source: Words | None = None
    rule_set: Words | None = None
    rule: Words | None = None
    share: float | None = Field(default=None, gt=0, lt=1)
    assume: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _of_one_origin(self) -> Self:
        if (self.time_s is None) == (self.rule_set is None):
            raise refusal("needs either 'time_s' or 'rule_set'", mend="write one of them")
        if self.time_s is not None and self.source is None:
            raise refusal("is missing", key="source", mend="say where the number is from")
        stated = self.time_s is not None
        for name in ("rule", "share", "assume") if stated else ("source",):
            if getattr(self, name):
                raise refusal(f"does not go with '{'time_s' if stated else 'rule_set'}'", key=name, mend="leave it out")
        return self


class _NeededTables(Strict):
    """What each net needs, each in a table under its key; `all` holds for the nets without one of their own."""

    all: NeededTable | None = None

    def of(self, net: str) -> tuple[str, NeededTable | None]:
        """The key of the table that holds for a net, and the table; None where there is none."""
        own: NeededTable | None = getattr(self, net.lower(), None)
        return (net.lower(), own) if own is not None else ("all", self.all)


if TYPE_CHECKING:
    NeededTables = _NeededTables
else:
    _of_nets = {net.key: (NeededTable | None, None) for net in nets()}
    NeededTables = create_model("NeededTables", __base__=_NeededTables, **_of_nets)


def needed_times(tables: NeededTables | None, folder: Path) -> NeededTimes:
    """The times of all nets; where nothing is stated, the budget. Paths of rule sets are relative to `folder`.

    Raises
    ------
    StudyError
        For a rule set, rule or assumption that there is not, and one without words for a net; `where` is the key.
    """
    if tables is None:
        return BUDGET
    found = []
    for budget in BUDGET.nets:
        key, table = tables.of(budget.net)
        try:
            found.append(_needed(budget, table, folder))
        except InputError as error:
            place = f"needed.{key}" + (f" for the {budget.net}" if key == "all" else "")
            told = str(InputError(error.problem, file=_name(error.file), where=_where(error.where)))
            raise StudyError(told, where=place, mend=error.mend) from None
    return NeededTimes(tuple(found))


def needed_toml(needed: NeededTimes) -> str:
    """The times that are not the budget as TOML tables, to go with a parameter set; empty where all are.

    >>> needed_toml(BUDGET)
    ''
    """
    return "".join(
        f"\n[needed.{one.net.lower()}]\ntime_s = {one.time_s}\nsource = {json.dumps(one.source, ensure_ascii=False)}\n"
        for one in needed.nets
        if one.origin != "budget"
    )


def rule_set_files(tables: NeededTables | None, folder: Path) -> list[Path]:
    """The files of rule sets that are not of this package, in the order of the nets."""
    if tables is None:
        return []
    held = [table for _, table in (tables.of(net.name) for net in nets()) if table is not None]
    named = [_rule_set(table.rule_set, folder) for table in held if table.rule_set is not None]
    return list(dict.fromkeys(one for one in named if isinstance(one, Path)))


def _needed(budget: Needed, table: NeededTable | None, folder: Path) -> Needed:
    if table is None or (table.rule_set is not None and budget.net not in TYPICAL):
        return budget
    if table.time_s is not None:
        return Needed(budget.net, table.time_s, "stated", str(table.source))
    assert table.rule_set is not None
    call = say(TYPICAL[budget.net], load_rule_set(_rule_set(table.rule_set, folder)), rule=table.rule)
    return _from_model(budget.net, call, table)


def _from_model(net: str, call: Call, table: NeededTable) -> Needed:
    spoken = spoken_call(call)
    if spoken is None:
        raise StudyError(
            f"the rule set {call.rule_set} has no words for an alert of the {net}",
            mend=f"name another under [needed.{net.lower()}], or state its time_s",
        )
    draws = draw(load_assumptions(table.assume), DRAWS, SEED)
    found = needed_time(spoken, draws, table.share if table.share is not None else SHARE)
    if not math.isfinite(found.seconds):
        raise StudyError("nobody acts in any draw of the response model", mend="change 'assume'")
    follows_s = round(found.seconds, 1)
    varied = f" with {', '.join(f'{name} = {value}' for name, value in table.assume.items())}" if table.assume else ""
    source = (
        f"response model{varied}: {follows_s:g} s until the aircraft follows, for {100 * found.share:g} % of the "
        f"crews that act on “{call.text}” ({call.rule_set}, rule {call.rule}; in {100 * found.never:.0f} % of "
        f"{DRAWS:,} draws nobody acts), and {ARREST_S:g} s to arrest the descent as in the budget"
    )
    return Needed(net, round(follows_s + ARREST_S, 1), "response model", source)


def _rule_set(name: str, folder: Path) -> str | Path:
    """A rule set as `load_rule_set` takes it: of the package by its name, one's own by its path."""
    return folder / name if name.endswith(".toml") or "/" in name else name


def _name(file: str | None) -> str | None:
    return None if file is None else Path(file).name


def _where(where: str | None) -> str | None:
    """The place in a message of the response model, which speaks of the options of the command line."""
    return "assume" if where == "--assume" else where


_MSAW = replace(SAMPLE, area="SECTOR 1", purpose=None, traffic=None)
TYPICAL = {
    "MSAW": _MSAW,
    "APM": replace(_MSAW, net="APM", on_final=True, minimum_flight_altitude_ft=None, area="RUNWAY 14"),
    "APW": replace(_MSAW, net="APW", kind="inside", minimum_flight_altitude_ft=None, purpose="danger", area="AREA 1"),
}
"""The alert of each net whose words the response model times: own navigation, on final for the APM."""
