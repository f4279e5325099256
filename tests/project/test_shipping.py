"""The wheel holds everything a run needs, and two runs are the same, byte for byte."""

import hashlib
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from safetynets.reports.folder import write_run_folder
from safetynets.runs import list_scenarios, run_scenario

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A new environment away from the checkout: the wheel, and what it depends on from the present one."""
    folder = tmp_path_factory.mktemp("away")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    site_packages = Path(
        sysconfig.get_path("purelib", vars={"base": str(folder / "env"), "platbase": str(folder / "env")})
    )
    here = sysconfig.get_path("purelib")
    (site_packages / "dependencies.pth").write_text(here + "\n", encoding="utf-8")
    target = ["--target", str(site_packages), "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *target, str(wheel)], check=True)
    return folder


def away(installed: Path, *command: str) -> str:
    """Run the new environment's Python; uncompiled, for compiling the kernels anew would take a minute."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["NUMBA_DISABLE_JIT"] = "1"
    return subprocess.run(
        [str(installed / "env" / "bin" / "python"), *command],
        cwd=installed,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_wheel_runs_a_scenario_away_from_the_checkout(installed):
    where = away(installed, "-c", "import safetynets; print(safetynets.__file__)").strip()
    assert Path(where).is_relative_to(installed)
    away(installed, "-m", "safetynets", "run", "geneva-early-descent", "--out", "here")
    assert (installed / "here" / "report.html").stat().st_size > 10_000


def test_the_wheel_ships_every_scenario(installed):
    listed = away(installed, "-m", "safetynets", "scenarios", "--json")
    assert re.findall(r'"name": "([^"]+)"', listed) == list(list_scenarios())


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("written") / "run"
    return write_run_folder(run_scenario("geneva-early-descent"), folder, replace=False)


def test_a_run_in_another_process_writes_the_same_bytes(written, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [sys.executable, "-m", "safetynets", "run", "geneva-early-descent", "--out", "again"]
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert hashes(written) == hashes(tmp_path / "again")


def test_no_output_names_a_folder_of_this_machine(written):
    for path in written.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(ROOT).encode() not in content, path.name
            assert str(written.parent).encode() not in content, path.name
