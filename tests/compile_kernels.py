"""Compile the kernels of the nets or of judging, before the workers of the tests would each compile them."""

from __future__ import annotations

import sys

from safetynets.engine.follow import alerts_of
from safetynets.evaluation.judging import prepare
from safetynets.evaluation.ranges import range_of
from safetynets.runs.execute import run_scenario
from safetynets.sites import load_site
from safetynets.tracks import Tracks


def main(which: str) -> None:
    """Judge a small scenario, or a plot."""
    if which == "nets":
        run = run_scenario("zurich-wall")
        alerts_of(run.tracks, run.site)
    else:
        site = load_site("zurich")
        tracks = Tracks.from_columns({"time_s": [0.0], "track": [0], "x_m": [0.0], "y_m": [0.0]}, plane=site.plane)
        look_ahead = range_of(site, "msaw.look_ahead_s", low=20.0, high=60.0)
        prepare(tracks, site, {look_ahead.key: look_ahead}).judge_many([{look_ahead.key: 30.0}])


if __name__ == "__main__":
    main(sys.argv[1])
