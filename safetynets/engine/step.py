"""`Step`: one stage of the explanation of a plot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One stage of the explanation of a plot.

    `net` is empty where the stage is common to all nets, `group` where the net has one group of areas. `values` holds
    the inputs and results by name, `text` says in a sentence what came of them.
    """

    stage: str
    net: str
    group: str
    text: str
    values: dict[str, float | str | bool]
