"""`report.html`: one page that holds everything a reader needs and opens from disk without a network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from safetynets import __version__
from safetynets.engine.alerts import Alert
from safetynets.engine.net import nets_of
from safetynets.reports.alert_rows import Procedures, alert_rows
from safetynets.reports.base_map import CREDIT, is_installed
from safetynets.reports.environment import environment
from safetynets.reports.figures import Picture
from safetynets.reports.formats import clock, hectopascals, limit, number, span
from safetynets.reports.replay.document import Replay
from safetynets.reports.replay.scripts import content_policy, replay_scripts
from safetynets.reports.replay.site_layer import layers
from safetynets.reports.replay.why import EXPLAINED_ALERTS
from safetynets.reports.spoken_calls import WORDS_PER_MIN, Recordings, spoken_calls
from safetynets.reports.verdict import became_actual, not_assessable, places, verdict
from safetynets.runs import counts, manifest
from safetynets.runs.run import Run
from safetynets.tracks import count_flags

FEW_PLACES = 5
"""So many rows of the table of places are seen at first."""
UNFOLDED = 100
"""So many rows of the list are seen at first, and hold what they unfold to as elements; the others hold it as text and
are shown when the reader comes to them, for a page that opens sooner."""


def report_page(
    run: Run,
    pictures: Sequence[Picture] = (),
    recordings: Recordings | None = None,
    replay: Replay | None = None,
) -> Iterator[str]:
    """The page of a run as HTML: nothing fetched, no script but that of the replay, every word of the input escaped.

    It comes in parts, for that of a long recording takes a hundred megabytes. `pictures` stand below the alerts, for
    print. `recordings` are the calls as audio. `replay` moves above everything else; a run without a plot has none.
    """
    plots = run.plots_judged()
    first_s, last_s = _time_span(run)
    scripts = replay_scripts() if replay else ()
    actual = became_actual(run)
    found = places(run.alerts, actual)
    procedures = Procedures()
    return (
        environment()
        .get_template("report.html.j2")
        .generate(
            run=run,
            version=__version__,
            time_span=span(first_s, last_s),
            policy=content_policy(scripts, spoken=bool(recordings)),
            verdict=verdict(run.alerts, actual, found, run.tracks.track_count),
            places=found,
            few_places=FEW_PLACES,
            unfolded=UNFOLDED,
            unassessed=not_assessable(plots),
            layers=layers(),
            base_map_credit=CREDIT if is_installed() else "",
            scripts=[Markup(script) for script in scripts],
            replay=replay,
            replay_data=Markup(replay.json.replace("<", "\\u003c")) if replay else "",
            story=_story(run.manifest.get("scenario", run.manifest)),
            faults=_faults(run.manifest),
            replayed=_replayed(run.manifest),
            illustrative=manifest.illustrative(run.site),
            terrain_notes=run.site.terrain.notes if run.site.terrain is not None else ("no terrain data",),
            silences=counts.loud_silences(plots, run.site),
            rows=alert_rows(run, actual, recordings or {}, procedures, explained=replay is not None),
            procedures=procedures.found.values(),
            alerted_nets=sorted({alert.net for alert in run.alerts}),
            explained=number(EXPLAINED_ALERTS),
            unexplained=len(run.alerts) > EXPLAINED_ALERTS,
            alert_summary=_alert_summary(run.alerts),
            spoken=bool(recordings),
            unheard=len(list(spoken_calls(run))) - len(recordings or {}),
            words_per_min=number(WORDS_PER_MIN),
            quiet=quiet_words(run),
            pictures=pictures,
            nets=[_net_row(name, of_net) for name, of_net in plots.items()],
            small_tables=_small_tables(run),
            pressure=_pressure(run),
            parameter_groups=_parameter_groups(run),
            site_parts=_site_parts(run),
            inputs=run.manifest.get("inputs", []),
        )
    )


def quiet_words(run: Run) -> str:
    """What "no alert" is worth: of how many plots each net judged how many, in one sentence a net.

    Silence of a net that judged nothing is not safety, so the two are never told apart from each other.
    """
    sentences = []
    for net, of_net in run.plots_judged().items():
        sentences.append(
            f"{net}: {number(of_net['judged'])} of {number(of_net['plots'])} plots were judged, "
            f"{number(sum(of_net['excluded'].values()))} excluded, "
            f"{number(sum(of_net['not_assessable'].values()))} not assessable."
        )
    return " ".join(sentences) or "No net ran: nothing was judged."


def _time_span(run: Run) -> tuple[float, float]:
    if len(run.tracks) == 0:
        return math.nan, math.nan
    return float(run.tracks.time_s.min()), float(run.tracks.time_s.max())


def _alert_summary(alerts: Sequence[Alert]) -> str:
    shown = sum(alert.shown for alert in alerts)
    hidden = len(alerts) - shown
    plural = "s" if len(alerts) != 1 else ""
    counted = f"{number(len(alerts))} alert{plural}, {number(shown)} shown to the controller"
    return f"{counted}, {number(hidden)} recorded and not shown."


def _story(told: Mapping[str, Any]) -> list[str]:
    """The paragraphs in which a scenario tells what it replays."""
    return [" ".join(paragraph.split()) for paragraph in str(told.get("story", "")).split("\n\n") if paragraph.strip()]


def _faults(told: Mapping[str, Any]) -> list[str]:
    """What was put into the traffic on purpose, one phrase a fault."""
    return [
        ", ".join(str(fault[key]).replace("_", " ") for key in ("fault", "callsign") if fault.get(key))
        for fault in told.get("faults", [])
    ]


def _replayed(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the manifest tells of the scenario beyond title, story, counts, parameters and inputs, one line a key."""
    elsewhere = (
        "title",
        "story",
        "site",
        "pressure",
        "inputs",
        "parameters",
        "counts",
        "warnings",
        "notice",
        "package",
    )
    lines = [line for key, value in told.items() if key not in elsewhere for line in _lines(key, value)]
    return [line for line in lines if line[0] not in ("scenario.title", "scenario.story")]


def _lines(key: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, Mapping):
        return [line for name, each in value.items() for line in _lines(f"{key}.{name}", each)]
    if isinstance(value, list) and any(isinstance(each, Mapping | list) for each in value):
        return [line for place, each in enumerate(value, 1) for line in _lines(f"{key}[{place}]", each)]
    return [(key, _value_words(value))]


def _net_row(name: str, of_net: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "plots": number(of_net["plots"]),
        "judged": number(of_net["judged"]),
        "excluded": [(reason, number(count)) for reason, count in of_net["excluded"].items()],
        "not_assessable": [(reason, number(count)) for reason, count in of_net["not_assessable"].items()],
    }


def _small_tables(run: Run) -> list[dict[str, Any]]:
    joined = counts.approaches_joined(run.tracks, run.approach, run.site)
    names = {approach.name: f"{approach.airport} {approach.runway}" for approach in run.site.approaches}
    flags = count_flags(run.tracks)
    return [
        {
            "caption": "Approaches joined, by runway",
            "of": "Runway",
            "count": "Approaches",
            "rows": [
                (names[name] if names[name] in name else f"{names[name]} ({name})", number(count))
                for name, count in joined.items()
            ],
        },
        {
            "caption": "Plots flagged by the cleaning, kept as they came",
            "of": "Flag",
            "count": "Plots",
            "rows": [(flag, number(count)) for flag, count in flags.items()],
        },
    ]


def _pressure(run: Run) -> list[dict[str, str]]:
    rows = []
    for region in run.site.pressure_regions:
        values = [
            f"{hectopascals(qnh_hpa)} hPa" + (f" from {clock(from_s)}" if len(region.qnh) > 1 and from_s > 0 else "")
            for from_s, qnh_hpa in region.qnh
        ]
        rows.append(
            {
                "name": region.name,
                "qnh": ", ".join(values) or "unknown",
                "transition": f"{number(region.transition_altitude_ft)} ft",
                "source": region.source,
            }
        )
    return rows


def _parameter_groups(run: Run) -> list[dict[str, Any]]:
    rows = manifest.parameters(run.site)
    groups = []
    titles = {net.key: f"{net.name}, {net.title}" for net in nets_of(run.site)} | {
        "arbitration": "arbitration between the nets"
    }
    for key, title in titles.items():
        of_net = [
            {**row, "value": _value_words(row["value"])} for row in rows if str(row["name"]).startswith(f"{key}.")
        ]
        groups.append({"name": title, "rows": of_net})
    return groups


def _value_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _site_parts(run: Run) -> list[dict[str, Any]]:
    site = run.site
    parts: list[tuple[str, Any, str]] = []
    for approach in site.approaches:
        path = "stepped profile" if approach.path == "profile" else f"{approach.path} {approach.angle_deg:g}°"
        parts.append(("approach", approach, f"{path}, course {approach.true_course_deg:.1f}° true"))
    parts += [("minimum altitude", each, f"{number(each.minimum_ft)} ft") for each in site.minimum_altitudes]
    parts += [("obstacle", each, f"top {number(each.top_ft)} ft") for each in site.obstacles]
    parts += [("volume", each, f"{limit(each.floor)} – {limit(each.ceiling)}, {each.purpose}") for each in site.volumes]
    parts += [
        ("inhibit volume", each, f"{limit(each.floor)} – {limit(each.ceiling)}: {each.reason}")
        for each in site.inhibit_volumes
    ]
    return [
        {"sort": sort, "name": each.name, "value": value, "source": each.source, "illustrative": each.illustrative}
        for sort, each, value in parts
    ]
