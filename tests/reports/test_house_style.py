"""The house style: no global state is touched, and colours are told apart."""

from __future__ import annotations

import subprocess
import sys

import matplotlib

from safetynets.engine.net import nets
from safetynets.reports import house_style as style
from safetynets.reports.timeline_figure import timeline_figure
from safetynets.runs.run import Run


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_net_colours_can_be_read_as_text_on_white() -> None:
    for colour in (
        *style.NET_COLOURS.values(),
        style.NOMINAL_PATH,
        style.LIMIT,
        style.MINIMUM_ALTITUDE,
        style.SOFT_INK,
    ):
        contrast = 1.05 / (luminance(colour) + 0.05)
        assert contrast >= 4.5  # WCAG 2.2, success criterion 1.4.3


def test_nets_differ_in_shape_too() -> None:
    assert len(set(style.NET_MARKERS.values())) == len(nets())


def test_the_users_settings_change_nothing_and_stay_as_they_were(quiet_run: Run) -> None:
    plain = style.figure_bytes(timeline_figure(quiet_run), "png")
    with matplotlib.rc_context({"font.size": 30.0, "axes.facecolor": "red", "savefig.bbox": "tight"}):
        assert style.figure_bytes(timeline_figure(quiet_run), "png") == plain
        assert matplotlib.rcParams["font.size"] == 30.0


def test_svg_says_nothing_of_when_it_was_written(quiet_run: Run) -> None:
    svg = style.figure_bytes(timeline_figure(quiet_run))
    assert svg == style.figure_bytes(timeline_figure(quiet_run))
    assert b"<dc:date>" not in svg


def test_figures_need_no_display_and_no_pyplot() -> None:
    code = "import sys; import safetynets.reports.folder; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
