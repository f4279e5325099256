"""Runway monitoring and conflict alerting: the net, whole."""

from safetynets.engine.net import Look, Net
from safetynets.nets.rmca import explain, rule
from safetynets.nets.rmca.cat004 import CAT004
from safetynets.nets.rmca.parameters import RmcaParameters

NET = Net(
    name="RMCA",
    title="runway monitoring and conflict alerting",
    order=7,
    on_by_default=False,
    parameters=RmcaParameters,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    near=rule.near,
    memory=rule.forget_all,
    judges_on_ground=True,
    steps=explain.steps,
    kinds=rule.KINDS,
    risk="runway",
    cat004=CAT004,
    look=Look(
        colour="#5b3fa8",
        colour_on_dark="#b7a2f0",
        terminal="bold medium_purple",
        marker="h",
        page_marker="hex",
    ),
)
