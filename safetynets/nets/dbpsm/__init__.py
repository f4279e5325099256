"""Downlinked barometric pressure setting monitor: the net, whole."""

from safetynets.engine.net import Look, Net
from safetynets.engine.reasons import Kind
from safetynets.nets.dbpsm import explain, rule
from safetynets.nets.dbpsm.cat004 import CAT004
from safetynets.nets.dbpsm.parameters import DbpsmParameters

NET = Net(
    name="DBPSM",
    title="downlinked barometric pressure setting monitor",
    order=5,
    parameters=DbpsmParameters,
    on_by_default=False,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    memory=rule.forget_all,
    among_others=rule.among_others,
    needs_qnh=rule.needs_qnh,
    steps=explain.steps,
    cat004=CAT004,
    kinds=(Kind.BELOW, Kind.ABOVE),
    risk="ground",
    look=Look(
        colour="#4a6b1f",
        colour_on_dark="#b5d67a",
        terminal="bold dark_olive_green3",
        marker="P",
        page_marker="plus",
    ),
)
