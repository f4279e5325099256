"""Explore every reachable state, and write docs/proofs.md with what was found.

python -m tests.model.prove            all parameter sets, plots 1 to 30 s apart: minutes
python -m tests.model.prove --bounded  what `make test` checks: seconds; writes nothing
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.model import arbitration, draw, mutants, schedules
from tests.model.lifecycle import CounterExample, advance_all_with, explore, rules_of
from tests.model.parameter_sets import FEW_SPACINGS_S, SETS, SPACINGS_S
from tests.model.properties import PROPERTIES

PAGE = Path(__file__).parents[2] / "docs" / "proofs.md"
TEXT = Path(__file__).parent / "proofs.md.in"
EXAMPLE = "clear plots need not be in a row"
"""The mutant whose counter-example the page shows."""


@dataclass(frozen=True)
class Caught:
    """A mutant, the properties that notice it, and the shortest life that does."""

    mutant: mutants.Mutant
    says: tuple[str, ...]
    example: CounterExample | None = None


def lifecycle_mutant(mutant: mutants.Mutant) -> Caught:
    """Search the states of a changed `advance` up to the first plots that break a property."""
    found = explore(
        rules_of(**SETS[mutant.parameter_set]),
        FEW_SPACINGS_S,
        PROPERTIES,
        advance_all_with(mutants.advance_of(mutant)),
        stop_at_the_first=True,
    )
    return Caught(mutant, tuple(says for says, count in found.broken.items() if count), found.counter_example)


def arbitration_mutant(mutant: mutants.Mutant) -> Caught:
    """Check the small situations under a changed arbitration."""
    with mutants.shown_from_of(mutant) as shown_from:
        few = arbitration.FEW_MOMENTS
        checks = [arbitration.check(2, name, shown_from, few) for name in arbitration.RULES]
        checks.append(arbitration.check(3, "one_alert_called_msaw", shown_from, few))
    return Caught(mutant, tuple(dict.fromkeys(says for check in checks for says in check.broken)))


def schedule_mutant(mutant: mutants.Mutant) -> Caught:
    """Check the small schedules with a changed calendar."""
    counts = schedules.check(mutants.active_periods_of(mutant))
    return Caught(mutant, tuple(says for key, says in schedules.PROPERTIES.items() if counts[key]))


def all_mutants() -> list[Caught]:
    """Every mutant with what notices it."""
    return [
        *map(lifecycle_mutant, mutants.LIFECYCLE),
        *map(arbitration_mutant, [*mutants.ARBITRATION, *mutants.SHOWN]),
        *map(schedule_mutant, mutants.SCHEDULES),
    ]


def main() -> int:
    """Prove, print a line a parameter set, write the page; 1 where anything is violated or a mutant survives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bounded", action="store_true", help="few spacings, and no page")
    bounded = parser.parse_args().bounded
    violations, rows = 0, []
    for name, changed in SETS.items():
        began = perf_counter()
        group_of = draw.group_of if name == "shipped" else None
        spacings_s = FEW_SPACINGS_S if bounded else SPACINGS_S
        found = explore(rules_of(**changed), spacings_s, PROPERTIES, group_of=group_of, groups=len(draw.GROUPS))
        seconds = perf_counter() - began
        said = f"{found.states:,} states, {found.transitions:,} transitions, {found.violations} violations"
        print(f"{name}: {said}, {seconds:.0f} s", flush=True)
        rows.append((name, changed, found.states, found.transitions, found.violations))
        violations += found.violations
        if found.counter_example is not None:
            print(f"  {found.counter_example.says}")
            for plot in found.counter_example.plots:
                print(f"  {plot}")
            if not bounded:
                draw.write(draw.timeline(found.counter_example, name), "counter-example.svg")
        if name == "shipped" and not bounded:
            draw.write(draw.state_graph(found), "state-graph.svg")
    arbitrated = [(n, rule, arbitration.check(n, rule)) for rule in arbitration.RULES for n in (1, 2)]
    arbitrated.append((3, "one_alert_called_msaw", arbitration.check(3, "one_alert_called_msaw")))
    for n, rule, checked in arbitrated:
        print(f"arbitration {rule}, {n} alerts: {checked.situations:,} situations, {checked.violations} violations")
        violations += checked.violations
    counts = schedules.check()
    broken = sum(counts[key] for key in schedules.PROPERTIES)
    print(f"schedules: {counts['schedules']:,} of them, {counts['moments']:,} moments, {broken} violations")
    caught = all_mutants()
    survivors = [each.mutant.says for each in caught if not each.says]
    print(f"mutants: {len(caught) - len(survivors)} of {len(caught)} caught")
    for says in survivors:
        print(f"  not caught: {says}")
    if not bounded:
        shown = next(each for each in caught if each.mutant.says == EXAMPLE)
        if shown.example is not None:
            draw.write(draw.timeline(shown.example, EXAMPLE), "counter-example-of-a-mutant.svg")
        PAGE.write_text(page(rows, arbitrated, counts, caught), encoding="utf-8")
        print(f"written: {PAGE}")
    return 1 if violations + broken + len(survivors) else 0


def page(
    rows: list[tuple[str, dict[str, float], int, int, int]],
    arbitrated: list[tuple[int, str, arbitration.Checked]],
    counts: dict[str, int],
    caught: list[Caught],
) -> str:
    """The text of docs/proofs.md."""
    sets = "\n".join(
        f"| {name} | {changes(changed)} | {states:,} | {transitions:,} | **{violations}** |"
        for name, changed, states, transitions, violations in rows
    )
    rules = "\n".join(
        f"| `{rule}` | {n} | {checked.situations:,} | **{checked.violations}** |" for n, rule, checked in arbitrated
    )
    properties = [(each.says, "lifecycle") for each in PROPERTIES]
    properties += [(each.says, "arbitration") for each in arbitration.PROPERTIES]
    properties += [(says, "schedule") for says in schedules.PROPERTIES.values()]
    numbered = {says: number for number, (says, _) in enumerate(properties, 1)}
    listed = "\n".join(f"| {numbered[says]} | {of} | {says} |" for says, of in properties)
    table = "\n".join(
        f"| {each.mutant.says} | {', '.join(str(numbered[says]) for says in each.says) or '**not caught**'} |"
        for each in caught
    )
    broken = sum(counts[key] for key in schedules.PROPERTIES)
    return TEXT.read_text(encoding="utf-8").format(
        sets=sets,
        rules=rules,
        listed=listed,
        table=table,
        schedules=counts["schedules"],
        moments=counts["moments"],
        broken=broken,
        mutants=len(caught),
        survivors=sum(not each.says for each in caught),
        example=EXAMPLE,
    )


def changes(changed: dict[str, float]) -> str:
    """A parameter set as its difference from the shipped one."""
    return ", ".join(f"`{name}` {value:g}" for name, value in changed.items()) or "the defaults of every net"


if __name__ == "__main__":
    sys.exit(main())
