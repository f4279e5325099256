"""A net about pairs made up for the tests: two aircraft closer than 1 NM and 500 ft, now."""

from __future__ import annotations

from typing import Any

from safetynets.engine.net import Net, Subjects
from safetynets.engine.pairs import Near
from safetynets.engine.reasons import Kind
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import NetParameters, parameter
from safetynets.units import nm_to_m


class ClosenessParameters(NetParameters):
    """Parameters of the closeness of two aircraft."""

    within_nm: float = parameter(1.0, "distance on the plane below which two aircraft are close", ge=0, le=20)
    within_ft: float = parameter(500.0, "difference of altitude below which they are", ge=0, le=5000)


def near(site: Site) -> Near:
    parameters = site.parameters.cls
    return Near(2.0 * nm_to_m(parameters.within_nm), 2.0 * parameters.within_ft + parameters.hysteresis_ft)


def kernel_inputs(site: Site, group: str, subjects: Subjects) -> Any:
    from tests.toy_nets.closeness.kernel import Inputs

    assert subjects.pairs is not None
    parameters, other = site.parameters.cls, subjects.pairs.other
    return Inputs(nm_to_m(parameters.within_nm), parameters.within_ft, parameters.hysteresis_ft, other)


NET = Net(
    name="CLS",
    title="two aircraft close",
    order=10,
    parameters=ClosenessParameters,
    groups=lambda site: ("cls",),
    areas=lambda site, group: (),
    inputs=kernel_inputs,
    near=near,
    kinds=(Kind.INSIDE,),
    risk="collision",
)
