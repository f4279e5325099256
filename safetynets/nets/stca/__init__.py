"""Short Term Conflict Alert: the net, whole."""

from safetynets.engine.net import Look, Net
from safetynets.engine.reasons import Kind
from safetynets.nets.stca import explain, rule
from safetynets.nets.stca.cat004 import CAT004
from safetynets.nets.stca.parameters import StcaParameters

NET = Net(
    name="STCA",
    title="short term conflict alert",
    order=3,
    on_by_default=False,
    parameters=StcaParameters,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    near=rule.near,
    decide_pairs=("oldest_plot_s",),
    steps=explain.steps,
    cat004=CAT004,
    kinds=(Kind.CURRENT_PROXIMITY, Kind.LINEAR_PREDICTION),
    risk="collision",
    look=Look(
        colour="#1f6f8b",
        colour_on_dark="#7cc7e8",
        terminal="bold cyan",
        marker="*",
        page_marker="star",
    ),
)
