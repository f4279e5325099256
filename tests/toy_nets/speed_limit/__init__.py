"""A net made up for the tests: faster than 250 kt below flight level 100, now or a little later."""

from __future__ import annotations

from typing import Any

from safetynets.engine.net import Net, Subjects
from safetynets.engine.reasons import Kind
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import NetParameters, parameter
from safetynets.units import kt_to_mps


class SpeedParameters(NetParameters):
    """Parameters of the speed limit."""

    limit_kt: float = parameter(250.0, "ground speed that is not to be exceeded", ge=0, le=1000)
    below_fl: float = parameter(100.0, "flight level below which the limit holds", ge=0, le=600)
    warn_s: float = parameter(20.0, "how long before it descends below the level a flight is warned", ge=0, le=120)


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Any:
    from tests.toy_nets.speed_limit.kernel import Inputs

    parameters = site.parameters.spd
    return Inputs(
        kt_to_mps(parameters.limit_kt), parameters.below_fl * 100.0, parameters.warn_s, parameters.hysteresis_ft
    )


NET = Net(
    name="SPD",
    title="speed limit",
    order=9,
    parameters=SpeedParameters,
    groups=lambda site: ("spd",),
    areas=lambda site, group: ("below the level",),
    inputs=kernel_inputs,
    kinds=(Kind.BELOW,),
    risk="speed",
)
