"""Area Proximity Warning: the net, whole."""

from safetynets.engine.net import Look, Net, Studied
from safetynets.engine.reasons import Kind
from safetynets.nets.apw import rule
from safetynets.nets.apw.cat004 import CAT004
from safetynets.nets.apw.parameters import ApwParameters

NET = Net(
    name="APW",
    title="area proximity warning",
    order=2,
    parameters=ApwParameters,
    groups=rule.groups,
    areas=rule.areas,
    inputs=rule.kernel_inputs,
    bounds=rule.bounds,
    kinds=(Kind.INSIDE,),
    judges_volumes=True,
    risk="airspace",
    look=Look(
        colour="#8a2d73",
        colour_on_dark="#e39bc8",
        terminal="bold magenta",
        marker="s",
        page_marker="square",
    ),
    cat004=CAT004,
    studied=Studied(
        module="safetynets.nets.apw.study",
        predicted=("climb_credit", "use_cleared_level", "use_selected_level", "level_off_tolerance_ft", "hypotheses"),
        drawn=("volumes",),
    ),
)
