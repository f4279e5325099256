"""The ten commands of docs/how-to/own-site.md, typed as they stand there, from nothing to a replayed recording."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from safetynets.cli import main
from safetynets.recordings import read_tracks, write_csv
from safetynets.sites import load_site, shipped_folder

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "own-site.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^ *```(\w*)\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)

AREAS = """AC R
AN LS-R99
AH 4500 ft
AL SFC
V X=47:30:00 N 007:20:00 E
DC 2
"""


def minimum(name: str, minimum_ft: float, west: float, east: float) -> dict[str, object]:
    ring = [[west, 47.4], [east, 47.4], [east, 47.5], [west, 47.5], [west, 47.4]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name, "minimum_ft": minimum_ft}, "geometry": geometry}


def test_ten_commands_lead_from_nothing_to_a_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install, *typed, dashboard = next(text for _, text in FENCES if "site new" in text).splitlines()
    assert install == "pip install 'safetynets[adaptation]'"
    assert dashboard == "safetynets dashboard my-run"  # it stays open until it is stopped
    assert len(typed) == 8
    monkeypatch.chdir(tmp_path)
    tile = shipped_folder() / "data" / "terrain" / "N47E007.hgt.gz"
    Path(tile.name).symlink_to(tile)
    answers = next(text for language, text in FENCES if language == "toml" and "transition_altitude_ft" in text)
    Path("answers.toml").write_text(re.sub("^   ", "", answers, flags=re.MULTILINE), encoding="utf-8")
    Path("areas.txt").write_text(AREAS, encoding="utf-8")
    areas = [minimum("Jura", 4600, 7.15, 7.3), minimum("Blauen", 4400, 7.3, 7.42)]
    chart = {"type": "FeatureCollection", "features": areas}
    Path("mva.geojson").write_text(json.dumps(chart), encoding="utf-8")
    said = {}
    for command in typed:
        if "my-day.csv" in command:
            write_csv(read_tracks("days/2024-01-01.parquet").tracks, "my-day.csv")
        done = CliRunner().invoke(main, shlex.split(command)[1:])
        assert done.exit_code == 0, f"{command}\n{done.output}"
        said[command] = done.output
    site = load_site("my-site")
    assert [approach.name for approach in site.approaches] == ["LFSB 15", "LFSB 33"]
    assert [area.name for area in site.minimum_altitudes] == ["Jura", "Blauen"]
    assert [volume.name for volume in site.volumes] == ["LS-R99"]
    for run in ("ordinary", "my-run"):
        assert (Path(run) / "report.html").is_file()
        alerts = json.loads((Path(run) / "alerts.json").read_text(encoding="utf-8"))
        rows = alerts["alerts"] if isinstance(alerts, dict) else alerts
        assert len([row for row in rows if row["net"] == "MSAW"]) <= 3  # of 40 movements, none of which has a fault
