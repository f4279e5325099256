"""A net that is not on by default runs where a site, a scenario or a command asks for it, and is nowhere else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from safetynets.engine.net import nets_at, nets_of
from safetynets.errors import SiteError
from safetynets.registry import added
from safetynets.runs import manifest, run_scenario
from safetynets.runs.changed_site import changes_of
from safetynets.runs.overrides import parse
from safetynets.runs.scenario import load_scenario
from safetynets.sites import load_site
from tests.toy_nets.speed_limit import NET

QUIET = dataclasses.replace(NET, on_by_default=False)


@pytest.fixture(autouse=True)
def _one_more_net() -> Iterator[None]:
    with added(QUIET):
        yield


def test_a_site_that_does_not_name_it_does_not_know_it() -> None:
    site = load_site("geneva")
    assert [net.name for net in nets_of(site)] == ["MSAW", "APM", "APW"]
    assert not any(row["name"].startswith("spd.") for row in manifest.parameters(site))


def test_an_override_adds_it_to_the_nets_of_the_site() -> None:
    site = load_site("geneva", {"switched_on": '["SPD"]'})
    assert [net.name for net in nets_at(site)] == ["MSAW", "APM", "APW", "SPD"]
    assert any(row["name"] == "spd.limit_kt" for row in manifest.parameters(site))


def test_a_parameter_of_a_net_that_is_not_on_is_refused() -> None:
    with pytest.raises(SiteError, match="parameters of the SPD, which is not switched on"):
        load_site("geneva", {"spd.limit_kt": 200})


def test_a_net_cannot_be_switched_on_and_off() -> None:
    with pytest.raises(SiteError, match="the SPD is switched on and off"):
        load_site("geneva", {"switched_on": '["SPD"]', "switched_off": '{SPD = "a trial"}'})


def test_a_scenario_switches_it_on_and_the_command_adds_another(tmp_path: Path) -> None:
    shipped = load_scenario("geneva-early-descent").file
    own = tmp_path / "own.toml"
    own.write_text('switched_on = ["SPD"]\n' + shipped.read_text(encoding="utf-8"), encoding="utf-8")
    changes = changes_of(load_scenario(own).scenario)
    assert (changes[0].address, changes[0].value, changes[0].source) == ("switched_on", ("SPD",), "the scenario")
    assert parse(["msaw.look_ahead_s=60"], ["SPD"]) == {"msaw.look_ahead_s": "60", "switched_on": ("SPD",)}
    run = run_scenario(own)
    assert "SPD" in run.manifest["counts"]["alerts"]
    assert {table.net.name for table in run.conflicts} == {"MSAW", "APM", "SPD"}


def test_a_run_without_it_says_nothing_of_it() -> None:
    run = run_scenario("geneva-early-descent")
    assert "SPD" not in json.dumps(run.manifest, default=str)
