"""Walking every parameter of every net that there is changes what that net finds, and nothing that another finds."""

from __future__ import annotations

import typing
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from safetynets.engine.monitor import Judged, judge
from safetynets.engine.net import Net, nets
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import Parameters
from safetynets.tracks import Tracks
from safetynets.tracks.table import column_names
from tests.nets import situations
from tests.nets.runways import runway
from tests.nets.test_every_parameter_matters import RIDGE, ROWS, SECTORS
from tests.nets.test_every_parameter_of_stca_matters import UPPER

WORDS = ("SWR123", "1234", "IFR")
OF_ARBITRATION = {"alert_id", "shown", "shown_time_s", "shown_as", "suppressed_by", "on_final"}
"""What an alert has from the nets together: its number, whether it is shown, and whether the flight is joined."""


def fleet() -> Tracks:
    """The flights of all rows of the test beside this one as one recording, each a track."""
    flown = list({id(row[1]): row[1] for rows in ROWS.values() for row in rows.values()}.values())
    plots = {name: np.concatenate([getattr(one, name) for one in flown]) for name in column_names("plot")}
    plots["track"] = np.repeat(np.arange(len(flown)), [len(one) for one in flown])
    facts = {name: np.concatenate([getattr(one, name) for one in flown]) for name in column_names("track")}
    return Tracks.from_columns(plots, facts, plane=situations.PLANE)


def everything() -> Site:
    """A site where each net has something to find, every net switched on."""
    return situations.site(
        minimum_altitudes=SECTORS,
        terrain=RIDGE,
        approaches=(
            situations.approach(),
            situations.approach(name="ILS 36R", runway="36R", x_m=1500.0, threshold_elevation_ft=400.0),
        ),
        volumes=(situations.volume(situations.square(20_000, -9e4, 9e4, 9e4)),),
        inhibit_volumes=(),
        runways=(runway(),),
        desks=(UPPER,),
        switched_on=frozenset(net.name for net in nets() if not net.on_by_default),
        parameters=Parameters(**{net.key: usual(net) for net in nets()}),
    )


def usual(net: Net) -> Any:
    """Parameters with which the others matter: both hypotheses, all kinds, the escape test, more than one plot."""
    wanted = {
        "current_n": 6,
        "predicted_n": 6,
        "hypotheses": "any",
        "kinds": ("below", "above", "left", "right"),
        "escape_test": True,
    }
    fields = net.parameters.model_fields
    return net.parameters(
        **{name: value for name, value in wanted.items() if name in fields and accepts(net.parameters, name, value)}
    )


def accepts(model: Any, name: str, value: Any) -> bool:
    try:
        model(**{name: value})
    except ValidationError:
        return False
    return True


def values_of(model: Any, name: str, now: Any) -> list[Any]:
    """Other values of a parameter: its least and one within its limits, other words, the other answer."""
    field = model.model_fields[name]
    limits = {type(rule).__name__: rule for rule in field.metadata}
    choices = typing.get_args(field.annotation)
    if isinstance(now, bool):
        return [not now]
    if isinstance(now, (int, float)) and {"Ge", "Le"} <= limits.keys():
        low, high = limits["Ge"].ge, limits["Le"].le
        beside = [now + 1, now - 1] if isinstance(now, int) else [0.9 * now, 1.1 * now]  # where others limit it
        return [type(now)(value) for value in (low, low + 0.2 * (high - low), *beside) if low <= value <= high]
    if isinstance(now, tuple):
        words = [word for choice in choices for word in typing.get_args(choice)] or list(WORDS)
        words = [desk.name for desk in HERE.desks] if name.endswith("_desks") else words
        return [(), *((word,) for word in words)]
    return [word for word in choices if word != now]


def found(seen: Judged, but_of: str) -> Any:
    """All that the nets found, but for one of them and for what is decided about all of them together."""
    conflicts = [
        (
            one.net.name,
            one.group,
            {name: value.tobytes() for name, value in vars(one).items() if isinstance(value, np.ndarray)},
        )
        for one in seen.conflicts
        if one.net.name != but_of
    ]
    alerts = [
        {name: value for name, value in vars(alert).items() if name not in OF_ARBITRATION}
        for alert in seen.alerts
        if alert.net != but_of
    ]
    return conflicts, repr(alerts)


FLEET, HERE = fleet(), everything()
MOST_VALUES = 2
"""Values tried of each parameter: a minute for all of them is dear, and two tell as much as four."""


@pytest.fixture(scope="module")
def before() -> Judged:
    return judge(FLEET, HERE)


@pytest.fixture(scope="module")
def of_others(before) -> dict[str, Any]:
    """What all nets but one find, by the name of that one."""
    return {net.name: found(before, net.name) for net in nets()}


def test_every_net_finds_something_here_or_says_that_it_had_nothing_to_judge(before):
    assert {alert.net for alert in before.alerts} >= {"MSAW", "APM", "APW"}
    assert {one.net.name for one in before.conflicts} == {net.name for net in nets()}


@pytest.mark.parametrize(
    ("net", "name"),
    [pytest.param(net, name, id=f"{net.key}.{name}") for net in nets() for name in net.parameters.model_fields],
)
def test_a_parameter_changes_results_of_its_own_net_only(of_others, net, name):
    model, now = type(net.parameters_of(HERE)), getattr(net.parameters_of(HERE), name)
    tried = 0
    for value in values_of(model, name, now):
        try:
            changed = model(**{**net.parameters_of(HERE).model_dump(), name: value})
        except ValidationError:
            continue
        if getattr(changed, name) == now or tried == MOST_VALUES:
            continue
        tried += 1
        here = replace(HERE, parameters=HERE.parameters.with_tables(**{net.key: changed}))
        assert found(judge(FLEET, here), net.name) == of_others[net.name], f"{net.key}.{name} = {value!r}"
    assert tried > 0, "no other value of this parameter was tried"
