"""`Step`: one stage of the explanation of a plot."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One stage of the explanation of a plot.

    Attributes
    ----------
    stage
        Its name, such as "eligibility".
    net
        The net it is about; empty where the stage is common to all nets.
    group
        The group of areas; empty where the net has one.
    text
        What came of it, in a sentence.
    values
        Inputs and results by name, with their units in the names.
    """

    stage: str
    net: str
    group: str
    text: str
    values: dict[str, float | str | bool]
