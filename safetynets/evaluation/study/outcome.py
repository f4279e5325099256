"""`StudyOutcome`: what a study leaves in its folder, read back for pages, figures and comparisons.

`results.parquet` has one row a parameter set: `set`, one column for each varied key, then the columns of
`Scores.row()`. `days.parquet` has the same columns for every set and day, with the `day` (its name), and is what curves
by day or by size of a fault are drawn from. `study.json` tells the rest:

| key | what |
| --- | --- |
| `package`, `notice`, `name`, `title`, `site` | as in the manifest of a run |
| `design`, `objectives`, `constraints` | as the study file has them; objectives as `{"metric", "better"}` |
| `needed` | for each net the warning time needed: `net`, `time_s`, `origin`, `source` |
| `ranges` | for each key `key`, `kind`, `low`, `high`, `choices`, `unit`, `meaning`, `present` |
| `parameters` | every parameter of the present set: name, value, unit, meaning, source |
| `inputs` | name and SHA-256 of every input file |
| `days` | `day`, `file`, `sha256`, `qnh_hpa`, `flights`, `plots`, `hours`, `faults`, `fault_size`, `categories` |
| `skipped_days` | `day`, `file` and `problem` of each day that was skipped |
| `sets`, `present` | number of parameter sets, and the number of the present one (0) |
| `front` | numbers of the sets that no other is better than in every objective |
| `dominated` | `set` and `by`: a set of the front that is at least as good in every objective and better in one |
| `admissible` | numbers of the sets that meet every constraint |
| `recommended` | `set` (null where there is none), `reason`, `rule`, `values` |
| `sensitivity` | `one_at_a_time` and `sobol`: each with a `note`, and `rows`; see `sensitivity.py` |
| `comparison` | of the recommended with the present set: the fields of `Comparison` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from safetynets.errors import StudyError
from safetynets.text_files import read_json

if TYPE_CHECKING:
    import pandas as pd

RESULTS = "results.parquet"
DAYS = "days.parquet"
MANIFEST = "study.json"


@dataclass(frozen=True, eq=False)
class StudyOutcome:
    """A finished study.

    Attributes
    ----------
    results
        One row a parameter set.
    days
        One row a parameter set and day.
    manifest
        The rest: the table at the head of this module has its keys.
    """

    results: pd.DataFrame
    days: pd.DataFrame
    manifest: Mapping[str, Any]


def read_outcome(folder: str | Path) -> StudyOutcome:
    """Read the outcome of a finished study from its folder.

    Parameters
    ----------
    folder
        The folder that `safetynets tune` wrote.

    Returns
    -------
    StudyOutcome
        Data frames with a row for each parameter set, and for each set and day, and the manifest.

    Raises
    ------
    StudyError
        When the folder holds no finished study.

    Examples
    --------
    See `safetynets.evaluation.study.execute.judge_study`.
    """
    import pandas as pd

    folder = Path(folder)
    if not (folder / MANIFEST).is_file():
        raise StudyError("holds no finished study", file=folder, mend="name a folder that 'safetynets tune' has filled")
    try:
        manifest = read_json(folder / MANIFEST)
        return StudyOutcome(pd.read_parquet(folder / RESULTS), pd.read_parquet(folder / DAYS), manifest)
    except (OSError, ValueError) as error:
        raise StudyError(f"cannot be read: {error}", file=folder, mend="run the study again") from None
