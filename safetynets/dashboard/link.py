"""A setting as the query of a link, and back: `?msaw.look_ahead_s=60&apm.kinds=below,above`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from safetynets.dashboard.controls import Control
from safetynets.errors import StudyError


def link_of(controls: Sequence[Control], values: Mapping[str, Any]) -> str:
    """The query that opens the dashboard with these values, in the order of the controls; empty for none.

    >>> from safetynets.dashboard.controls import controls_of
    >>> from safetynets.sites import load_site
    >>> link_of(controls_of(load_site("geneva")), {"apm.kinds": ("below", "above"), "msaw.look_ahead_s": 60.0})
    '?msaw.look_ahead_s=60&apm.kinds=below%2Cabove'
    """
    given = [(each.key, text_of(values[each.key])) for each in controls if each.key in values]
    return f"?{urlencode(given)}" if given else ""


def text_of(value: Any) -> str:
    """A value as it stands in a link and in the page.

    >>> text_of(60.0), text_of(0.25), text_of(True), text_of(("below", "left"))
    ('60', '0.25', 'true', 'below,left')
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return ",".join(value)
    return f"{value:.12g}" if isinstance(value, float | int) else str(value)


def texts_of_link(arguments: Mapping[str, Sequence[bytes]]) -> dict[str, str]:
    """What the query of a link says of each dotted key, as the web server hands it on; the last of several holds."""
    return {key: texts[-1].decode(errors="replace") for key, texts in arguments.items() if "." in key}


def values_of_texts(controls: Sequence[Control], texts: Mapping[str, str]) -> dict[str, Any]:
    """The values that texts mean, by the key of the control.

    Raises
    ------
    StudyError
        For a key that is no control, and text that is no value of it.
    """
    known = {each.key: each for each in controls}
    for key in texts:
        if key not in known:
            raise StudyError("is not among the controls", where=key, mend="take it out of the link")
    return {key: value_of(known[key], text) for key, text in texts.items()}


def value_of(control: Control, text: str) -> Any:
    """The value that a text means for a control.

    Raises
    ------
    StudyError
        For text that is no number, and for what is not among the choices.
    """
    if control.span.choices:
        for choice in (*control.span.choices, control.present):
            if text_of(choice) == text:
                return choice
        choices = ", ".join(text_of(choice) for choice in control.span.choices)
        raise StudyError(f"{text!r} is no choice", where=control.key, mend=f"use one of {choices}")
    try:
        return int(text) if control.span.kind == "integer" else float(text)
    except ValueError:
        raise StudyError(f"{text!r} is no number", where=control.key, mend="write a number") from None
