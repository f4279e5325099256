"""`safetynets monitor`: the runs of many days on one page, and as a monthly report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safetynets.cli.common import say_page
from safetynets.cli.options import FOLDER, PATH, json_option, labels_wrong_option

if TYPE_CHECKING:
    from safetynets.evaluation.monitoring.over_time import OverTime
    from safetynets.evaluation.monitoring.run_day import RunDay
    from safetynets.evaluation.monitoring.shadow import ShadowDay
    from safetynets.evaluation.study.workforce import Workforce
    from safetynets.sites import Site

PAGE, MARKDOWN, PDF = "monitor.html", "monitor.md", "monitor.pdf"


@click.command()
@click.argument("folder", type=PATH)
@click.option("--month", metavar="YYYY-MM", help="Only the days of this month (UTC).")
@click.option(
    "--labels",
    metavar="FOLDER|rules",
    help="Labels of the days, as NAME.csv or NAME.labels.csv; or rules: those of docs/labels.md decide.",
)
@labels_wrong_option
@click.option(
    "--operational",
    multiple=True,
    type=PATH,
    help="Alerts that an operational system sent, ASTERIX category 004: a file, or a folder of files; may be repeated.",
)
@click.option(
    "--try",
    "tries",
    multiple=True,
    type=PATH,
    metavar="PARAMETERS.toml",
    help="What this parameter set would have removed; may be given several times.",
)
@click.option("--site", help="The folder of the site, where it is not a shipped one.")
@click.option("--title", help="The title of the page and the report; by default the name of the site and the days.")
@click.option("--workers", type=click.IntRange(1, 256), help="Number of processes that read the days.")
@click.option(
    "--out",
    type=FOLDER,
    help="The folder to write monitor.html, monitor.pdf and monitor.md to; by default FOLDER itself.",
)
@json_option
def monitor(
    folder: Path,
    month: str | None,
    labels: str | None,
    labels_wrong: float,
    operational: tuple[Path, ...],
    tries: tuple[Path, ...],
    site: str | None,
    title: str | None,
    workers: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Watch the alerts over time: one page over the saved runs in FOLDER, one a day, and a report as PDF and Markdown.

    Rates with control limits, when they changed and what was changed then, hot spots on the map, repeat flights, by
    runway, hour, type, wake and operator. With --operational beside the alerts of another system, with --try under
    other parameter sets. Not for operational use.
    """
    from safetynets.cli.stages import stages

    with stages():
        from safetynets.evaluation.comparison.sources import load_parameters
        from safetynets.evaluation.monitoring.hot_spots import through_of
        from safetynets.evaluation.monitoring.over_time import over_time
        from safetynets.evaluation.monitoring.shadow import OperationalRecordings, named_apart
        from safetynets.evaluation.study.workforce import workforce
        from safetynets.output import check_can_write

    out = out or folder
    wanted = _labels(labels)
    sets = named_apart([(path, load_parameters(path)) for path in tries])
    recordings = OperationalRecordings(operational)
    with stages() as stage, workforce(workers) as hands:
        stage("reading the days")
        days, problems = _read(folder, wanted, site, month, hands)
        check_can_write(out / PAGE)
        stage("counting")
        over = over_time(days, through_of(days, hands), labels_wrong)
        shadow: list[ShadowDay] = []
        if operational or sets:
            stage("holding each day beside")
            shadow = _beside(days, recordings if operational else None, sets, site, hands)
        stage("drawing")
        place = _site(days[-1], site)
        written = _write(over, shadow, problems, place, title, out, recordings.outside)
    _tell(over, shadow, written, problems, as_json=as_json)


def _labels(text: str | None) -> Any:
    from safetynets.errors import LabelsError
    from safetynets.evaluation.monitoring.run_day import BY_RULES

    if text is None or text == BY_RULES:
        return text
    if not Path(text).is_dir():
        raise LabelsError(
            "is no folder", file=text, where="--labels", mend="name a folder of labels, one file a day, or write rules"
        )
    return Path(text)


def _read(
    folder: Path, labels: Any, site: str | None, month: str | None, hands: Workforce
) -> tuple[tuple[RunDay, ...], list[str]]:
    """The days in order, and what is wrong with those that cannot be used."""
    from safetynets.errors import ScenarioError
    from safetynets.evaluation.monitoring.run_day import DayTask, in_order, of_month, read_task, run_folders

    tasks = [DayTask(each, labels, site) for each in run_folders(folder)]
    found = sorted(hands.do(read_task, tasks), key=lambda one: one.name)
    problems = [f"{one.name}: {one.problem}" for one in found if one.day is None]
    days = [one.day for one in found if one.day is not None]
    if not days:
        raise ScenarioError(f"none of its runs can be used: {'; '.join(problems)}", file=folder)
    return in_order(days if month is None else of_month(days, month, folder)), problems


def _beside(
    days: tuple[RunDay, ...], recordings: Any, sets: tuple[Any, ...], site: str | None, hands: Workforce
) -> list[ShadowDay]:
    from safetynets.evaluation.monitoring.shadow import ShadowTask, shadow_day
    from safetynets.exports.area_names import area_codes

    sent = [None] * len(days) if recordings is None else recordings.of_days(days)
    tasks = [
        ShadowTask(number=number, day=one, site=site, sent=sent[number], sets=sets, area_codes=area_codes)
        for number, one in enumerate(days)
    ]
    return sorted(hands.do(shadow_day, tasks), key=lambda one: one.number)


def _site(day: RunDay, site: str | None) -> Site | None:
    """The site for the map; none where it is not a shipped one and was not given."""
    from safetynets.sites import load_site
    from safetynets.sites.catalogue import list_sites

    if site is None and day.site not in list_sites():
        return None
    return load_site(site or day.site)


def _write(
    over: OverTime,
    shadow: list[ShadowDay],
    problems: list[str],
    site: Site | None,
    title: str | None,
    out: Path,
    outside: int,
) -> list[Path]:
    from safetynets.output import write_whole
    from safetynets.reports.monitoring.content import content, title_of
    from safetynets.reports.monitoring.markdown import monitor_markdown
    from safetynets.reports.monitoring.page import figures_of, links_to_runs, monitor_page
    from safetynets.reports.monitoring.pdf import monitor_pdf

    links = links_to_runs(over, out / PAGE)
    said = content(over, title or title_of(over, site), links, shadow, problems, outside, has_map=site is not None)
    figures = figures_of(over, site)
    texts: dict[str, str | bytes] = {
        PAGE: monitor_page(said, over, figures),
        MARKDOWN: monitor_markdown(said),
        PDF: monitor_pdf(said, figures),
    }
    for name, text in texts.items():
        write_whole(out / name, text)
    return [out / name for name in texts]


def _tell(over: OverTime, shadow: list[ShadowDay], written: list[Path], problems: list[str], *, as_json: bool) -> None:
    from safetynets.reports.monitoring.sentences import findings, verdict

    operational = [one.operational for one in shadow if one.operational is not None]
    if as_json:
        import json

        from safetynets.evaluation.monitoring.as_json import facts
        from safetynets.runs.manifest import json_ready

        told = facts(over, shadow) | {"problems": problems, "files": [file.as_posix() for file in written]}
        click.echo(json.dumps(json_ready(told), ensure_ascii=False, allow_nan=False, indent=2))
        return
    click.echo(verdict(over))
    for each in findings(over, operational):
        click.echo(f"  {each}")
    for problem in problems:
        click.secho(f"WARNING left out: {problem}", err=True, fg="yellow", bold=True)
    say_page(f"The page is {written[0]}, the report {written[2]} and {written[1]}", written[0])
