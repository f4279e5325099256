"""`Stage`: one net and one group of its areas over some subjects, ready for the walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import rules_of as eligibility_of
from safetynets.engine.eligibility import volumes_of
from safetynets.engine.lifecycle import rules_of as lifecycle_of
from safetynets.engine.net import Net, Subjects
from safetynets.engine.track_state import levels_of, longest_turn_s
from safetynets.sites.geometry import Site

if TYPE_CHECKING:
    from safetynets.engine.kernels.eligibility import Rules as Eligibility
    from safetynets.engine.kernels.lifecycle import Memory, Rules
    from safetynets.engine.kernels.plots import Plots
    from safetynets.engine.kernels.track_state import Carried, Prediction, Received
    from safetynets.engine.kernels.walk import Log
    from safetynets.engine.pairs import Pairs


@dataclass(frozen=True, eq=False)
class Stage:
    """What the walk takes of one net and group."""

    net: Net
    group: str
    areas: tuple[str, ...]
    inputs: Any
    eligibility: Eligibility
    how: Prediction
    rules: Rules

    def walk(
        self, candidates: NDArray[np.int64], every: bool, plots: Plots, carried: Carried, memory: Memory, log: Log
    ) -> int:
        """Walk over the plots, as `safetynets.engine.kernels.walk.walk` says."""
        from safetynets.engine.kernels.walk import walk

        return walk(*self.arguments(candidates, every, plots, carried, memory, log))

    def arguments(
        self, candidates: NDArray[np.int64], every: bool, plots: Plots, carried: Carried, memory: Memory, log: Log
    ) -> tuple[Any, ...]:
        """What the walk takes."""
        from safetynets.engine.kernels.track_state import STATE

        state = np.empty(STATE)
        return (
            candidates,
            every,
            plots,
            self.eligibility,
            self.how,
            self.inputs,
            self.rules,
            carried,
            memory,
            state,
            log,
        )

    def phases(
        self, from_row: NDArray[np.int64], to_row: NDArray[np.int64], plots: Plots, carried: Carried
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """All rows of ascending spans of rows, and the phase of each (`safetynets.engine.kernels.walk.phases`)."""
        from safetynets.engine.kernels.track_state import STATE
        from safetynets.engine.kernels.walk import phases

        count = int((to_row - from_row + 1).sum())
        row, phase = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32)
        how, state = (self.eligibility, self.how, self.inputs), np.empty(STATE)
        count = phases(from_row, to_row, plots, *how, carried, state, row, phase)
        return row[:count], phase[:count]


def stages_of(
    net: Net, site: Site, subjects: Subjects, of_track: NDArray[np.uint8], groups: Sequence[str] | None = None
) -> Iterator[Stage]:
    """The stages of a net at a site, one a group; `of_track` are the rules about whole tracks that apply to each."""
    parameters = net.parameters_of(site)
    other = None if subjects.pairs is None else second_of(subjects.pairs, site)
    span_s, volumes = (subjects.from_s, subjects.to_s), volumes_of(site, net)
    eligibility = eligibility_of(
        volumes, parameters, of_track, *span_s, other, net.judges_on_ground, net.needs_qnh(site)
    )
    how, rules = prediction_of(parameters), lifecycle_of(parameters)
    for group in net.groups(site) if groups is None else groups:
        yield Stage(net, group, net.areas(site, group), net.inputs(site, group, subjects), eligibility, how, rules)


def stage_of(net: Net, site: Site, group: str, subjects: Subjects, of_track: NDArray[np.uint8]) -> Stage:
    """The stage of a net for one group of areas at a site."""
    return next(stage for stage in stages_of(net, site, subjects, of_track, (group,)))


def second_of(pairs: Pairs, site: Site) -> tuple[Received, NDArray[np.float64]]:
    """The plots of the second aircraft of pairs, and the pressure altitudes of the QNH where they are."""
    return pairs.other, levels_of(pairs.other, site).qnh_pressure_altitude_ft


def prediction_of(parameters: Any) -> Prediction:
    """How a net predicts paths, as the walk takes it."""
    from safetynets.engine.kernels.track_state import Prediction

    longest_s = longest_turn_s(parameters)
    return Prediction(
        use_cleared=getattr(parameters, "use_cleared_level", False),
        use_selected=getattr(parameters, "use_selected_level", False),
        longest_turn_s=longest_s if longest_s > 0.0 else -1.0,
    )
