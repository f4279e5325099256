"""`safetynets figure`: one figure into one file, or one message and exit code 2."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def timeline(tmp_path_factory):
    """The timeline of a scenario as PDF, drawn twice."""
    from click.testing import CliRunner

    from safetynets.cli import main

    files = [tmp_path_factory.mktemp("figures") / f"{name}.pdf" for name in ("one", "two")]
    for file in files:
        result = CliRunner().invoke(main, ["figure", "timeline", "geneva-early-descent", "--out", str(file)])
        assert result.exit_code == 0, result.output
        assert result.output == f"The figure is {file}\n"
    return files


def test_a_figure_is_drawn_in_the_format_that_the_file_is_named_by(timeline):
    assert timeline[0].read_bytes().startswith(b"%PDF-")


def test_a_figure_drawn_again_is_the_same_file(timeline):
    assert timeline[0].read_bytes() == timeline[1].read_bytes()
    assert [file.name for file in timeline[0].parent.iterdir()] == ["one.pdf"], "nothing is left beside it"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("plan", "geneva-early-descent"), "there is no figure 'plan'; write 'plan-view'"),
        (("det", "."), "holds no finished study; name a folder that 'safetynets tune' has filled"),
        (("profile", "genva-early-descent"), "write 'geneva-early-descent'"),
        (("profile", "."), "is no run folder"),
        (("timeline", "geneva-early-descent", "--out", "a.gif"), "'gif' is no format of a figure; use one of svg,"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_mend_and_nothing_is_written(safetynets, tmp_path, arguments, message):
    result = safetynets("figure", *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert list((tmp_path / "work").iterdir()) == []
