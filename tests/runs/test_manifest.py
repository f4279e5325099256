"""The manifest says what went in, with units, sources and hashes, and nothing about the machine."""

import hashlib
import json
from pathlib import Path

import pytest

from safetynets import __version__
from safetynets.engine.net import nets
from safetynets.runs import run_scenario
from safetynets.sites import shipped_folder
from safetynets.sites.parameters import parameter_models


@pytest.mark.requirement("REQ-RECORDING")
def test_every_input_file_is_named_relative_and_hashed(paris):
    inputs = {row["file"]: row["sha256"] for row in paris.manifest["inputs"]}
    assert set(inputs) == {
        "data/paris-2021-10-07.parquet",
        "data/terrain/globe30s_paris.tif",
        "paris-arrivals.toml",
        "sites/paris/site.toml",
    }
    for name, sha256 in inputs.items():
        assert hashlib.sha256((shipped_folder() / name).read_bytes()).hexdigest() == sha256


def test_nothing_about_the_machine_is_in_the_manifest(paris):
    text = json.dumps(dict(paris.manifest))
    assert str(shipped_folder().parent) not in text
    assert str(Path.home()) not in text


@pytest.mark.requirement("REQ-RECORDING")
def test_every_parameter_stands_with_value_unit_and_source(paris):
    rows = {row["name"]: row for row in paris.manifest["parameters"]}
    of_nets = [net.parameters for net in nets() if net.on_by_default]
    count = sum(len(model.model_fields) for model in (*of_nets, parameter_models()["arbitration"]))
    assert len(rows) == count
    assert all(row["source"] and row["meaning"] for row in rows.values())
    assert rows["apm.below_ft"] | {"meaning": ""} == {
        "name": "apm.below_ft",
        "value": 150.0,
        "unit": "ft",
        "meaning": "",
        "source": "wide enough for ordinary flying on these approaches, less than the 275 ft of a QNH error of 10 hPa",
    }
    assert rows["msaw.look_ahead_s"]["source"].startswith("simulator default")


def test_the_qnh_stands_with_its_source(paris):
    (region,) = paris.manifest["pressure"]
    assert region["qnh"] == [{"from_s": None, "qnh_hpa": 1028.0}]
    assert "estimated from the approaches, no METAR seen" in region["source"]


def test_version_seed_and_overrides_are_recorded():
    run = run_scenario("geneva-early-descent", {"apm.below_ft": 200, "pressure.qnh_hpa": 1000})
    assert run.manifest["package"] == {"name": "safetynets", "version": __version__}
    assert run.manifest["seed"] == 0
    assert run.manifest["overrides"] == {"apm.below_ft": 200, "pressure.qnh_hpa": 1000}
    row = next(row for row in run.manifest["parameters"] if row["name"] == "apm.below_ft")
    assert (row["value"], row["source"]) == (200.0, "given for this run")


def test_every_plot_is_judged_excluded_or_not_assessable(paris):
    for of_net in paris.manifest["counts"]["nets"].values():
        parts = of_net["judged"] + sum(of_net["excluded"].values()) + sum(of_net["not_assessable"].values())
        assert parts == of_net["plots"] == len(paris.tracks)
