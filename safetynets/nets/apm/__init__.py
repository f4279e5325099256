"""Approach Path Monitor: the net, whole."""

from safetynets.engine.arbitration import HiddenWhileJoined
from safetynets.engine.net import Look, Net, Studied
from safetynets.nets.apm import explain, place, rule
from safetynets.nets.apm.cat004 import CAT004
from safetynets.nets.apm.parameters import ApmParameters
from safetynets.sites.parameters import Eligibility

NET = Net(
    name="APM",
    title="approach path monitor",
    order=1,
    parameters=ApmParameters,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    bounds=rule.bounds,
    at_place=place.at_place,
    problems=place.problems,
    steps=explain.steps,
    memory=rule.forget_all,
    has_phases=True,
    kinds=rule.KINDS,
    arbitration={"apm_speaks_on_final": HiddenWhileJoined(frozenset({"MSAW"}), by="APM")},
    risk="ground",
    look=Look(
        colour="#0b5c9e",
        colour_on_dark="#63bdf2",
        terminal="bold deep_sky_blue3",
        marker="v",
        page_marker="inverted_triangle",
    ),
    cat004=CAT004,
    studied=Studied(
        module="safetynets.nets.apm.study",
        # Eligibility decides who joins an approach.
        predicted=(
            *Eligibility.model_fields,
            "max_gap_s",
            "capture_half_width_m",
            "capture_splay_deg",
            "join_angle_deg",
            "join_ceiling_ft",
            "join_max_climb_fpm",
            "require_destination",
            "require_runway",
            "go_around_fpm",
            "switch_margin_deg",
        ),
        drawn=("approaches", "inhibit_volumes"),
    ),
)
