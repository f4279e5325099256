"""Downlinked selected altitude monitor: the net, whole."""

from safetynets.engine.net import Look, Net
from safetynets.engine.reasons import Kind
from safetynets.nets.dsam import explain, rule
from safetynets.nets.dsam.cat004 import CAT004
from safetynets.nets.dsam.parameters import DsamParameters

NET = Net(
    name="DSAM",
    title="downlinked selected altitude monitor",
    order=6,
    parameters=DsamParameters,
    on_by_default=False,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    memory=rule.forget_all,
    steps=explain.steps,
    cat004=CAT004,
    kinds=(Kind.BEFORE, Kind.PAST),
    risk="level bust",
    look=Look(
        colour="#7a4b13",
        colour_on_dark="#e0b080",
        terminal="bold orange4",
        marker="X",
        page_marker="x",
    ),
)
