"""All that a page or a report over many days says, alike for HTML, Markdown and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safetynets.evaluation.monitoring.over_time import OverTime
from safetynets.evaluation.monitoring.shadow import ShadowDay
from safetynets.reports.formats import day
from safetynets.reports.monitoring import sections as of_days
from safetynets.reports.monitoring import shadow_sections
from safetynets.reports.monitoring.parts import Section
from safetynets.reports.monitoring.sentences import findings, limits, verdict
from safetynets.sites import Site


@dataclass(frozen=True, kw_only=True)
class Content:
    """The content of a report: title, one sentence, what was found, what is not known, and the sections."""

    title: str
    verdict: str
    findings: tuple[str, ...]
    limits: tuple[str, ...]
    labelled: bool
    sections: tuple[Section, ...]
    cautions: tuple[str, ...]


_CAUTIONS = (
    "A low rate is not a safe net: an alert that is missing leaves nothing here. Missed alerts are counted by studies "
    "and comparisons, against labels.",
    "A change on the day of a change of parameters is a coincidence in time. That the parameters caused it is shown by "
    "'safetynets compare' on the same traffic.",
    "Intervals are those of Poisson counts, widened by how much the days really vary. Days that depend on each other, "
    "such as a week of one runway direction, vary more slowly than that.",
    "Rates by type, operator or call sign say whom alerts are about, not whose fault they are: they fly other routes, "
    "at other hours.",
)


def title_of(over: OverTime, site: Site | None) -> str:
    """The site and the days."""
    first, last = (day(one.first_s) for one in (over.days[0], over.days[-1]))
    name = over.days[0].site if site is None else site.title
    return f"{name}: {first}" if first == last else f"{name}: {first} to {last}"


def content(
    over: OverTime,
    title: str,
    links: Mapping[str, str],
    shadow: Sequence[ShadowDay] = (),
    problems: Sequence[str] = (),
    outside: int = 0,
    *,
    has_map: bool = True,
) -> Content:
    """What there is to say of days; `links` lead from the name of a day to the page of its run.

    `shadow` are the same days beside an operational system and under other parameter sets; `outside` counts alerts of
    that system at times of which there is no run.
    """
    told = [of_days.rates(over), of_days.changes(over)]
    operational = [one.operational for one in shadow if one.operational is not None]
    if operational:
        told.append(shadow_sections.operational(over, operational, links, outside))
    if any(one.tried for one in shadow):
        told.append(shadow_sections.tried(over, shadow, links))
    told += [
        of_days.hot_spots(over, links),
        of_days.repeat(over, links),
        of_days.breakdown(over),
        of_days.by_day(over, links),
    ]
    return Content(
        title=title,
        verdict=verdict(over),
        findings=tuple(findings(over, operational)),
        limits=tuple(limits(over, problems, has_map=has_map)),
        labelled=any(one.category is not None for one in over.days),
        sections=tuple(told),
        cautions=_CAUTIONS,
    )
