"""What the parameters of every net share, and `Parameters`: those of all nets of a site.

The parameters that only one net has stand in its folder. The defaults are simulator defaults, not EUROCONTROL values.
Where an open source gives an anchor, the source names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from safetynets.registry import registered

SIMULATOR_DEFAULT = "simulator default"


class Strict(BaseModel):
    """Base of everything read from a site file: frozen, no unknown keys, no NaN, no infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def parameter(
    default: Any,
    meaning: str,
    source: str = SIMULATOR_DEFAULT,
    *,
    ge: float | None = None,
    le: float | None = None,
) -> Any:
    """A pydantic field with its default, meaning, range and the source of the default."""
    return Field(default=default, description=meaning, ge=ge, le=le, json_schema_extra={"source": source})


class Eligibility(Strict):
    """Which plots a net judges at all."""

    minimum_track_age_s: float = parameter(
        8.0, "a track younger than this is not judged yet (two TMA updates)", ge=0, le=120
    )
    use_coasted_plots: bool = parameter(False, "judge plots that the tracker extrapolated without a reply")
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "unknown"), "flight rules that are judged; 'unknown' where the tracks do not say"
    )
    eligible_ssr_codes: tuple[str, ...] = parameter((), "when not empty, only these SSR codes are judged")
    excluded_ssr_codes: tuple[str, ...] = parameter(
        ("7000",), "SSR codes that are not judged; 7000 is the European VFR conspicuity code"
    )
    inhibited_callsigns: tuple[str, ...] = parameter((), "call signs inhibited by hand")
    judge_visual: bool = parameter(
        False,
        "judge flights flagged as flying a visual approach, departure or descent",
        "IFATCA WP 86 (2018) 2.20: Geneva can deactivate the function for these",
    )


class Lifecycle(Strict):
    """How conflicts of single plots become one alert, and when it ends."""

    current_m: int = parameter(
        1,
        "an alert starts when this many of the last `current_n` plots are in violation",
        "simulator default; an NTSB accident report describes one scan for the FAA approach monitor",
        ge=1,
        le=10,
    )
    current_n: int = parameter(1, "number of plots over which `current_m` is counted", ge=1, le=10)
    predicted_m: int = parameter(
        2,
        "an alert starts when this many of the last `predicted_n` plots are predicted to violate",
        "simulator default; an NTSB accident report describes 2 of 3 scans for the FAA approach monitor",
        ge=1,
        le=10,
    )
    predicted_n: int = parameter(3, "number of plots over which `predicted_m` is counted", ge=1, le=10)
    warning_time_s: float = parameter(
        180.0,
        "only a violation predicted within this time counts towards an alert; every one where the look-ahead is "
        "shorter",
        ge=0,
        le=180,
    )
    imminent_s: float = parameter(
        0.0,
        "a violation predicted within this time alerts at once, without confirmation; 0 switches this off",
        ge=0,
        le=60,
    )
    max_gap_s: float = parameter(20.0, "a longer gap between two plots of a track resets the counters", ge=1, le=300)
    hysteresis_ft: float = parameter(
        50.0, "while an alert is active, the vertical limits are wider by this", ge=0, le=1000
    )
    hysteresis_s: float = parameter(2.0, "while an alert is active, the warning time is longer by this", ge=0, le=60)
    clear_n: int = parameter(2, "an alert ends after this many clear plots in a row", ge=1, le=20)
    track_lost_s: float = parameter(20.0, "an alert ends when its track has had no plot for this long", ge=1, le=300)
    not_assessable_s: float = parameter(
        60.0,
        "an alert is held while the plots of its track cannot be judged (altitude missing, coasted), for this long",
        ge=1,
        le=600,
    )
    minimum_duration_s: float = parameter(8.0, "an alert never lasts less than this", ge=0, le=120)
    reannounce_ratio: float = parameter(
        0.5,
        "an active alert is announced again when its time to violation has shrunk to this share of the one last "
        "announced; 0 switches this off",
        ge=0,
        le=1,
    )

    @model_validator(mode="after")
    def _can_be_confirmed(self) -> Self:
        for word in ("current", "predicted"):
            needed, counted = getattr(self, f"{word}_m"), getattr(self, f"{word}_n")
            if needed > counted:
                raise PydanticCustomError(
                    "site",
                    "{text}",
                    {
                        "text": f"{needed} of the last {counted} plots can never be",
                        "key": f"{word}_m",
                        "mend": f"write a {word}_m that is not above {word}_n",
                    },
                )
        return self


class Prediction(Strict):
    """How the next seconds of a flight are extrapolated."""

    look_ahead_s: float = parameter(40.0, "how far ahead the path is predicted; 0 predicts nothing", ge=0, le=180)
    climb_credit: float = parameter(
        1.0, "share of a present climb that the prediction credits: 1 all of it, 0 level flight", ge=0, le=1
    )
    use_cleared_level: bool = parameter(True, "predict a level-off at the cleared level, where one is known")
    use_selected_level: bool = parameter(True, "predict a level-off at the level selected on board, where one is known")
    level_off_tolerance_ft: float = parameter(
        200.0,
        "no level-off is predicted at a level that the aircraft has passed by more than this",
        ge=0,
        le=1000,
    )
    hypotheses: Literal["straight", "any", "all"] = parameter(
        "straight",
        "'straight' predicts along the present track; 'any' and 'all' also along the present turn, and alert when "
        "any or all of the two paths violate",
    )


class NetParameters(Lifecycle, Eligibility):
    """What every net has."""


class ArbitrationParameters(Strict):
    """What the controller sees when several nets speak about one aircraft."""

    rule: Literal["apm_speaks_on_final", "one_alert_called_msaw", "show_all"] = parameter(
        "apm_speaks_on_final",
        "'apm_speaks_on_final': an MSAW alert is not shown while the aircraft is joined to a monitored approach; "
        "'one_alert_called_msaw': MSAW and APM alerts of one aircraft are shown once, as MSAW; 'show_all'",
        "simulator default; Geneva shows both as one alert called MSAW (IFATCA WP 86 (2018) 2.20)",
    )


def parameter_models() -> Mapping[str, type[Strict]]:
    """The parameter model of each table of a site file: one a net, by its key, and that of the arbitration."""
    return _models_of(registered())


@lru_cache(maxsize=4)
def _models_of(nets: tuple[Any, ...]) -> Mapping[str, type[Strict]]:
    return MappingProxyType({net.key: net.parameters for net in nets} | {"arbitration": ArbitrationParameters})


class Parameters:
    """One parameter set: a table for each net and one for the arbitration, each with its defaults where not given.

    >>> Parameters().apm.below_ft
    100.0
    """

    def __init__(self, **tables: Strict) -> None:
        models = parameter_models()
        unknown = [name for name in tables if name not in models]
        if unknown:
            raise TypeError(f"no table of parameters is called {unknown[0]!r}")
        given = {name: tables[name] if name in tables else model() for name, model in models.items()}
        object.__setattr__(self, "_tables", given)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_tables"][name]
        except KeyError:
            raise AttributeError(f"no table of parameters is called {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"parameters are frozen: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parameters) and self.tables == other.tables

    def __hash__(self) -> int:
        return hash(tuple(self.tables.items()))

    def __repr__(self) -> str:
        changed = [f"{name}={table!r}" for name, table in self.tables.items() if table != type(table)()]
        return f"Parameters({', '.join(changed)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.tables,)

    @property
    def tables(self) -> dict[str, Strict]:
        """The tables by their names."""
        tables: dict[str, Strict] = dict(self.__dict__["_tables"])
        return tables

    def with_tables(self, **tables: Strict) -> Parameters:
        """The same parameters with other tables in place of some."""
        return Parameters(**{**self.tables, **tables})


def _restored(tables: dict[str, Strict]) -> Parameters:
    return Parameters(**tables)
