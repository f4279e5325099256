"""The page of a study: which parameter set is recommended and why, in one file that opens without a network."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.errors import StudyError
from safetynets.evaluation.study.metrics import PREFIXES
from safetynets.evaluation.study.outcome import StudyOutcome, read_outcome
from safetynets.evaluation.study.words import metric_words
from safetynets.output import write_whole
from safetynets.reports.displays.det import DetDisplay
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.pareto import ParetoDisplay
from safetynets.reports.displays.sensitivity import SensitivityDisplay, SobolDisplay, plain
from safetynets.reports.displays.thresholds import ThresholdDisplay
from safetynets.reports.environment import render
from safetynets.reports.figures import Picture
from safetynets.reports.formats import DASH, hectopascals, number
from safetynets.reports.study_parts import (
    changed_alerts,
    changed_values,
    counted_changes,
    needed_rows,
    objective_words,
    score_tables,
)

PAGE = "study.html"
_FRONT_ROWS = 25
_MOST_DRAWN = 3000
"""A figure of more sets than this is embedded as PNG: as SVG it would make the page heavy."""
_MOST_NUMBERS = 2500
"""How many of the sets that one dominates are named; all are in the `study.json`."""


def write_study_page(folder: str | Path) -> Path:
    """Write `study.html` into the folder of a finished study, in place of an earlier one; returns its path.

    Raises
    ------
    StudyError
        When the folder holds no finished study, or cannot be written.
    """
    folder = Path(folder)
    page = study_page(read_outcome(folder))
    write_whole(folder / PAGE, page, StudyError)
    return folder / PAGE


def study_page(outcome: StudyOutcome) -> str:
    """The page of a finished study as HTML text: no script, nothing fetched; the same bytes every time."""
    told = outcome.manifest
    present, recommended = int(told["present"]), told["recommended"]["set"]
    objectives = [str(one["metric"]) for one in told["objectives"]]
    keys = [str(one["key"]) for one in told["ranges"]]
    comparison = told.get("comparison")
    pictures = _trade_offs(outcome, "")
    moved = [metric for metric in objectives if _moves(outcome, metric)]
    return render(
        "study.html.j2",
        title=told["title"],
        site=told["site"]["title"],
        sets=len(outcome.results),
        traffic_words=_traffic_words(told["days"]),
        skipped=told.get("skipped_days", []),
        impossible=int(told.get("impossible_sets", 0)),
        illustrative=told["site"].get("illustrative", []),
        terrain_notes=(told["site"].get("terrain") or {}).get("notes", []),
        sources=_sources(told.get("traffic", {})),
        heading=_heading(present, recommended),
        keeps=recommended == present,
        present=present,
        recommended=recommended,
        reason=told["recommended"]["reason"],
        rule=told["recommended"]["rule"],
        scores=_scores(outcome, present, recommended),
        needed=needed_rows(told.get("needed", [])),
        comparison=None if comparison is None else _comparison(comparison),
        objectives=[f"{metric_words(one['metric'])} ({one['better']} is better)" for one in told["objectives"]],
        objective_names=[metric_words(metric) for metric in objectives],
        constraints=[str(one) for one in told["constraints"]],
        admissible=len(told["admissible"]),
        pictures=pictures,
        net_pictures=[
            picture
            for prefix in PREFIXES[1:]
            if _has(outcome, prefix)
            for picture in _trade_offs(outcome, prefix[:-1].upper())[:1]
        ],
        keys=keys,
        front_words=_front_words(told, present),
        front_rows=_front_rows(outcome, present, recommended, keys, objectives),
        front_left_out=max(len(told["front"]) - _FRONT_ROWS, 0),
        dominated=_dominated(told["dominated"]),
        dominated_count=len(told["dominated"]),
        alone=_pictures(outcome, SensitivityDisplay.from_outcome, "Each parameter alone: {}.", moved),
        unmoved=[metric_words(metric) for metric in objectives if metric not in moved],
        alone_note=told["sensitivity"]["one_at_a_time"]["note"],
        sobol=_pictures(outcome, SobolDisplay.from_outcome, "Sobol indices: {}.", objectives),
        sobol_note=told["sensitivity"]["sobol"]["note"],
        sobol_method=told["sensitivity"]["sobol"].get("method", ""),
        **_detection(outcome),
        caveats=_caveats(outcome),
        advice=list((told.get("advice") or {}).get("sentences", ())),
        next_ranges=[
            (key, plain(low), plain(high))
            for key, (low, high) in (told.get("advice") or {}).get("next_ranges", {}).items()
        ],
        labels_wrong=told.get("labels_wrong_share") or 0.0,
        design=", ".join(f"{key.replace('_', ' ')} {plain(value)}" for key, value in told["design"].items()),
        ranges=[_range(one) for one in told["ranges"]],
        days=[_day(one) for one in told["days"]],
        parameters=[{**row, "value": _value(row["value"])} for row in told["parameters"]],
        inputs=told["inputs"],
    )


def _heading(present: int, recommended: int | None) -> str:
    if recommended is None:
        return "No set is recommended"
    return "Recommended: keep the present set" if recommended == present else f"Recommended: set {recommended}"


def _sources(traffic: Mapping[str, Any]) -> list[str]:
    """Where the traffic and the faults put into it come from, as the study file says."""
    generated = traffic.get("generated")
    said = [f"Recordings: {traffic['source']}"] if traffic.get("source") else []
    if generated:
        share = 100.0 * float(generated["faults_share"])
        said.append(f"Traffic made by the generator, seed {generated['seed']}, a fault in {share:g}\u00a0% of arrivals")
    if traffic.get("faults"):
        said.append(f"Faults added: {traffic['faults']['source']}")
    return said


def _traffic_words(days: Sequence[Mapping[str, Any]]) -> str:
    flights, plots = (sum(int(one[name]) for one in days) for name in ("flights", "plots"))
    return f"{number(len(days))} day{'s' if len(days) != 1 else ''}, {number(flights)} flights, {number(plots)} plots"


def _scores(outcome: StudyOutcome, present: int, recommended: int | None) -> list[dict[str, Any]]:
    columns = [(f"present, set {present}", _row(outcome, present))]
    if recommended is not None and recommended != present:
        columns.append((f"recommended, set {recommended}", _row(outcome, recommended)))
    return score_tables(columns, outcome.manifest.get("needed", []))


def _row(outcome: StudyOutcome, number_of_set: int) -> dict[str, Any]:
    row = outcome.results.iloc[number_of_set]
    return {str(name): row[name] for name in outcome.results.columns}


def _comparison(comparison: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "sentence": comparison["sentence"],
        "values_rows": changed_values(comparison["values"]),
        "counts_rows": counted_changes(comparison["counts"]),
        "alerts": changed_alerts(comparison["changed"]),
    }


def _has(outcome: StudyOutcome, prefix: str) -> bool:
    """Whether the sets of one net can be drawn: it has necessary situations and, with some set, alerts."""
    names = (f"{prefix}nuisance_share", f"{prefix}missed_share")
    return all(name in outcome.results and outcome.results[name].notna().any() for name in names)


def _trade_offs(outcome: StudyOutcome, net: str) -> list[Picture]:
    if not _has(outcome, f"{net.lower()}_" if net else ""):
        return []
    results = outcome.results
    marks = {"present": int(outcome.manifest["present"]), "recommended": outcome.manifest["recommended"]["set"]}
    of = f" of the {net}" if net else ""
    det = DetDisplay.from_results(results, **marks, net=net)
    pareto = ParetoDisplay.from_results(results, **marks, net=net)
    return [
        _picture(
            det,
            f"Missed against nuisance share{of} of every set, on normal-deviate axes; the present set is marked, with "
            "the 95\u00a0% intervals of both shares as lines.",
        ),
        _picture(
            pareto,
            f"Nuisance, missed alerts and median warning time{of}: the sets that no other betters in these three, "
            "whatever the objectives of the study are, before all others.",
        ),
    ]


def _pictures(
    outcome: StudyOutcome, make: Callable[[StudyOutcome, str], Display], words: str, objectives: Sequence[str]
) -> list[Picture]:
    """One picture for each objective of which it is known."""
    found = []
    for metric in objectives:
        try:
            found.append(_picture(make(outcome, metric), words.format(metric_words(metric))))
        except StudyError:
            continue
    return found


def _moves(outcome: StudyOutcome, metric: str) -> bool:
    """Whether any parameter alone changes an objective."""
    rows = outcome.manifest["sensitivity"]["one_at_a_time"]["rows"]
    known = {float(row[metric]) for row in rows if row.get(metric) is not None}
    return len(known) > 1


def _picture(display: Display, caption: str) -> Picture:
    figure = display.plot().figure_
    drawn = max((len(np.asarray(line.get_xydata())) for line in display.ax_.get_lines()), default=0)
    return Picture.of(figure, "png" if drawn > _MOST_DRAWN else "svg", caption, caption)


def _front_words(told: Mapping[str, Any], present: int) -> str:
    by = {int(row["set"]): int(row["by"]) for row in told["dominated"]}
    place = (
        f"The present set is dominated by set {by[present]}"
        if present in by
        else "The present set is one of those that no other dominates"
    )
    count = len(told["front"])
    are = "set is" if count == 1 else "sets are"
    return (
        f"{number(count)} {are} not dominated: no other is at least as good in every objective and better in one. "
        f"{number(len(by))} sets are. {place}."
    )


def _front_rows(
    outcome: StudyOutcome, present: int, recommended: int | None, keys: Sequence[str], objectives: Sequence[str]
) -> list[dict[str, Any]]:
    """The present and the recommended set, then those of the front: the admissible first, by the first objective."""
    told, results = outcome.manifest, outcome.results
    admissible = set(told["admissible"])
    front = [int(row) for row in told["front"] if int(row) not in (present, recommended)]
    first = results[objectives[0]].to_numpy(dtype=np.float64)
    front.sort(key=lambda row: (row not in admissible, np.nan_to_num(first[row], nan=np.inf), row))
    chosen = [present, *([] if recommended in (None, present) else [int(recommended or 0)])]
    rows = []
    for row in [*chosen, *front][: _FRONT_ROWS + len(chosen)]:
        told_row = _row(outcome, row)
        roles = [words for words, which in (("present", present), ("recommended", recommended)) if which == row]
        rows.append(
            {
                "set": row,
                "role": " and ".join(roles),
                "chosen": bool(roles),
                "settings": [plain(told_row[key]) for key in keys],
                "objectives": [objective_words(told_row, metric) for metric in objectives],
                "meets": "yes" if row in admissible else "no",
            }
        )
    return rows


def _dominated(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """By dominating set the numbers of those that it dominates."""
    by: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        by[int(row["by"])].append(int(row["set"]))
    return [(winner, _numbers(sorted(numbers))) for winner, numbers in sorted(by.items())]


def _numbers(numbers: Sequence[int]) -> str:
    named = ", ".join(map(str, numbers[:_MOST_NUMBERS]))
    rest = len(numbers) - _MOST_NUMBERS
    return f"{named} and {number(rest)} more" if rest > 0 else named


def _detection(outcome: StudyOutcome) -> dict[str, Any]:
    """The picture and the table of detection against the threshold, where the days have faults of several sizes."""
    if outcome.days["fault_size"].nunique() < 2:
        return {"detection": None, "detection_table": None}
    display = ThresholdDisplay.from_outcome(outcome)
    unit = display.injected_words.partition(", ")[2]
    curves = display.curves
    rows = []
    for threshold in np.unique(display.threshold):
        cells = []
        for _, of_size in curves:
            at = [row for row in of_size if display.threshold[row] == threshold]
            known = at and np.isfinite(display.detected.value[at[0]])
            cells.append(f"{100 * display.detected.value[at[0]]:.0f}\u00a0%" if known else DASH)
        rows.append((plain(float(threshold)), cells))
    words = f"Share detected against {display.threshold_words}, a curve for each {display.injected_words}."
    table = {
        "threshold": display.threshold_words,
        "sizes": [f"{size:g} {unit}" if size else "as recorded" for size, _ in curves],
        "rows": rows,
    }
    return {"detection": _picture(display, words), "detection_table": table}


def _caveats(outcome: StudyOutcome) -> list[str]:
    """What the numbers of a study cannot carry; those of its comparison, then those of every study."""
    told = outcome.manifest
    said = [str(caveat) for caveat in (told.get("comparison") or {}).get("caveats", ())]
    row = outcome.results.iloc[int(told["present"])]
    necessary = int(row["necessary"])
    if necessary == 0:
        said.append("No situation of this traffic needs an alert: nothing could be missed, and nothing is shown by it.")
    else:
        said.append(
            f"Nothing missed does not mean that nothing will be: with {number(necessary)} necessary situations, up to "
            f"{300.0 / necessary:.2g}\u00a0% could still be missed (rule of three)."
        )
    if any(day["faults"] for day in told["days"]):
        said.append(
            "Faults were put into the traffic far more often than they happen. Nuisance shares therefore look better "
            "than in service; they compare sets of this study and forecast no rate."
        )
    return [
        *said,
        f"The recommended set is the best of {number(len(outcome.results))} on this traffic, and so flattered by "
        "chance: judge it on other days before believing how much better it is.",
        "The intervals are those of counting this traffic as if alerts were independent. Alerts of one flight and of "
        "one day are not, so the true intervals are wider"
        + ("." if told.get("labels_wrong_share") else "; and they say nothing of whether the labels are right."),
        "The warning time needed is assumed or stated, not measured.",
        *_late_caveat(outcome),
        "Sensitivities hold within the ranges of this study, around its present set, and for its traffic.",
        "Terrain, volumes and approaches that are called illustrative are no published data: a setting tuned on them "
        "is tuned for them.",
    ]


def _late_caveat(outcome: StudyOutcome) -> list[str]:
    """That more alerts are late with the recommended set, where no objective or constraint looks at it."""
    told, chosen = outcome.manifest, outcome.manifest["recommended"]["set"]
    asked = [*(one["metric"] for one in told["objectives"]), *told["constraints"]]
    if chosen is None or any("late" in one for one in asked):
        return []
    before, after = (int(outcome.results["late"].iloc[int(row)]) for row in (told["present"], chosen))
    if after <= before:
        return []
    return [
        f"With the recommended set {number(after)} alerts are late, with the present one {number(before)}: no "
        'objective or constraint of this study looks at that. The constraint "late <= present" would.'
    ]


def _range(one: Mapping[str, Any]) -> dict[str, str]:
    choices = one.get("choices") or ()
    ends = ", ".join(plain(each) for each in choices) if choices else f"{plain(one['low'])} to {plain(one['high'])}"
    return {
        "key": str(one["key"]),
        "meaning": str(one.get("meaning") or ""),
        "unit": str(one.get("unit") or ""),
        "range": ends,
        "present": plain(one["present"]),
    }


def _day(one: Mapping[str, Any]) -> dict[str, str]:
    size = one.get("fault_size")
    faults = ", ".join(f"{number(count)} {kind.replace('_', ' ')}" for kind, count in one["faults"].items())
    qnh = one.get("qnh_hpa")
    return {
        "day": str(one["day"]),
        "qnh": DASH if qnh is None else hectopascals(float(qnh)),
        "flights": number(int(one["flights"])),
        "plots": number(int(one["plots"])),
        "faults": (faults or "none") + (f" of size {size:g}" if size is not None else ""),
        "situations": ", ".join(f"{number(count)} {word}" for word, count in one["categories"].items()) or "none",
    }


def _value(value: Any) -> str:
    return ", ".join(map(plain, value)) or "none" if isinstance(value, list) else plain(value)
