"""A study small enough for a test: three days of a dozen arrivals at a runway on a plain, some of them low."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from safetynets.recordings import write_parquet
from safetynets.tracks import Tracks
from safetynets.tracks.portions import joined
from tests.nets.flights import UPDATE_S, final_approach

SITE = """title = "A runway on a plain"
centre_deg = [46.0, 6.0]
source = "made for a test"

[[approaches]]
name = "XXXX 36"
airport = "XXXX"
runway = "36"
threshold_deg = [46.0, 6.0]
threshold_elevation_ft = 0
true_course_deg = 360
angle_deg = 3.0
intercept_altitude_ft = 4000
start_distance_nm = 8
end_distance_nm = 1.5
source = "made for a test"

[[pressure_regions]]
name = "everywhere"
qnh_hpa = 1013.25
transition_altitude_ft = 5000
transition_level_fl = 60
source = "made for a test"
"""

FAULTS = """[traffic.faults]
source = "made for a test"
share = 0.4
kinds = [{ fault = "wrong_altimeter_setting", weight = 1, size = [5, 12] }]
ils_share = 0.0
"""

STUDY = f"""name = "small"
title = "How low may one fly?"
site = "site"
objectives = ["nuisance_share", "desirable_missed_share"]
constraints = ["desirable_missed <= present"]
design = {{ method = "grid" }}

[traffic]
folder = "days"
source = "made for a test"
qnh_hpa = 1013.25
seed = 3

{FAULTS}
[ranges]
"apm.below_ft" = {{ low = 100, high = 300, steps = 5 }}
"apm.look_ahead_s" = {{ low = 0, high = 20, steps = 3 }}
"""

DAYS = 3
FROM_NM = 11.0


def write_small_study(folder: Path, text: str = STUDY, days: int = DAYS) -> Path:
    """Write site, days and study into a folder; the path of the study file."""
    (folder / "site").mkdir(parents=True)
    (folder / "site" / "site.toml").write_text(SITE, encoding="utf-8")
    (folder / "days").mkdir()
    for number in range(days):
        write_parquet(day(number), folder / "days" / f"2024-01-0{number + 1}.parquet")
    file = folder / "study.toml"
    file.write_text(text, encoding="utf-8")
    return file


def day(number: int) -> Tracks:
    """Twelve arrivals beside the path by a scatter of 30 ft, every third 130 ft low until 4 NM and then no more."""
    distance_nm = np.arange(FROM_NM * 1852.0, 0.0, -70.0 * UPDATE_S) / 1852.0
    far = np.clip((distance_nm - 2.0) / 2.0, 0.0, 1.0)
    random = np.random.default_rng(number)
    flights = [
        final_approach(
            low_ft=far * random.normal(130.0 if place % 3 == 0 else 0.0, 30.0),
            from_nm=FROM_NM,
            start_s=1_704_067_200.0 + 86_400.0 * number + 300.0 * place,
            facts={"callsign": [f"SWR{number}{place:02d}"]},
        )
        for place in range(12)
    ]
    return joined(flights)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The outcome of a study, file by file."""
    names = ("results.parquet", "days.parquet", "study.json", "recommended.toml", "present.toml")
    return {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}


def corrupt(folder: Path, name: str) -> Path:
    """Cut a day file short, as a broken copy leaves it."""
    file = folder / "days" / name
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    return file
