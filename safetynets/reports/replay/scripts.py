"""The scripts of the page as they stand inside it, and the policy that lets these run and nothing else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib.resources import files

from bokeh.resources import Resources

_FILES = (
    "columns.js",
    "labels.js",
    "names.js",
    "view.js",
    "scene.js",
    "profile.js",
    "measure.js",
    "alerts.js",
    "player.js",
    "start.js",
)


def replay_scripts() -> tuple[str, ...]:
    """Bokeh from its wheel, and the script of the replay; each is the text of one script element."""
    own = "".join(files(__package__).joinpath(name).read_text(encoding="utf-8") for name in _FILES)
    return (bokeh_script(), f'(() => {{\n"use strict";\n{own}}})();\n')


def bokeh_script() -> str:
    """Bokeh's core library as it comes in its wheel."""
    library: str = Resources(mode="inline", components=["bokeh"], minified=True).js_raw[0]
    return library


def content_policy(scripts: Sequence[str], *, spoken: bool) -> str:
    """A content security policy under which the page fetches nothing and runs these scripts only.

    >>> content_policy([], spoken=False)
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    """
    parts = ["default-src 'none'", "style-src 'unsafe-inline'", "img-src data:"]
    if spoken:
        parts.append("media-src data:")
    if scripts:
        parts.append("script-src " + " ".join(f"'sha256-{_digest(script)}'" for script in scripts))
    return "; ".join(parts)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
