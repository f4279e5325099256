"""Short Term Conflict Alert: do two aircraft lose, or are they predicted to lose, both separation minima.

The rule: an infringement is where the distance is below the lateral minimum and the difference of pressure altitude
below the vertical one, both at once and both strictly. The current proximity asks this of now, the linear prediction of
every moment of the look-ahead (docs/nets.md, STCA).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from safetynets.engine.net import Subjects, named
from safetynets.engine.pairs import Near, longest_to_rest_s
from safetynets.engine.plots import last_row
from safetynets.engine.shapes import pack, packed
from safetynets.engine.track_state import pressure_of, received
from safetynets.errors import SiteError, nearest
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.units import kt_to_mps, nm_to_m

if TYPE_CHECKING:
    from safetynets.engine.kernels.track_state import Received
    from safetynets.engine.kernels.volumes import Volumes
    from safetynets.nets.stca.kernel import Inputs, Minima, Situation

AREAS = ("en-route airspace", "terminal area")
"""The region sets, in the order of the kernel."""

ROUNDING_M, ROUNDING_FT, ROUNDING_S = 1.0, 1.0, 0.1
"""The spatial join is wider than the rule by these, so that rounding never matters."""


def groups(_site: Site) -> tuple[str, ...]:
    """One group: a pair has one alert at a time."""
    return ("stca",)


def areas(_site: Site, _group: str) -> tuple[str, ...]:
    """The region sets."""
    return AREAS


def near(site: Site) -> Near:
    """How near two aircraft must come within the look-ahead for any filter to find an infringement."""
    parameters, minima = site.parameters.stca, minima_of(site)
    widest_ft = max(minima.vertical_ft, minima.vertical_current_ft, minima.vertical_diverging_ft)
    return Near(
        within_m=float(minima.lateral_m.max()) + minima.hysteresis_m + ROUNDING_M,
        within_ft=widest_ft + minima.hysteresis_ft + ROUNDING_FT,
        within_s=parameters.oldest_plot_s,
        ahead_s=float(minima.look_ahead_s.max()) + minima.hysteresis_s + ROUNDING_S,
        follow_s=longest_to_rest_s(parameters),
    )


def minima_of(site: Site) -> Minima:
    """The minima of a site as the kernel takes them."""
    from safetynets.nets.stca.kernel import Minima

    parameters = site.parameters.stca
    return named(
        Minima,
        parameters,
        lateral_m=nm_to_m(np.array([parameters.lateral_nm, parameters.lateral_terminal_nm])),
        look_ahead_s=np.array([parameters.look_ahead_s, parameters.look_ahead_terminal_s]),
        fast_divergence_mps=float(kt_to_mps(parameters.fast_divergence_kt)),
        crossed_cosine=float(np.cos(np.radians(parameters.crossed_angle_deg))),
    )


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Inputs:
    """What the kernel judges the plots of pairs by."""
    assert subjects.pairs is not None
    return inputs_of(site, subjects.pairs.one, subjects.pairs.other)


def inputs_of(site: Site, one: Received, other: Received) -> Inputs:
    """The same from the last plots of both aircraft, row by row."""
    from safetynets.nets.stca.kernel import Inputs

    parameters = site.parameters.stca
    return Inputs(
        minima=minima_of(site),
        floor_ft=parameters.floor_ft,
        terminal_radius_m=float(nm_to_m(parameters.terminal_radius_nm)),
        terminal_ceiling_ft=parameters.terminal_ceiling_ft,
        terminal=terminal_volumes(site),
        use_cleared=parameters.use_cleared_level,
        use_selected=parameters.use_selected_level,
        tolerance_ft=parameters.level_off_tolerance_ft,
        one=one,
        one_pressure=pressure_of(one.x_m, one.y_m, site),
        other=other,
        other_pressure=pressure_of(other.x_m, other.y_m, site),
    )


def terminal_volumes(site: Site) -> Volumes:
    """The delivery volumes of the desks that make the terminal area; none where it is a circle around the centre.

    Raises
    ------
    SiteError
        For a desk that the site does not have.
    """
    desks = {desk.name: desk for desk in site.desks}
    wanted = site.parameters.stca.terminal_desks
    for name in wanted:
        if name not in desks:
            mend = nearest(name, desks) if desks else "describe the desk, or use terminal_radius_nm"
            raise SiteError(f"no desk is called {name!r}", where="stca.terminal_desks", mend=mend)
    chosen = [desks[name] for name in wanted]
    shapes = pack([(desk.x_m, desk.y_m, desk.radius_m) if desk.area is None else desk.area for desk in chosen])
    return packed(shapes, [(desk.floor, desk.ceiling) for desk in chosen], [()] * len(chosen))


def situation_of(tracks: Tracks, site: Site, track: int, other: int, time_s: float) -> Situation:
    """The situation of two aircraft at a time, from the last plot of each up to then."""
    from safetynets.nets.stca.kernel import situation

    seen = received(tracks)
    rows = [last_row(tracks, number, time_s) for number in (track, other)]
    one, second = (seen._replace(**{name: column[[row]] for name, column in seen._asdict().items()}) for row in rows)
    now_s = float(max(one.time_s[0], second.time_s[0]))
    found: Situation = situation(inputs_of(site, one, second), 0, now_s)
    return found
