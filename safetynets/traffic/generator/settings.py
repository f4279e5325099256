"""The settings of the traffic generator: one TOML file a site, every table with where its values come from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from safetynets.errors import ScenarioError, SiteError, nearest
from safetynets.sites.catalogue import SITE_FILE, shipped_folder
from safetynets.sites.overrides import as_tuples
from safetynets.sites.parameters import Strict
from safetynets.sites.problems import from_validation, raise_all, refusal
from safetynets.sites.schema import Words
from safetynets.sites.toml_lines import key_lines
from safetynets.text_files import read_toml
from safetynets.traffic.aircraft import AIRCRAFT
from safetynets.traffic.faults.misreadings import Cause
from safetynets.traffic.sensors import Surveillance

Share = Annotated[float, Field(ge=0, le=1)]
Degrees = Annotated[float, Field(ge=0, le=360)]
Positive = Annotated[float, Field(gt=0)]
Sd = Annotated[float, Field(ge=0)]


class Sourced(Strict):
    """A table that says where its values come from: a document, a measurement, or "simulator default"."""

    source: Words


class Day(Sourced):
    """How the movements of a day are spread over its hours (UTC), and the air they fly in."""

    hourly_weights: tuple[Annotated[float, Field(ge=0)], ...] = Field(min_length=24, max_length=24)
    configuration_h: float = Field(ge=1, le=24, description="the runways in use are drawn anew after this time")
    qnh_mean_hpa: float = Field(ge=950, le=1050)
    qnh_sd_hpa: float = Field(ge=0, le=20)
    temperature_mean_c: float = Field(ge=-30, le=40)
    temperature_sd_c: float = Field(ge=0, le=20)
    wind_mean_kt: float = Field(ge=0, le=40)
    wind_off_landing_sd_deg: float = Field(ge=0, le=90, description="of the wind from the landing direction")

    @model_validator(mode="after")
    def _some_hour(self) -> Self:
        if sum(self.hourly_weights) == 0:
            raise refusal("no hour has a weight", key="hourly_weights", mend="give at least one hour a weight")
        return self


class Mix(Sourced):
    """Which share of the movements is of which kind; what is left are departures."""

    arrivals: Share
    vectors: Share
    vfr: Share
    visual: Share = Field(description="of the arrivals: visual approaches")
    visual_flagged: Share = Field(description="of the visual approaches: known as such to the ground")
    visual_scatter: float = Field(ge=1, le=10, description="times the scatter of an instrument approach")
    go_arounds: Share = Field(description="of the arrivals")
    near_minimum: Share = Field(description="of the vectored levels: the lowest hundred feet allowed")
    departure_level_offs: Share = Field(description="of the departures: cleared to a low level first")
    vfr_code_7000: Share = Field(description="of the VFR flights; the rest has a code of its own")
    vfr_rules_unknown: Share = Field(description="of the VFR flights: flight rules not known to the ground")

    @model_validator(mode="after")
    def _no_more_than_all(self) -> Self:
        if self.arrivals + self.vectors + self.vfr > 1.0:
            raise refusal("'arrivals', 'vectors' and 'vfr' add up to more than 1", mend="make one of them less")
        return self


class Fleet(Sourced):
    """Aircraft types with their weights, and the designators that call signs begin with."""

    ifr_types: dict[str, Positive] = Field(min_length=1)
    vfr_types: dict[str, Positive] = Field(min_length=1)
    airlines: dict[str, Positive] = Field(min_length=1)

    @model_validator(mode="after")
    def _types_known(self) -> Self:
        for name in (*self.ifr_types, *self.vfr_types):
            if name not in AIRCRAFT:
                raise refusal(f"unknown aircraft type {name!r}", mend=nearest(name, AIRCRAFT))
        return self


class Configuration(Sourced):
    """Runways in use together: the approaches flown, and those whose course departures follow, with their weights."""

    name: Words
    weight: Positive
    arrivals: dict[str, Positive] = Field(min_length=1)
    departures: dict[str, Positive] = Field(min_length=1)


class Gate(Strict):
    """A direction from the centre of the site (true) in which traffic comes and goes, with its weight."""

    bearing_deg: Degrees
    weight: Positive


class Routes(Sourced):
    """Where traffic comes from and goes to, and the room it needs."""

    gates: tuple[Gate, ...] = Field(min_length=1)
    gate_distance_nm: float = Field(ge=15, le=60)
    gate_spread_deg: float = Field(ge=0, le=45)
    intercept_above_ft: tuple[float, ...] = Field(
        min_length=1,
        description="a path is captured one of these above the intercept altitude of its approach",
    )
    vector_clearance_ft: float = Field(ge=0, le=5000, description="of vectored levels above the terrain")
    vector_buffer_nm: float = Field(ge=0, le=10, description="around a vectored route whose terrain counts")
    vfr_distance_nm: float = Field(ge=3, le=40)
    vfr_height_ft: tuple[float, float] = Field(description="least and greatest above the terrain within 1 NM")
    vfr_highest_ft: float = Field(ge=1000, le=15000)
    departure_straight_ft: tuple[float, float] = Field(description="height at which a departure begins to turn")


class FinalScatter(Sourced):
    """The scatter of final approaches: measured, see `safetynets.traffic.generator.final_scatter`."""

    distance_nm: tuple[float, ...] = Field(min_length=2)
    vertical_sd_ft: tuple[Sd, ...]
    vertical_bias_share: Share
    vertical_length_nm: float = Field(gt=0, le=10)
    cross_track_sd_m: tuple[Sd, ...]
    cross_track_bias_share: Share
    cross_track_length_nm: float = Field(gt=0, le=10)
    speed_distance_nm: tuple[float, float, float] = Field(description="ascending")
    speed_median_kt: tuple[float, float, float]
    speed_sd_kt: tuple[float, float, float]
    quantiles: tuple[Share, ...]
    level_segment_nm: tuple[float, ...] = Field(description="joined so much before the path has the joining altitude")

    @model_validator(mode="after")
    def _of_one_length(self) -> Self:
        for name in ("vertical_sd_ft", "cross_track_sd_m"):
            if len(getattr(self, name)) != len(self.distance_nm):
                raise refusal(
                    f"{name!r} does not have as many values as 'distance_nm'", mend="give one for each distance"
                )
        if len(self.quantiles) != len(self.level_segment_nm):
            raise refusal("'level_segment_nm' does not have as many values as 'quantiles'", mend="give one for each")
        return self


class FaultKind(Strict):
    """A fault that may be put into arrivals, with its weight and the range of its size."""

    fault: Literal["wrong_altimeter_setting", "early_descent", "wrong_glide_path", "too_steep", "lateral_offset"]
    weight: Positive
    size: tuple[float, float] = Field(description="error_hpa, early_nm, angle_deg, rate_fpm or right_m")
    cause: Cause | None = Field(
        default=None,
        description="of a wrong altimeter setting: how the crew came to it; the size then has no effect, but for "
        "'other_station', whose QNH is so much higher or lower",
    )

    @model_validator(mode="after")
    def _cause_of_a_setting(self) -> Self:
        if self.cause is not None and self.fault != "wrong_altimeter_setting":
            raise refusal("is of a wrong altimeter setting only", key="cause", mend="leave it out")
        return self


class Faults(Sourced):
    """Faults put into arrivals, and into which share of them unless the command says otherwise."""

    share: Share
    kinds: tuple[FaultKind, ...] = Field(min_length=1)


class Surveilled(Sourced):
    """What surveillance makes of the truth: sensors as in a scenario, else perfect plots with the steps of Mode C."""

    update_s: float = Field(ge=1, le=20)
    sensors: Surveillance = Surveillance()
    mode_c_step_ft: Literal[0, 25, 100] = Field(description="of perfect surveillance; sensors have their own")


class GeneratorSettings(Strict):
    """Everything a settings file may say.

    Attributes
    ----------
    site
        A shipped site by its name, or a folder seen from the settings file.
    day, mix, fleet
        The air of a day, which kinds of flights there are, and their aircraft.
    configurations, routes
        The runways in use, and where traffic comes from and goes to.
    final_scatter
        How final approaches scatter.
    faults
        Faults put into arrivals.
    surveillance
        What surveillance makes of the truth.
    """

    site: Words
    day: Day
    mix: Mix
    fleet: Fleet
    configurations: tuple[Configuration, ...] = Field(min_length=1)
    routes: Routes
    final_scatter: FinalScatter
    faults: Faults
    surveillance: Surveilled


SETTINGS_FILE = "traffic.toml"
"""Settings in the folder of a site of one's own, as `site new` writes them."""


def settings_file(name_or_path: str | Path) -> Path:
    """The settings of a shipped site by its name, or of one's own by their path or that of the site's folder.

    Raises
    ------
    ScenarioError
        When there are none.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    if (path / SETTINGS_FILE).is_file():
        return path / SETTINGS_FILE
    shipped = {file.stem: file for file in (shipped_folder() / "traffic").glob("*.toml")}
    shipped |= {file.parent.name: file for file in (shipped_folder() / "sites").glob(f"*/{SETTINGS_FILE}")}
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    raise ScenarioError(
        f"there are no traffic settings for {str(name_or_path)!r}",
        mend=f"{nearest(str(name_or_path), sorted(shipped))}, or give the path of a .toml file",
    )


def load_settings(name_or_path: str | Path) -> GeneratorSettings:
    """Load the settings of the traffic generator, checked and frozen.

    Parameters
    ----------
    name_or_path
        A shipped site by its name, or the path of settings of one's own or of the folder of their site.

    Returns
    -------
    GeneratorSettings
        Checked.

    Raises
    ------
    ScenarioError
        For everything that is wrong, in one message: file, line, key, problem and mend of each.

    Examples
    --------
    >>> load_settings("zurich").site
    'zurich'
    """
    file = settings_file(name_or_path)
    written, text = read_toml(file, ScenarioError)
    raw = as_tuples(written)
    try:
        settings = GeneratorSettings.model_validate(raw, strict=True)
        beside = file.parent / settings.site
        return settings.model_copy(update={"site": beside.as_posix()}) if (beside / SITE_FILE).is_file() else settings
    except ValidationError as error:
        try:
            raise_all(from_validation(error, GeneratorSettings), file, key_lines(text), (), raw)
        except SiteError as found:
            raise ScenarioError(found.problem, file=found.file, where=found.where, mend=found.mend) from None
        raise
