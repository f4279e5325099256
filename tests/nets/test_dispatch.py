"""Which function of a net is called: compiled code has in its place the one that Python looks up."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import pytest

from safetynets.engine.kernels import dispatch
from safetynets.kernel_cache import njit, part


class Complete(NamedTuple):
    """Inputs of a net that gives every function."""


class Bare(NamedTuple):
    """Inputs of a net that gives none."""


# What is called, its twin in compiled code, how many arguments follow the inputs, and what a net without it gives.
CALLED = {
    "follow_phase": (dispatch.follow_phase, dispatch._follow_phase, 5, dispatch.NO_PHASE),
    "forget_phase": (dispatch.forget_phase, dispatch._forget_phase, 1, None),
    "restart_row": (dispatch.restart_row, dispatch._restart_row, 5, 3),
    "passes_over": (dispatch.passes_over, dispatch._passes_over, 3, False),
    "prefilter_paths": (dispatch.prefilter_paths, dispatch._prefilter_paths, 5, None),
    "filter_paths": (dispatch.filter_paths, dispatch._filter_paths, 5, 3),
}


def compiled(twin, inputs, arguments):
    """What numba would put in the place of the call, for this type of inputs."""
    return twin(SimpleNamespace(instance_class=type(inputs)), *arguments)(inputs, *arguments)


@pytest.mark.parametrize("name", CALLED)
def test_compiled_code_calls_what_python_calls_and_does_without_what_a_net_does_not_give(name):
    called, twin, count, without = CALLED[name]
    arguments, calls = tuple(range(3, 3 + count)), []
    dispatch.implements(called, Complete)(lambda *given: calls.append(given) or 7)
    found = called(Complete(), *arguments), compiled(twin, Complete(), arguments)
    assert calls == [(Complete(), *arguments)] * 2
    assert found[0] == {"passes_over": True, "forget_phase": None, "prefilter_paths": None}.get(name, 7)
    assert found[1] == (None if without is None else 7)
    assert (called(Bare(), *arguments), compiled(twin, Bare(), arguments)) == (without, without)


def test_a_net_that_judges_nothing_cannot_be_compiled():
    assert dispatch._judge(SimpleNamespace(instance_class=Bare), *range(7)) is None
    with pytest.raises(KeyError):
        dispatch.judge(Bare(), *range(7))


@part()
def _next_row(inputs, row, first, done, k, received):  # noqa: ARG001 what is passed to every net
    return row + 1


@part()
def _row_after_next(inputs, row, first, done, k, received):  # noqa: ARG001
    return row + 2


def _inputs_of_a_net() -> type:
    class Inputs(NamedTuple):
        """Inputs as those of another net: the same name, the same field."""

        limit_s: float

    return Inputs


def test_two_nets_whose_inputs_have_the_same_name_and_fields_are_each_judged_by_their_own_rule():
    """Numba alone takes them for the same, and would judge the second by the rule of the first."""
    one, other = _inputs_of_a_net(), _inputs_of_a_net()
    other.__qualname__ = "Other.Inputs"
    dispatch.implements(dispatch.restart_row, one)(_next_row)
    dispatch.implements(dispatch.restart_row, other)(_row_after_next)

    @njit()
    def row(inputs):
        return dispatch.restart_row(inputs, 10, 0, 0, 0, 0)

    assert (row(one(5.0)), row(other(5.0))) == (11, 12)
