# ruff: noqa: E501 whole files stand here as they are
"""Whole files of every kind that the product reads, small, and how each kind is read."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from safetynets.errors import SafetynetsError
from safetynets.recordings import Profile, read_tracks, write_csv, write_parquet
from safetynets.tracks import Tracks

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
LARGEST = 12_000
"""Seeds longer than this are cut: a fault of a reader needs no long file."""


@dataclass(frozen=True)
class Kind:
    """A kind of input: its name, the name of its file, how it is read, whole files to damage, and files beside it."""

    name: str
    file: str
    read: Callable[[Path], Any]
    seeds: tuple[bytes, ...]
    beside: tuple[Path, ...] = ()


def flown() -> Tracks:
    """Two short flights, with all that a file can hold."""
    time_s = np.tile(np.arange(0.0, 80.0, 4.0), 2) + 1.7e9
    count = len(time_s)
    return Tracks.from_columns(
        {
            "time_s": time_s,
            "track": np.repeat([0, 1], count // 2),
            "latitude_deg": 46.2 + 0.003 * np.arange(count),
            "longitude_deg": 6.1 + 0.002 * np.arange(count),
            "pressure_altitude_ft": 4000.0 - 25.0 * np.arange(count),
            "vertical_rate_fpm": np.full(count, -375.0),
            "selected_altitude_ft": np.full(count, 3000.0),
            "on_ground": np.zeros(count),
        },
        {"callsign": ["SWR1", "DLH2"], "icao24": ["4b0001", "3c0002"], "ssr_code": ["1000", "2000"]},
    )


def kinds(folder: Path, *, run_folders: bool = True) -> list[Kind]:
    """Every kind; `folder` is where some seeds are written first. Run folders need the nets compiled."""
    return [*_recordings(folder), *_tables(), *_adaptation(), *(_folders(folder) if run_folders else ())]


def _cut(content: bytes) -> bytes:
    return content if len(content) <= LARGEST else content[:LARGEST]


def _recordings(folder: Path) -> Iterator[Kind]:
    from safetynets.recordings.asterix import write

    tracks = flown()
    data = [file for file in sorted((TESTS / "recordings" / "data").iterdir()) if file.suffix in (".csv", ".json")]
    csv = [*data, write_csv(tracks, folder / "own.csv")]
    yield Kind("tracks, CSV", "day.csv", read_tracks, tuple(_cut(one.read_bytes()) for one in csv))
    parquet = [write_parquet(tracks, folder / "own.parquet"), TESTS / "recordings" / "data" / "opensky-trino.parquet"]
    yield Kind("tracks, Parquet", "day.parquet", read_tracks, tuple(one.read_bytes() for one in parquet))
    yield Kind("tracks, JSON", "day.json", read_tracks, tuple(json.dumps(one).encode() for one in _JSONS))
    yield Kind("tracks, IGC", "day.igc", read_tracks, (_IGC,))
    yield Kind("tracks, SBS", "day.sbs", read_tracks, (_SBS,))
    dated = partial(read_tracks, profile=Profile(date=date(2023, 11, 14)))
    for category in ("cat062", "cat021", "cat048"):
        written = []
        for ending in ("ast", "ff", "pcap"):
            file = folder / f"{category}.{ending}"
            try:
                write(tracks, file, category, **({"radar": (46.2, 6.1, 400.0)} if category == "cat048" else {}))
            except SafetynetsError:  # this category cannot hold these tracks
                continue
            written.append(file.read_bytes())
        if written:
            yield Kind(f"tracks, {category}", "day.ast", dated, tuple(written))
    zipped = folder / "own.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(folder / "own.csv", "day.csv")
    yield Kind(
        "tracks, packed", "day.gz", read_tracks, (gzip.compress((folder / "own.csv").read_bytes()), zipped.read_bytes())
    )


def _tables() -> Iterator[Kind]:
    from safetynets.evaluation.comparison.sources import load_parameters
    from safetynets.evaluation.labels.ballots import read_ballot
    from safetynets.evaluation.labels.files import read_labels
    from safetynets.evaluation.study.load import load_study
    from safetynets.phraseology.loading import load_rule_set, new_rule_set_text
    from safetynets.recordings.profile import read_profile
    from safetynets.runs.scenario import load_scenario
    from safetynets.sites import load_site
    from safetynets.traffic.generator.settings import load_settings
    from tests.sites.site_texts import APPROACH, HEAD, REGION, VOLUME

    desk = '[[desks]]\nname = "Tower"\ncentre_deg = [46.0, 6.0]\nradius_nm = 5\nfloor_ft = 0\nceiling_ft = 5000\nsource = "x"\n'
    sites = [
        HEAD + REGION,
        HEAD
        + VOLUME
        + APPROACH
        + REGION
        + desk
        + '[msaw]\nlook_ahead_s = 30.0\n[msaw.source]\nlook_ahead_s = "tried"\n',
    ]
    yield Kind("sites", "site.toml", load_site, tuple(one.encode() for one in sites))
    scenarios = [
        file.read_text(encoding="utf-8").replace('"data/', f'"{ROOT}/scenarios/data/')
        for file in sorted((ROOT / "scenarios").glob("*.toml"))
    ]
    yield Kind("scenarios", "mine.toml", load_scenario, tuple(one.encode() for one in scenarios))
    studies = [
        file.read_text(encoding="utf-8").replace('"../data/', f'"{ROOT}/scenarios/data/')
        for file in sorted((ROOT / "scenarios" / "studies").glob("*.toml"))
    ]
    yield Kind("studies", "study.toml", load_study, tuple(one.encode() for one in studies))
    words = [new_rule_set_text("mine", name) for name in ("icao", "faa", "france")]
    yield Kind("rule sets", "mine.toml", load_rule_set, tuple(one.encode() for one in words))
    tracks = flown()
    labels = (
        "net,category,callsign,from_s,to_s,comment\nMSAW,necessary,SWR1,1700000000,1700000040,low\nAPM,2,DLH2,1700000000,1700000009,\n",
        "net,category,track,from_utc,to_utc\nMSAW,void,0,2023-11-14T22:13:20Z,2023-11-14T22:14:00Z\n",
    )
    yield Kind("labels", "labels.csv", lambda file: read_labels(file, tracks), tuple(one.encode() for one in labels))
    yield Kind("ballots", "ballot.csv", read_ballot, (b"situation,category,comment\nS1,necessary,\nS2,4,low\n",))
    profile = 'altitude_reference = "qnh"\ndate = 2023-11-14\n[columns]\nAlt = "altitude"\n[units]\naltitude = "m"\n'
    yield Kind("profiles", "profile.toml", read_profile, (profile.encode(),))
    parameters = 'name = "mine"\n[[parameters]]\nname = "apm.below_ft"\nvalue = 150\nsource = "tried"\n'
    yield Kind("parameter sets", "mine.toml", load_parameters, (parameters.encode(),))
    traffic = [file.read_bytes() for file in sorted((ROOT / "scenarios" / "traffic").glob("*.toml"))]
    yield Kind("traffic settings", "mine.toml", load_settings, tuple(traffic))


def _folders(folder: Path) -> Iterator[Kind]:
    """The manifest of a run folder, and its table of alerts: files that stand beside others."""
    from safetynets.reports.folder import write_run_folder
    from safetynets.runs.execute import run_scenario
    from safetynets.runs.folder import read_manifest
    from safetynets.runs.reload import reload_run

    write_run_folder(run_scenario("geneva-mva", {"terrain.cell_m": 1000}), folder / "run", replace=False)
    manifest = (folder / "run" / "manifest.json").read_bytes()

    def reload(file: Path) -> Any:
        read_manifest(file.parent)
        return reload_run(file.parent)

    beside = tuple(file for file in (folder / "run").iterdir() if file.name != "manifest.json")
    yield Kind("manifests", "manifest.json", reload, (manifest,), beside)


def _adaptation() -> Iterator[Kind]:
    from safetynets.adaptation.read import read_parts

    aixm = [file.read_bytes() for file in sorted((TESTS / "adaptation" / "files").glob("*.xml"))]
    yield Kind("adaptation, AIXM", "areas.xml", read_parts, tuple(_cut(one) for one in aixm))
    openair = "AC R\nAN LSR1 TEST\nAH FL100\nAL 2000 MSL\nDP 46:00:00 N 006:00:00 E\nDP 46:10:00 N 006:00:00 E\nV X=46:05:00 N 006:05:00 E\nDA 5,0,90\nDC 3\n"
    yield Kind("adaptation, OpenAir", "areas.txt", read_parts, (openair.encode(),))
    geojson = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"name": "A", "minimum_ft": 3000},
                "geometry": {"type": "Polygon", "coordinates": [[[6.0, 46.0], [6.1, 46.0], [6.1, 46.1], [6.0, 46.0]]]},
            }
        ],
    }
    yield Kind("adaptation, GeoJSON", "areas.geojson", read_parts, (json.dumps(geojson).encode(),))
    kml = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>A 3000 ft</name><Polygon><outerBoundaryIs><LinearRing><coordinates>6,46,0 6.1,46,0 6.1,46.1,0 6,46,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>'
    yield Kind("adaptation, KML", "areas.kml", read_parts, (kml.encode(),))
    topsky = "P:3:N046.00.00.000:E006.00.00.000:N046.10.00.000:E006.00.00.000:N046.10.00.000:E006.10.00.000:5000\nC:N046.00.00.000:E006.00.00.000:5:4000\n"
    yield Kind("adaptation, TopSky", "TopSkyMSAW.txt", read_parts, (topsky.encode(),))


_JSONS: tuple[Any, ...] = (
    {
        "icao": "4b0fff",
        "timestamp": 1.7e9,
        "trace": [
            [0, 47.0, 8.0, 4000, 140.0, 90.0, 0, 0, {"flight": "A"}],
            [4, 47.01, 8.0, 3900, 140.0, 90.0, 0, -900, None],
        ],
    },
    {
        "now": 1.7e9,
        "messages": 1,
        "aircraft": [{"hex": "4b0fff", "lat": 47.0, "lon": 8.0, "alt_baro": 4000, "gs": 100.0}],
    },
    {
        "time": 1700000000,
        "states": [["4b0fff", "A", "CH", 1700000000, 1700000000, 8.0, 47.0, 1e3, False, 70.0, 90.0, 0.0]],
    },
    [{"time": 1.7e9, "icao24": "4b0fff", "lat": 47.0, "lon": 8.0, "altitude": 4000}],
)
_IGC = b"AXXX001\nHFDTE141123\nHFGIDGLIDERID:HB1234\nB1200004712345N00812345EA0100001050\nB1200044712445N00812445EA0099001040\nB1200084712545N00812545EA0098001030\n"
_SBS = b"MSG,3,1,1,4B0FFF,1,2023/11/14,12:00:00.000,2023/11/14,12:00:00.000,SWR1,4000,,,47.1,8.1,,,0,0,0,0\nMSG,4,1,1,4B0FFF,1,2023/11/14,12:00:01.000,2023/11/14,12:00:01.000,,,140,90,,,-900,,0,0,0,0\nMSG,3,1,1,4B0FFF,1,2023/11/14,12:00:04.000,2023/11/14,12:00:04.000,SWR1,3900,,,47.2,8.1,,,0,0,0,0\n"
