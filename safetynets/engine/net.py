"""`Net`: all that the rest of the house knows of a net."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.arbitration import Rule
from safetynets.engine.reasons import Kind
from safetynets.errors import InputError
from safetynets.registry import registered
from safetynets.sites.geometry import Approach, Site
from safetynets.sites.problems import Problem
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.candidates import Bounds
    from safetynets.engine.messages import Cat004
    from safetynets.engine.pairs import Near, Pairs

Packed = TypeVar("Packed", bound=tuple[Any, ...])

__all__ = ["Look", "Net", "Studied", "Subjects", "net_of", "nets", "nets_at", "nets_of", "numbers"]


@dataclass(frozen=True, eq=False)
class Subjects:
    """The subjects that kernel inputs are made for.

    Attributes
    ----------
    tracks
        All tracks.
    numbers
        Numbers of the tracks that are judged; row n of a table in the inputs is about the n-th of them.
    from_s, to_s
        Time of the first and of the last plot.
    memory
        What the net remembers of each track (`Net.memory`).
    pairs
        The plots of pairs, for a net about pairs: then the numbers are those of the pairs, and plot i of the kernels is
        row i of the second aircraft's columns (`Pairs.other`).
    """

    tracks: Tracks
    numbers: NDArray[np.integer[Any]]
    from_s: float
    to_s: float
    memory: Any = None
    pairs: Pairs | None = None

    @property
    def rows(self) -> slice:
        """The rows of the plots from those of the first subject to those of the last."""
        if not len(self.numbers):
            return slice(0, 0)
        first, last = (self.tracks.rows_of(int(self.numbers[place])) for place in (0, -1))
        return slice(first.start, last.stop)


@dataclass(frozen=True, eq=False, kw_only=True)
class Studied:
    """How a study keeps what the thresholds of many parameter sets need.

    Attributes
    ----------
    module
        The module whose `prepare` makes, from the plots of a study, a site and a group, what is kept
        (`safetynets.engine.study.kept_geometry.KeptGeometry`). It is imported on first use.
    predicted
        Parameters that change what is kept; all others are thresholds.
    drawn
        The lists of the site whose items change what is kept.
    """

    module: str
    predicted: tuple[str, ...]
    drawn: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How alerts of a net are drawn.

    Attributes
    ----------
    colour, colour_on_dark
        Colour on paper, and on the dark ground of the page of a run.
    terminal
        Style in a terminal (rich).
    marker, page_marker
        Marker of a figure (matplotlib) and of a page (bokeh).
    """

    colour: str = "#4f5b62"
    colour_on_dark: str = "#cfd8dc"
    terminal: str = "bold"
    marker: str = "D"
    page_marker: str = "diamond"


def always(site: Site) -> bool:  # noqa: ARG001 the same at every site
    """Yes, at any site."""
    return True


@dataclass(frozen=True, eq=False, kw_only=True)
class Net:
    """One safety net.

    Attributes
    ----------
    name, title
        Short name in capitals ("MSAW"), and what it stands for. The name in lower case is the key of its parameters.
    order
        Its place among the nets.
    on_by_default
        Whether it runs where a site says nothing of it; otherwise only where the site names it in `switched_on`.
    parameters
        Model of its parameters.
    groups
        The groups of areas of a site; a track has at most one alert at a time per group.
    areas
        Names of the areas of a group.
    inputs
        Kernel inputs for a group of a site and some subjects: a named tuple whose type decides which compiled functions
        judge its plots (`safetynets.engine.kernels.dispatch`).
    bounds
        What its coarse filter asks of every plot (`safetynets.engine.candidates`); None where nothing can be a hit.
        Without this function every plot may be a hit.
    near
        For a net about pairs of aircraft: how near they must be at a site. Without it the net is about single aircraft.
    decide_pairs
        Parameters that decide which plots two aircraft have as a pair: they are the same everywhere.
    judges_on_ground
        Whether it judges aircraft on the ground as well, which may have no altitude.
    needs_qnh
        Whether it judges only plots where a QNH is known, at a site.
    memory
        What is remembered of each track beside the lifecycle, from the number of tracks.
    among_others
        Whether what it finds of a flight depends on other flights too, at a site; without this function it never does.
    has_phases
        Whether it tells the phase of a flight: the index of the approach that it has joined, or -1.
    judges_volumes
        Whether its groups of areas are those of the volumes of a site, so that a volume may have its own parameters.
    covers
        Which points of the plane it knows anything of; without this function it judges everywhere.
    kinds
        In which ways a plot can be in violation.
    steps
        What it explains of one plot, between the eligibility and the violation: from tracks, site, state of the plots,
        row, and the phase; a net about pairs receives the number of the other track instead, or -1.
    risk
        What it guards against: "ground", "airspace", or words of its own. An alert of one net answers a situation of
        another about the same risk.
    look
        How its alerts are drawn.
    at_place
        Parameters that depend on the place where a site file does not set them, and their sources.
    problems
        Parameters with which it would be blind at a place.
    has_floor
        Whether the limits it holds altitudes against are a floor, drawn below a flight.
    cat004
        Its messages in ASTERIX category 004; without it alerts are left out there, and counted.
    arbitration
        Rules that a site may choose for what the controller sees when several nets speak, by their word.
    studied
        How a study keeps what the thresholds of many parameter sets need; without it each set is judged whole.
    """

    name: str
    title: str
    order: int
    parameters: type[Any]
    groups: Callable[[Site], Sequence[str]]
    areas: Callable[[Site, str], tuple[str, ...]]
    inputs: Callable[[Site, str, Subjects], Any]
    kinds: tuple[Kind, ...]
    on_by_default: bool = True
    bounds: Callable[[Site, float, float], Bounds | None] | None = None
    judges_on_ground: bool = False
    needs_qnh: Callable[[Site], bool] = always
    memory: Callable[[int], Any] | None = None
    among_others: Callable[[Site], bool] | None = None
    has_phases: bool = False
    judges_volumes: bool = False
    covers: Callable[[Site, NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]] | None = None
    steps: Callable[..., Any] | None = None
    studied: Studied | None = None
    near: Callable[[Site], Near] | None = None
    decide_pairs: tuple[str, ...] = ()
    risk: str = ""
    has_floor: bool = False
    look: Look = Look()
    cat004: Cat004 | None = None
    at_place: Callable[[Any, Sequence[Approach]], tuple[dict[str, Any], dict[str, str]]] | None = None
    problems: Callable[[Any, Sequence[Approach]], list[Problem]] | None = None
    arbitration: Mapping[str, Rule] = field(default_factory=dict)

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> tuple[Any, ...]:
        """A net is one object in each process."""
        return net_of, (self.name,)

    @property
    def key(self) -> str:
        """The key of its parameters in a site."""
        return self.name.lower()

    @property
    def decide_phase(self) -> tuple[str, ...]:
        """Parameters that decide the phase of a flight: they cannot depend on it, so no approach has its own."""
        return self.studied.predicted if self.has_phases and self.studied is not None else ()

    def is_directed(self, site: Site) -> bool:
        """Whether it is about an aircraft with regard to another, so that of a pair each may have its alert.

        Parameters
        ----------
        site
            The site, with its parameters.

        Returns
        -------
        bool
            False for a net about single aircraft.

        Examples
        --------
        >>> from safetynets.sites import load_site
        >>> net_of("MSAW").is_directed(load_site("flat"))
        False
        """
        return self.near is not None and self.near(site).directed

    def parameters_of(self, site: Site) -> Any:
        """Its parameters at a site.

        Parameters
        ----------
        site
            The site.

        Returns
        -------
        pydantic.BaseModel
            An instance of `parameters`.

        Examples
        --------
        >>> from safetynets.sites import load_site
        >>> net_of("APM").parameters_of(load_site("flat", {"apm.below_ft": 150})).below_ft
        150.0
        """
        return getattr(site.parameters, self.key)


def named(kind: type[Packed], parameters: Any, **others: Any) -> Packed:
    """Parameters as a kernel takes them: each field is the parameter of the same name, but for `others`."""
    names = [name for name in kind.__annotations__ if name not in others]
    return kind(**{name: getattr(parameters, name) for name in names}, **others)


def remember(subjects: Subjects, memory: tuple[NDArray[Any], ...]) -> None:
    """Put down what a net now remembers of its subjects; what it remembers of others stays."""
    if subjects.memory is not None:
        for column, changed in zip(subjects.memory, memory, strict=True):
            column[subjects.numbers] = changed[subjects.numbers]


def nets() -> tuple[Net, ...]:
    """Every net, in their order.

    Returns
    -------
    tuple of Net
        Also those that are on nowhere by default.

    Examples
    --------
    >>> [net.name for net in nets() if net.on_by_default]
    ['MSAW', 'APM', 'APW']
    """
    return registered()


def nets_of(site: Site) -> tuple[Net, ...]:
    """The nets that are on by default and those that a site switches on.

    Parameters
    ----------
    site
        The site.

    Returns
    -------
    tuple of Net
        In their order; also those that it switches off.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> [net.name for net in nets_of(load_site("flat"))]
    ['MSAW', 'APM', 'APW']
    """
    return tuple(net for net in nets() if net.on_by_default or net.name in site.switched_on)


def nets_at(site: Site) -> tuple[Net, ...]:
    """The nets that run at a site.

    Parameters
    ----------
    site
        The site.

    Returns
    -------
    tuple of Net
        In their order.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> [net.name for net in nets_at(load_site("flat"))]
    ['MSAW', 'APM', 'APW']
    """
    return tuple(net for net in nets_of(site) if net.name not in site.switched_off)


def numbers() -> Mapping[str, int]:
    """The place of each net among all, as tables of numbers have it.

    Returns
    -------
    mapping of str to int
        The place from 0 by the name of the net.

    Examples
    --------
    >>> numbers()["APM"]
    1
    """
    return {net.name: number for number, net in enumerate(nets())}


def risks() -> NDArray[np.int64]:
    """A number for the risk that each net guards against, in the order of the nets."""
    kinds = [net.risk for net in nets()]
    return np.array([kinds.index(risk) for risk in kinds], dtype=np.int64)


def guarding(risk: str, on_final: bool = False) -> Net:
    """The net that guards against a risk: on final approach the one that tells who has joined, if it does.

    Raises
    ------
    InputError
        If no net does.
    """
    guards = [net for net in nets() if net.risk == risk]
    if not guards:
        raise InputError(f"no net guards against {risk!r}")
    return next((net for net in guards if net.has_phases == on_final), guards[0])


def net_of(name: str) -> Net:
    """The net with a name.

    Parameters
    ----------
    name
        Such as "MSAW", in capitals or not.

    Returns
    -------
    Net
        The one object of that net in this process.

    Raises
    ------
    InputError
        If there is none; the error lists the names.

    Examples
    --------
    >>> net_of("msaw").title
    'minimum safe altitude warning'
    """
    for net in nets():
        if net.name == name.upper():
            return net
    raise InputError(f"no net is called {name!r}", mend=f"write {', '.join(net.name for net in nets())}")
