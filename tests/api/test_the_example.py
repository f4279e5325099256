"""The interface as the README shows it: each example runs as it stands."""

import re
from pathlib import Path

import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

ROOT = Path(__file__).parents[2]

AS_PROMISED = """
import safetynets as sn
tracks = sn.read_tracks("my-day.csv")            # also sn.Tracks.from_pandas(df, units={"altitude": "m"})
site = sn.load_site("zurich").with_parameters({"apm.below_ft": 150})
run = sn.replay(tracks, site, qnh_hpa=1013)       # a path works as well
run.alerts.to_pandas(); run.tracks.to_pandas()
run.explain("DLH4TR", "18:05:00"); run.explain(alert=1)
run.plot_map(); run.plot_profile(alert=1)         # matplotlib axes
run.save("out/my-day")
sn.judge_many(tracks, site, [{"apm.below_ft": b} for b in (100, 150, 200)])
sn.say(run.alerts[0], rule_set="icao")
"""


@pytest.fixture(autouse=True)
def _figures_closed():
    yield
    pyplot.close("all")


def test_the_example_runs_as_it_was_promised(my_day: Path) -> None:
    pyplot.close("all")  # others may have left some
    names: dict[str, object] = {}
    # Its last but one line gives no QNH, so nothing can be judged there; that must not pass in silence.
    with pytest.warns(UserWarning, match="213 of 213 plots could not be judged because no QNH is known"):
        exec(AS_PROMISED, names)
    assert [alert.net for alert in names["run"].alerts] == ["APM"] * 3
    assert (my_day.parent / "out" / "my-day" / "report.html").is_file()
    assert all(isinstance(axes, Axes) for figure in map(pyplot.figure, pyplot.get_fignums()) for axes in figure.axes)
    assert len(pyplot.get_fignums()) == 2


@pytest.mark.parametrize("page", ["README.md", "docs/tutorial/first-replay.md"])
def test_the_python_of_a_page_runs_as_it_stands(page: str, my_day: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    names: dict[str, object] = {}
    examples = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        exec(example, names)
    assert {alert.callsign for alert in names["run"].alerts} == {"DLH4TR"}
    assert (my_day.parent / "out" / "my-day" / "manifest.json").is_file()
