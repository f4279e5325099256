"""The page of an evidence pack: every requirement with its result, what is not verified first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetynets.reports.environment import render
from safetynets.reports.figures import Picture
from safetynets.reports.replay.scripts import content_policy


def evidence_page(told: Mapping[str, Any], checkout: Path) -> str:
    """The page as HTML; it holds everything it says, the figures of the checkout too."""
    counts = ", ".join(f"{count} {result}" for result, count in told["counts"].items())
    return render(
        "evidence.html.j2",
        policy=content_policy([], spoken=False),
        title="Requirements and what answers them",
        verdict=f"{len(told['requirements'])} requirements: {counts}.",
        rows=[row | {"pictures": _pictures(row["figures"], checkout)} for row in told["requirements"]],
        files=told["files"],
        versions=told["versions"],
    )


def _pictures(figures: Mapping[str, str], checkout: Path) -> list[Picture]:
    return [Picture((checkout / file).read_bytes(), "image/svg+xml", says, file) for file, says in figures.items()]
