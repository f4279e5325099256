"""`parameter_changes`: on which days another parameter set was used, and what of it was another."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safetynets.engine.net import nets
from safetynets.evaluation.monitoring.run_day import RunDay, same_value


@dataclass(frozen=True)
class ParameterChange:
    """What is another from a day on.

    Attributes
    ----------
    day
        Number of the first day with it.
    values
        By dotted key the value before and after; None where there is none.
    files
        The inputs other than the recording that are other files: of the site, of the words.
    version
        The version of the package before and after, where it is another.
    """

    day: int
    values: Mapping[str, tuple[Any, Any]]
    files: tuple[str, ...]
    version: tuple[str, str] | None

    def concerns(self, net: str) -> bool:
        """Whether it can change what a net finds (empty: any net): a parameter of another net cannot.

        A file, a volume, the version and what is switched on can change what any net finds.
        """
        if not net or self.files or self.version:
            return True
        return any(self._net_of(key) in ("", net) for key in self.values)

    @staticmethod
    def _net_of(key: str) -> str:
        table = key.partition(".")[0]
        return next((net.name for net in nets() if net.key == table), "")


def parameter_changes(days: Sequence[RunDay]) -> tuple[ParameterChange, ...]:
    """What changed between each day and the one before, ascending."""
    found = []
    for number, (was, now) in enumerate(itertools.pairwise(days), 1):
        keys = dict.fromkeys([*was.parameters, *now.parameters])
        values = {
            key: (was.parameters.get(key), now.parameters.get(key))
            for key in keys
            if not same_value(was.parameters.get(key), now.parameters.get(key))
        }
        files = tuple(sorted(name for name in was.files.keys() & now.files if was.files[name] != now.files[name]))
        version = (was.version, now.version) if was.version != now.version else None
        if values or files or version:
            found.append(ParameterChange(number, values, files, version))
    return tuple(found)
