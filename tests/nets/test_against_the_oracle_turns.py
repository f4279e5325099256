"""Turning hypotheses and the escape climb of MSAW against the oracle."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
from hypothesis import given, note, settings
from hypothesis import strategies as st

from safetynets.engine.conflicts import Conflicts
from safetynets.engine.states import judge_states
from safetynets.engine.track_state import TrackState
from safetynets.nets.msaw import NET as MSAW
from safetynets.sites.geometry import Site
from tests.nets.random_situations import areas, plots, prediction_parameters, terrains
from tests.nets.situations import minimum, obstacle, parameters, picture, site, square, tracks_of
from tests.oracle.comparison import assert_first_violation
from tests.oracle.msaw import MsawOracle
from tests.oracle.plots import Plot, plots_of
from tests.oracle.prediction import chord_error_m, turning
from tests.oracle.slack import HAIR_FT, HAIR_M, Slack

TURN_RATES_RADPS = st.sampled_from([0.0, 0.01, -0.0524, 0.0524, -0.3]) | st.floats(-0.1, 0.1)


def msaw(here: Site, seen: TrackState, **changes: object) -> Conflicts:
    changed = here.parameters.msaw.model_copy(update=changes)
    there = replace(here, parameters=here.parameters.with_tables(msaw=changed))
    return judge_states(MSAW, seen, tracks_of(seen), there)[0]


@settings(max_examples=20)
@given(data=st.data())
def test_a_continued_turn_is_predicted_as_the_oracle_flies_it(data):
    """Of the two paths, "any" gives the earlier violation and "all" the later: so the one that is not straight."""
    everywhere = minimum(0.0, square(-90_000, -90_000, 90_000, 90_000), "everywhere")
    sectors = [
        minimum(2000.0, area, f"sector {n}") for n, area in enumerate(data.draw(st.lists(areas(False), max_size=3)))
    ]
    here = site(
        minimum_altitudes=(everywhere, *sectors),
        terrain=data.draw(st.none() | terrains(False, voids=False)),
        parameters=parameters(msaw=data.draw(prediction_parameters(False))),
    )
    flown = data.draw(st.lists(st.tuples(plots(False), TURN_RATES_RADPS), min_size=1, max_size=15))
    seen = picture([plot | {"turn_rate_radps": turn_rate_radps} for plot, turn_rate_radps in flown])
    straight_s = msaw(here, seen, hypotheses="straight").time_to_violation_s
    any_of_both = msaw(here, seen, hypotheses="any")
    all_of_both = msaw(here, seen, hypotheses="all")
    assert any_of_both.assessable.all()
    assert all_of_both.assessable.all()
    any_s, all_s = any_of_both.time_to_violation_s, all_of_both.time_to_violation_s
    assert np.all((any_s == straight_s) | (all_s == straight_s))
    turning_s = np.where(any_s == straight_s, all_s, any_s)
    oracle = MsawOracle(here)
    for row, plot in enumerate(plots_of(seen)):
        note(str(plot))
        off_m = HAIR_M + 1.01 * chord_error_m(plot)
        assert_first_violation(
            turning_s[row],
            oracle.parameters.look_ahead_s,
            lambda tau_s, slack, plot=plot: oracle.violated(plot, tau_s, turning, slack=slack),
            sure=Slack(-off_m, -HAIR_FT),
            possible=Slack(off_m, HAIR_FT),
        )


@settings(max_examples=20)
@given(data=st.data(), on_lattice=st.booleans())
def test_the_escape_climb_is_graded_as_the_oracle_grades_it(data, on_lattice):
    escape = {
        "escape_test": True,
        "escape_delay_s": data.draw(st.sampled_from([0.0, 5.0, 15.0])),
        "escape_climb_deg": data.draw(st.sampled_from([0.0, 3.0, 15.0])),
        "escape_time_s": data.draw(st.sampled_from([0.0, 10.0, 25.0])),
        "terrain_clearance_ft": 500.0,
    }
    here = site(
        terrain=data.draw(terrains(on_lattice, cells=20)),
        obstacles=(obstacle(0.0, 0.0, 400.0, 1800.0),),
        parameters=parameters(msaw=data.draw(prediction_parameters(on_lattice)) | escape),
    )
    seen = picture(data.draw(st.lists(plots(on_lattice), min_size=1, max_size=10)))
    [found] = judge_states(MSAW, seen, tracks_of(seen), here)
    oracle = MsawOracle(here)
    for row, plot in enumerate(plots_of(seen)):
        note(str(plot))
        if math.isinf(found.time_to_violation_s[row]):
            assert not found.severe[row]
        elif found.severe[row]:
            assert not oracle.escape_clears(plot, Slack(-HAIR_M, -HAIR_FT), at_s=cell_changes_s(plot, here))
        else:
            assert oracle.escape_clears(plot, Slack(HAIR_M, HAIR_FT))


def cell_changes_s(plot: Plot, here: Site) -> list[float]:
    """Moments at which the straight path is on an edge of a cell or nearest to an obstacle, and halfway between them.

    They see also what the steps stride over.
    """
    terrain = here.terrain
    assert terrain is not None
    rows, columns = terrain.elevation_ft.shape
    end_s = here.parameters.msaw.escape_delay_s + here.parameters.msaw.escape_time_s
    moments = {0.0, end_s}
    for place, speed, origin, count in (
        (plot.x_m, plot.vx_mps, terrain.x0_m, columns),
        (plot.y_m, plot.vy_mps, terrain.y0_m, rows),
    ):
        if speed != 0.0:
            moments |= {(origin + cell * terrain.cell_m - place) / speed for cell in range(count + 1)}
    speed_squared = plot.vx_mps**2 + plot.vy_mps**2
    for mast in here.obstacles:
        if speed_squared > 0.0:
            moments.add(((mast.x_m - plot.x_m) * plot.vx_mps + (mast.y_m - plot.y_m) * plot.vy_mps) / speed_squared)
    ordered = sorted(moment for moment in moments if 0.0 <= moment <= end_s)
    halfway = [(a + b) / 2.0 for a, b in itertools.pairwise(ordered)]
    return sorted(ordered + halfway)
