"""Compile the kernels once, before the workers of the tests would each compile them."""

from __future__ import annotations

from safetynets.evaluation.judging import prepare
from safetynets.evaluation.ranges import range_of
from safetynets.nets.sieve import alerts_of
from safetynets.runs.execute import run_scenario


def main() -> None:
    """Judge a small scenario in every way there is."""
    run = run_scenario("zurich-wall")
    alerts_of(run.tracks, run.site)
    look_ahead = range_of(run.site, "msaw.look_ahead_s", low=20.0, high=60.0)
    prepare(run.tracks, run.site, {look_ahead.key: look_ahead}).judge_many([{look_ahead.key: 30.0}])


if __name__ == "__main__":
    main()
