"""The page of a comparison: what one parameter set does that another did not, in a sentence first."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from safetynets.errors import StudyError
from safetynets.evaluation.comparison.comparison import Comparison
from safetynets.output import write_whole
from safetynets.reports.environment import render
from safetynets.reports.formats import number
from safetynets.reports.study_parts import (
    changed_alerts,
    changed_values,
    counted_changes,
    needed_rows,
    score_tables,
    traffic_rows,
)

PAGE = "comparison.html"


def write_comparison_page(comparison: Comparison, path: str | Path) -> Path:
    """Write the page of a comparison as the file `path`, or as `comparison.html` into the folder `path`; its path.

    Raises
    ------
    StudyError
        When it cannot be written.
    """
    path = Path(path)
    file = path if path.suffix == ".html" else path / PAGE
    page = comparison_page(comparison)
    write_whole(file, page, StudyError)
    return file


def comparison_page(comparison: Comparison) -> str:
    """The page of a comparison as HTML text: no script, nothing fetched; the same bytes every time."""
    before, after = comparison.before_name, comparison.after_name
    flights = sum(int(one.get("flights", 0)) for one in comparison.traffic)
    days = len(comparison.traffic)
    needed = [asdict(one) for one in comparison.needed]
    return render(
        "comparison.html.j2",
        before=before,
        after=after,
        sentence=comparison.sentence,
        traffic_words=f"{number(days)} day{'s' if days != 1 else ''} of traffic, {number(flights)} "
        f"flight{'s' if flights != 1 else ''}",
        values=changed_values(comparison.values),
        scores=score_tables([(before, comparison.before), (after, comparison.after)], needed),
        needed=needed_rows(needed),
        counts=counted_changes(comparison.counts),
        alerts=changed_alerts([asdict(one) for one in comparison.changed]),
        caveats=[
            *comparison.caveats,
            "The intervals are those of counting this traffic as if alerts were independent"
            + ("." if comparison.labels_wrong_share else "; they say nothing of whether the labels are right."),
            "Both are judged on the same traffic: a change of the traffic, the sensors or the site may turn the "
            "order round.",
        ],
        traffic=traffic_rows(comparison.traffic),
    )
