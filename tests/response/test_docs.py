"""The Python and the numbers of docs/response.md, run as they stand."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "response.md"


def test_the_python_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    exec(compile(found[1], str(PAGE), "exec"), {})  # the page is ours, and this is what proves it
    printed = dict(line.split(" ", 1) for line in capsys.readouterr().out.splitlines())
    check, directive = (float(printed[name].split()[0]) for name in ("icao", "proposed-apm-directive"))
    assert 0.0 < directive < check < 1.0


def test_the_limits_of_the_page_are_those_of_the_assumptions(shipped) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"{shipped.number('outcome.end_before_threshold_nm'):g} NM before the" in text
    horizon_s, carried_on_s = (shipped.number(f"outcome.{key}_s") for key in ("horizon", "carried_on"))
    assert f"elsewhere for at most {horizon_s:g} s and at most {carried_on_s:g} s beyond" in text
