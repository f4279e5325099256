"""`Truth`: what is known of each flight because it was generated, or because a fault was put into it."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safetynets.errors import TracksError
from safetynets.tracks import Tracks
from safetynets.traffic import FaultRecord

Floats = NDArray[np.float64]

SIDECAR_COLUMNS = (
    "track",
    "kind",
    "visual",
    "fault",
    "fault_start_time_s",
    "fault_displacement_ft",
    "fault_displacement_m",
)
"""What is read of the `.labels.csv` that the traffic generator writes beside each day."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Truth:
    """What is known of each flight because it was generated, or because a fault was put into it; one row a track.

    Attributes
    ----------
    fault
        The fault; empty for a flight as it was.
    start_s
        When the fault begins to tell (UTC seconds since 1970).
    up_ft, right_m
        How far it moves the flight at most: up is positive, and right.
    by_sight
        Whether it flies VFR or a visual approach, whether or not the controllers know.
    generated
        Whether nobody ever flew this, so that a track that ends at the ground has flown into it.
    """

    fault: NDArray[np.str_]
    start_s: Floats
    up_ft: Floats
    right_m: Floats
    by_sight: NDArray[np.bool_]
    generated: bool

    @classmethod
    def nothing(cls, track_count: int, generated: bool = False) -> Truth:
        """Nothing known but the tracks.

        Parameters
        ----------
        track_count
            How many tracks.
        generated
            Whether they were generated.

        Returns
        -------
        Truth
            Without faults.

        Examples
        --------
        >>> Truth.nothing(2).fault.tolist()
        ['', '']
        """
        unknown = np.full(track_count, np.nan)
        return cls(
            fault=np.full(track_count, "", dtype=np.str_),
            start_s=unknown,
            up_ft=unknown,
            right_m=unknown,
            by_sight=np.zeros(track_count, dtype=np.bool_),
            generated=generated,
        )


def truth_of_faults(tracks: Tracks, records: Sequence[FaultRecord], generated: bool = False) -> Truth:
    """What is known of tracks into which faults were put.

    Parameters
    ----------
    tracks
        The tracks.
    records
        As `safetynets.traffic.apply_faults` gives them; of two faults of one flight the first tells when.
    generated
        Whether the tracks were generated.

    Returns
    -------
    Truth
        One row a track.

    Examples
    --------
    >>> tracks = Tracks.from_columns({"time_s": [0.0], "track": [0]})
    >>> truth_of_faults(tracks, []).fault.tolist()
    ['']
    """
    fault, start_s, up_ft, right_m = (
        [""] * tracks.track_count,
        *(np.full(tracks.track_count, np.nan) for _ in range(3)),
    )
    for record in records:
        number = record.track
        fault[number] = f"{fault[number]} + {record.fault}" if fault[number] else record.fault
        start_s[number] = np.fmin(start_s[number], record.start_time_s)
        up_ft[number] = np.fmin(up_ft[number], record.displacement_ft)
        right_m[number] = _greater(right_m[number], record.displacement_m)
    return Truth(
        fault=np.array(fault, dtype=np.str_),
        start_s=start_s,
        up_ft=up_ft,
        right_m=right_m,
        by_sight=np.zeros(tracks.track_count, dtype=np.bool_),
        generated=generated,
    )


def sidecar_of(recording: Path) -> Path:
    """Where the traffic generator puts what it knows of a day of tracks.

    Parameters
    ----------
    recording
        The file of the tracks.

    Returns
    -------
    pathlib.Path
        Beside it; the file need not be there.

    Examples
    --------
    >>> sidecar_of(Path("days/2024-01-01.parquet")).as_posix()
    'days/2024-01-01.labels.csv'
    """
    return recording.with_name(f"{recording.name.split('.')[0]}.labels.csv")


def read_truth(file: Path, track_count: int) -> Truth:
    r"""Read what the traffic generator says of a day of tracks.

    Parameters
    ----------
    file
        The CSV that `sidecar_of` names.
    track_count
        How many tracks the day has.

    Returns
    -------
    Truth
        One row a track.

    Raises
    ------
    TracksError
        For a file that is not there, lacks a column, has another number of rows, or holds something that is no number.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "day.labels.csv"
    ...     _ = file.write_text(",".join(SIDECAR_COLUMNS) + "\n0,vfr,1,,,,\n")
    ...     read_truth(file, 1).by_sight.tolist()
    [True]
    """
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            table = csv.DictReader(stream)
            missing = [name for name in SIDECAR_COLUMNS if name not in (table.fieldnames or ())]
            if missing:
                raise TracksError(
                    f"no column {missing[0]!r}", file=file, mend="give the .labels.csv that the traffic generator wrote"
                )
            rows = list(table)
    except FileNotFoundError:
        raise TracksError("no such file", file=file, mend="keep it beside the tracks it belongs to") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TracksError(f"cannot be read: {error}", file=file, mend="generate the day again") from None
    if [row["track"] for row in rows] != [str(number) for number in range(track_count)]:
        raise TracksError(
            f"{len(rows)} rows are not the {track_count} tracks of the day, in their order",
            file=file,
            mend="keep the file that was written with the tracks",
        )
    return Truth(
        fault=np.array([row["fault"] for row in rows], dtype=np.str_),
        start_s=_numbers(rows, "fault_start_time_s", file),
        up_ft=_numbers(rows, "fault_displacement_ft", file),
        right_m=_numbers(rows, "fault_displacement_m", file),
        by_sight=np.array([row["kind"] == "vfr" or row["visual"] == "1" for row in rows], dtype=np.bool_),
        generated=True,
    )


def _numbers(rows: Sequence[dict[str, str]], name: str, file: Path) -> Floats:
    values = np.full(len(rows), np.nan)
    for number, row in enumerate(rows, 1):
        try:
            values[number - 1] = float(row[name]) if row[name] else math.nan
        except (TypeError, ValueError):
            raise TracksError(
                f"{name} is {row[name]!r}, no number", file=file, where=f"row {number}", mend="generate the day again"
            ) from None
    return values


def _greater(one: float, other: float) -> float:
    return other if math.isnan(one) or abs(other) > abs(one) else one
