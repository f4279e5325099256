"""The assumptions of the closed loop as a command line asks for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safetynets.response import Assumptions


def assumptions_of(measured_in: Path | None, assumed: tuple[str, ...] = ()) -> Assumptions:
    """The shipped assumptions, with what a listening test measured, and over that what `--assume` varies.

    Raises
    ------
    PhraseologyError
        For a file that is no summary of a listening test, and an assumption that does not fit.
    """
    from safetynets.evaluation.listening.measured import assume_from
    from safetynets.response import load_assumptions
    from safetynets.response.assumptions import parse_changes

    changes = parse_changes(assumed)
    shipped = load_assumptions()
    return (shipped if measured_in is None else assume_from(shipped, measured_in)).changed(changes)
