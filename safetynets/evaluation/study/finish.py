"""What a judged study comes to: its tables, its front, the recommended set and what that changes; all on file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from safetynets import __version__
from safetynets.engine.net import nets_of
from safetynets.errors import StudyError
from safetynets.evaluation.comparison.comparison import Comparison
from safetynets.evaluation.metrics.scores import widen_for_wrong_labels
from safetynets.evaluation.parameter_files import parameter_set_text
from safetynets.evaluation.parameter_sets import address_of, field_at
from safetynets.evaluation.ranges import bounds_of
from safetynets.evaluation.study.advice import advise, ranges_toml
from safetynets.evaluation.study.change_task import compare_on_days
from safetynets.evaluation.study.execute import JudgedStudy
from safetynets.evaluation.study.front import costs, dominators
from safetynets.evaluation.study.metrics import better
from safetynets.evaluation.study.needed import rule_set_files
from safetynets.evaluation.study.open_day import Place
from safetynets.evaluation.study.outcome import DAYS, MANIFEST, RESULTS, StudyOutcome
from safetynets.evaluation.study.recommend import Recommendation, admissible, recommend
from safetynets.evaluation.study.sensitivity import one_at_a_time, sobol
from safetynets.evaluation.study.tables import tables
from safetynets.evaluation.study.workforce import Workforce
from safetynets.output import whole_file, write_whole
from safetynets.runs import manifest as of_runs
from safetynets.sites import shipped_folder
from safetynets.sites.geometry import Change

__all__ = ["finish"]

PRESENT = 0
NEXT_RANGES = "next-ranges.toml"


def finish(judged: JudgedStudy, out: Path, hands: Workforce) -> StudyOutcome:
    """Write a judged study into its folder: tables, the recommended set, the ranges to try next and the manifest.

    Parameters
    ----------
    judged
        As `judge_study` gives it.
    out
        The folder of the study.
    hands
        Who compares the recommended set with the present one on every day.

    Returns
    -------
    StudyOutcome
        What was written, as `safetynets.evaluation.study.outcome.read_outcome` reads it.

    Raises
    ------
    StudyError
        Where the folder cannot be written.

    Examples
    --------
    See `safetynets.evaluation.study.execute.judge_study`.
    """
    results, days = _tables(judged)
    study = judged.loaded.study
    recommended = recommend(results, judged.ranges, study.objectives, study.conditions, PRESENT)
    facts = [_without_number(part.facts) for part in judged.batches[0]]
    comparison = _comparison(judged, recommended, hands)
    advice = advise(
        results,
        judged.ranges,
        {key: bounds_of(judged.loaded.site, key) for key in judged.ranges},
        study.objectives,
        study.conditions,
        recommended.set,
        days=len(facts),
        present=PRESENT,
    )
    told = _manifest(judged, results, recommended, facts, comparison)
    told["advice"] = {"sentences": advice.sentences, "next_ranges": advice.next_ranges}
    told["labels_wrong_share"] = study.labels_wrong_share
    ready: dict[str, Any] = of_runs.json_ready(told)
    (out / MANIFEST).unlink(missing_ok=True)
    _write_table(results, out / RESULTS)
    _write_table(days, out / DAYS)
    if recommended.set is not None:
        write_whole(out / "recommended.toml", parameter_file(judged, recommended.set))
    else:
        (out / "recommended.toml").unlink(missing_ok=True)
    note = f"Ranges to try after the study {study.name}: safetynets tune STUDY --ranges {NEXT_RANGES}"
    write_whole(out / NEXT_RANGES, ranges_toml(advice.next_ranges, judged.ranges, note))
    write_whole(out / "present.toml", parameter_file(judged, PRESENT))
    write_whole(out / MANIFEST, json.dumps(ready, ensure_ascii=False, allow_nan=False, indent=1) + "\n")
    return StudyOutcome(results, days, ready)


def _tables(judged: JudgedStudy) -> tuple[pd.DataFrame, pd.DataFrame]:
    results, days, first = [], [], 0
    for batch in judged.batches:
        count = len(batch[0])
        of_batch, by_day = tables(batch, judged.sets[first : first + count], nets_of(judged.loaded.site))
        for table in (of_batch, by_day):
            table["set"] += first
        results.append(of_batch)
        days.append(by_day)
        first += count
    whole = pd.concat(results, ignore_index=True), pd.concat(days, ignore_index=True)
    for table in whole:
        widen_for_wrong_labels(table, judged.loaded.study.labels_wrong_share)
    return whole


def _without_number(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "number"}


def _comparison(judged: JudgedStudy, recommended: Recommendation, hands: Workforce) -> Comparison | None:
    if recommended.set is None or recommended.set == PRESENT:
        return None
    before, after = judged.sets[PRESENT], judged.sets[recommended.set]
    return compare_on_days(
        judged.days,
        (_place(judged, PRESENT), _place(judged, recommended.set)),
        hands,
        names=("present", f"set {recommended.set}"),
        values={key: (before[key], after[key]) for key in before if before[key] != after[key]},
        explain_at_most=judged.loaded.study.explain_at_most,
        needed=judged.loaded.needed,
        labels_wrong_share=judged.loaded.study.labels_wrong_share,
    )


def _place(judged: JudgedStudy, number: int) -> Place:
    """The site with the values of a parameter set."""
    source = f"set {number}"
    varied = (Change(key, value, source) for key, value in judged.sets[number].items() if value is not None)
    return Place(judged.place.site, (*judged.place.changes, *varied))


def _manifest(
    judged: JudgedStudy,
    results: pd.DataFrame,
    recommended: Recommendation,
    facts: Sequence[Mapping[str, Any]],
    comparison: Comparison | None,
) -> dict[str, Any]:
    loaded, study = judged.loaded, judged.loaded.study
    told = {net.name for net in nets_of(loaded.site)}
    columns = [results[name].to_numpy(dtype=np.float64) for name in study.objectives]
    by = dominators(costs(columns, study.objectives))
    words = rule_set_files(study.needed, loaded.folder)
    files = [loaded.file, *loaded.site.input_files, *words, *(day.file for day in judged.days if day.generated is None)]
    roots = (shipped_folder(), loaded.folder, loaded.site.folder.parent)
    return {
        "package": {"name": "safetynets", "version": __version__},
        "notice": "Not for operational use.",
        "name": study.name,
        "title": study.title,
        "site": of_runs.site_facts(loaded.site),
        "traffic": study.traffic.model_dump(mode="json", exclude_none=True),
        "design": study.design.model_dump(mode="json"),
        "objectives": [{"metric": name, "better": better(name)} for name in study.objectives],
        "needed": [asdict(one) for one in loaded.needed.nets if one.net in told],
        "constraints": [str(condition) for condition in study.conditions],
        "ranges": [_range_row(judged, key) for key in judged.loaded.ranges],
        "parameters": of_runs.parameters(loaded.site),
        "inputs": of_runs.input_files(files, roots),
        "days": facts,
        "skipped_days": [
            {"day": day.name, "file": day.file.name, "problem": problem.replace(str(day.file), day.file.name)}
            for day, problem in judged.skipped
        ],
        "sets": len(results),
        "impossible_sets": judged.impossible,
        "present": PRESENT,
        "front": np.flatnonzero(by < 0).tolist(),
        "dominated": [{"set": number, "by": int(by[number])} for number in np.flatnonzero(by >= 0).tolist()],
        "admissible": np.flatnonzero(admissible(results, study.conditions, PRESENT)).tolist(),
        "recommended": {
            "set": recommended.set,
            "reason": recommended.reason,
            "rule": recommended.rule,
            "values": None if recommended.set is None else judged.sets[recommended.set],
        },
        "sensitivity": {
            "one_at_a_time": one_at_a_time(results, judged.ranges, study.objectives, PRESENT),
            "sobol": sobol(results, judged.ranges, study.objectives, study.design, judged.drawn),
        },
        "comparison": None if comparison is None else asdict(comparison),
    }


def _range_row(judged: JudgedStudy, key: str) -> dict[str, Any]:
    one = judged.loaded.ranges[key]
    return {
        "key": key,
        "kind": one.kind,
        "low": None if one.choices else one.low,
        "high": None if one.choices else one.high,
        "choices": list(one.choices),
        "unit": of_runs.unit_of(key),
        "meaning": field_at(address_of(key, judged.loaded.site)).description,
        "present": judged.sets[PRESENT][key],
    }


def parameter_file(judged: JudgedStudy, number: int) -> str:
    """A parameter set as a TOML file that `safetynets compare` takes, and its [[parameters]] scenarios.

    With it go the warning times needed where the study states them.
    """
    study = judged.loaded.study
    values = {change.address: (change.value, change.source) for change in judged.loaded.changes}
    values |= {
        key: (value, f"study {study.name}, set {number}")
        for key, value in judged.sets[number].items()
        if value is not None and (number != PRESENT or key not in values)
    }
    changes = [Change(name, value, source) for name, (value, source) in values.items()]
    return parameter_set_text(f"{study.name}, set {number}", changes, judged.loaded.needed)


def _write_table(table: pd.DataFrame, file: Path) -> None:
    with whole_file(file, StudyError) as new:
        pq.write_table(
            pa.Table.from_pandas(table, preserve_index=False), new, compression="zstd", write_statistics=False
        )
