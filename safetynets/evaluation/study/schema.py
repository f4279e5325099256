"""What may stand in a study file: site, traffic, ranges, objectives and constraints, and the design."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from safetynets.evaluation.study.metrics import Condition, checked_metric
from safetynets.evaluation.study.needed import NeededTables
from safetynets.runs.scenario import ParameterChange
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import refusal
from safetynets.sites.schema import Qnh, Words
from safetynets.traffic.generator.settings import FaultKind, Share

MOST_SETS = 1_000_000
"""More parameter sets than this are taken for a mistake."""


def _condition(text: str) -> str:
    Condition.parse(text)
    return text


Metric = Annotated[str, AfterValidator(checked_metric)]
ConditionText = Annotated[str, AfterValidator(_condition)]
Seed = Annotated[int, Field(ge=0)]


class StudyFaults(Strict):
    """Faults put into recorded arrivals: into which share of them, of which kinds and sizes, and how often over.

    The kinds are those of the traffic generator. With `each_size` every size has a copy of each day of its own, in
    which all faults have that size; `also_without` adds a copy as it was recorded.
    """

    source: Words
    share: Share
    kinds: tuple[FaultKind, ...] = Field(min_length=1)
    each_size: tuple[float, ...] = ()
    also_without: bool = False
    ils_share: Share = Field(default=0.5, description="of the crews with a wrong setting: those led right by an ILS")

    @model_validator(mode="after")
    def _sizes_of_one_kind(self) -> Self:
        if self.each_size and len(self.kinds) > 1:
            raise refusal("is for one kind of fault", key="each_size", mend="leave one of the kinds")
        if len(set(self.each_size)) < len(self.each_size):
            raise refusal("names a size twice", key="each_size", mend="name each once")
        low, high = self.kinds[0].size
        for size in self.each_size:
            if not low <= size <= high:
                raise refusal(f"{size:g} is not from {low:g} to {high:g}", key="each_size", mend="keep to 'size'")
        for number, kind in enumerate(self.kinds):
            low, high = kind.size
            if low > high:
                raise refusal(
                    f"the size of kind {number + 1} goes from {low:g} to {high:g}",
                    key="kinds",
                    mend="write the lesser first",
                )
        return self


class GeneratedTraffic(Strict):
    """Days made by the traffic generator: how many, how full, from which seed, with which share of faults."""

    settings: Words | None = Field(default=None, description="traffic settings; those of the site when left out")
    start: date = date(2024, 1, 1)
    days: int = Field(ge=1, le=3660)
    movements_per_day: int = Field(ge=1, le=20_000)
    seed: Seed = 0
    faults_share: Share


class StudyTraffic(Strict):
    """The days of traffic: recorded (`files`, or all in `folder`) or `generated`.

    The QNH of a day is `qnh_hpa`, else that in the JSON which the traffic generator writes beside it, else the site's.
    """

    folder: Words | None = None
    files: tuple[Words, ...] = ()
    generated: GeneratedTraffic | None = None
    qnh_hpa: Qnh | None = None
    source: str = ""
    update_s: float | None = Field(default=None, gt=0, le=60, description="resample to this surveillance update period")
    profile: Words | None = Field(default=None, description="a profile (TOML) that says how the files are read")
    labels: Words | None = Field(default=None, description="an expert's labels (CSV), which override those made here")
    seed: Seed = Field(default=0, description="of the faults put into recorded days")
    faults: StudyFaults | None = None
    skip_corrupt_days: bool = False

    @model_validator(mode="after")
    def _one_kind_of_traffic(self) -> Self:
        given = [self.folder is not None, bool(self.files), self.generated is not None]
        if sum(given) != 1:
            raise refusal("needs exactly one of 'folder', 'files' and 'generated'", mend="write one of them")
        if self.generated is not None:
            for name in ("faults", "qnh_hpa"):
                if getattr(self, name) is not None:
                    mend = "write faults_share under [traffic.generated]" if name == "faults" else "leave it out"
                    raise refusal("is for recorded traffic, and this is generated", key=name, mend=mend)
        elif not self.source.strip():
            raise refusal("is missing", key="source", mend="say where the recordings are from")
        if self.qnh_hpa is None and self.faults is not None and self.files:
            raise refusal("is missing", key="qnh_hpa", mend="give the QNH that the faults depart from")
        return self


class RangeTable(Strict):
    """How far one parameter is varied: from `low` to `high`, in `steps` where the design is a grid; or `choices`."""

    low: int | float | None = None
    high: int | float | None = None
    steps: int | None = Field(default=None, ge=1, le=10_000)
    choices: tuple[Any, ...] | None = None


class Grid(Strict):
    """Every combination of the steps of the ranges."""

    method: Literal["grid"]


class LatinHypercube(Strict):
    """`sets` combinations spread evenly over the ranges."""

    method: Literal["latin-hypercube"]
    sets: int = Field(ge=2, le=MOST_SETS)
    seed: Seed = 0


class Search(Strict):
    """`sets` combinations in generations of `population`, each bred from the best of those before (NSGA-II)."""

    method: Literal["search"]
    sets: int = Field(ge=2, le=MOST_SETS)
    population: int = Field(default=50, ge=2, le=5000)
    seed: Seed = 0

    @model_validator(mode="after")
    def _one_generation_at_least(self) -> Self:
        if self.population > self.sets:
            raise refusal(
                f"{self.population} is more than the {self.sets} sets", key="population", mend="make it smaller"
            )
        return self


class Study(Strict):
    """Everything a study file may say.

    `parameters` are what the present parameter set has other than the site file, and `ranges` what is varied from
    there. The first objective counts most where a choice has to be made. `needed` is the warning time that each net
    needs, the stated budget where it is left out.
    """

    name: Words
    title: Words
    site: Words
    traffic: StudyTraffic
    parameters: tuple[ParameterChange, ...] = ()
    ranges: dict[str, RangeTable] = Field(min_length=1)
    objectives: tuple[Metric, ...] = Field(min_length=1, max_length=4)
    constraints: tuple[ConditionText, ...] = ()
    needed: NeededTables | None = None
    design: Annotated[Grid | LatinHypercube | Search, Field(discriminator="method")]
    labels_wrong_share: float = Field(
        default=0.0, ge=0.0, lt=0.5, description="up to this share of the labels may be wrong; widens every interval"
    )
    explain_at_most: int = Field(default=60, ge=0, le=1000, description="changed alerts that are explained in full")

    @model_validator(mode="after")
    def _objectives_differ(self) -> Self:
        if len(set(self.objectives)) < len(self.objectives):
            raise refusal("names one twice", key="objectives", mend="name each once")
        return self

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """The constraints, read."""
        return tuple(Condition.parse(text) for text in self.constraints)
