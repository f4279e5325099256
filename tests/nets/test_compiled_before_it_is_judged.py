"""The first portion of a process, before which the walks are compiled, is judged as any other."""

import numpy as np
import pytest

from safetynets.engine import monitor
from safetynets.engine.monitor import Monitor
from safetynets.runs.execute import run_scenario


@pytest.mark.parametrize("name", ["preselected-qnh", "selected-altitude"])
def test_a_net_remembers_each_plot_of_the_first_portion_once(name, monkeypatch):
    run = run_scenario(name)
    first = run.tracks.select(run.tracks.time_s < np.median(run.tracks.time_s))
    remembered = []
    for compiled in (set(monitor.nets_at(run.site)), set()):
        monkeypatch.setattr(monitor, "_COMPILED", compiled)
        made = []
        monkeypatch.setattr(monitor, "stages_of", counted(monitor.stages_of, made))
        one = Monitor(run.site)
        one.feed(first)
        monkeypatch.undo()
        assert sum(plots > 0 for plots in made) == len(monitor.nets_at(run.site))
        remembered.append({net.name: [column.tolist() for column in memory] for net, memory in one._phases.items()})
    assert repr(remembered[0]) == repr(remembered[1])
    assert any(net in remembered[0] for net in ("DBPSM", "DSAM"))


def counted(stages_of, made):
    """The same, noting for how many tracks stages are made."""

    def of(net, site, subjects, of_track, *groups):
        made.append(len(subjects.numbers))
        return stages_of(net, site, subjects, of_track, *groups)

    return of
