"""Minimum Safe Altitude Warning: the net, whole."""

from safetynets.engine.arbitration import OneAtATime
from safetynets.engine.net import Look, Net, Studied
from safetynets.engine.reasons import Kind
from safetynets.nets.msaw import explain, rule
from safetynets.nets.msaw.cat004 import CAT004
from safetynets.nets.msaw.parameters import MsawParameters

NET = Net(
    name="MSAW",
    title="minimum safe altitude warning",
    order=0,
    parameters=MsawParameters,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    bounds=rule.bounds,
    covers=rule.covers,
    steps=explain.steps,
    kinds=(Kind.BELOW,),
    arbitration={"one_alert_called_msaw": OneAtATime(frozenset({"MSAW", "APM"}), called="MSAW")},
    risk="ground",
    has_floor=True,
    look=Look(
        colour="#b8420a",
        colour_on_dark="#f0a640",
        terminal="bold dark_orange3",
        marker="^",
        page_marker="triangle",
    ),
    cat004=CAT004,
    studied=Studied(
        module="safetynets.nets.msaw.study",
        predicted=(
            "climb_credit",
            "use_cleared_level",
            "use_selected_level",
            "level_off_tolerance_ft",
            "hypotheses",
            "horizontal_buffer_m",
            "escape_test",
            "escape_delay_s",
            "escape_climb_deg",
            "escape_time_s",
        ),
        drawn=("minimum_altitudes", "obstacles"),
    ),
)
