"""The parameters of the Short Term Conflict Alert: unit, default, range, meaning and source of each."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from safetynets.sites.parameters import NetParameters, parameter

PLUGIN = (
    "simulator default; a value of the public settings of a TopSky plug-in for a simulator, which no ANSP has published"
)


class StcaParameters(NetParameters):
    """Parameters of the Short Term Conflict Alert.

    Minima that end in `_terminal` hold while both aircraft are in the terminal area, the others elsewhere.
    """

    look_ahead_s: float = parameter(
        120.0,
        "how far ahead the paths are predicted outside the terminal area; 0 predicts nothing",
        "simulator default; 2 minutes is usual, and a longer time only adds nuisance alerts (IFATCA WP 98/1998)",
        ge=0,
        le=180,
    )
    look_ahead_terminal_s: float = parameter(
        60.0, "how far ahead the paths are predicted in the terminal area", ge=0, le=180
    )
    lateral_nm: float = parameter(5.0, "lateral minimum outside the terminal area", ge=0.1, le=20)
    lateral_terminal_nm: float = parameter(3.0, "lateral minimum in the terminal area", ge=0.1, le=20)
    vertical_ft: float = parameter(
        750.0, "vertical minimum of the linear prediction, below the 1,000 ft of the controller", PLUGIN, ge=50, le=2500
    )
    vertical_current_ft: float = parameter(
        800.0, "vertical minimum of the current proximity, below the 1,000 ft of the controller", PLUGIN, ge=50, le=2500
    )
    vertical_level_off_ft: float = parameter(
        700.0,
        "vertical minimum of the linear prediction where either aircraft is predicted to level off",
        PLUGIN,
        ge=50,
        le=2500,
    )
    vertical_diverging_ft: float = parameter(
        650.0, "vertical minimum of both filters for a pair that diverges fast", PLUGIN, ge=50, le=2500
    )
    diverging_share: float = parameter(
        0.5,
        "share of the lateral minimum that both filters ask of a pair that diverges fast; 0 asks nothing of it",
        ge=0,
        le=1,
    )
    fast_divergence_kt: float = parameter(
        100.0, "a pair whose distance grows faster than this diverges fast", ge=0, le=1500
    )
    crossed_angle_deg: float = parameter(
        15.0,
        "a pair whose distance grows diverges fast as well where one aircraft has passed the course of the other, if "
        "the courses differ by at least this",
        ge=0,
        le=180,
    )
    major_share: float = parameter(
        0.5,
        "an infringement is major, and the alert a warning, where less than this share of both minima is left",
        ge=0,
        le=1,
    )
    floor_ft: float = parameter(
        2500.0, "a pair is not judged while both aircraft are below this altitude", PLUGIN, ge=-2000, le=60_000
    )
    terminal_radius_nm: float = parameter(
        30.0, "the terminal area: within this distance of the centre of the site; 0 for none", ge=0, le=100
    )
    terminal_ceiling_ft: float = parameter(
        15_000.0, "the terminal area: at or below this altitude", ge=-2000, le=60_000
    )
    terminal_desks: tuple[str, ...] = parameter(
        (), "the terminal area, in place of radius and ceiling: inside the delivery volume of any of these desks"
    )
    use_cleared_level: bool = parameter(True, "predict a level-off at the cleared level, where one is known")
    use_selected_level: bool = parameter(True, "predict a level-off at the level selected on board, where one is known")
    level_off_tolerance_ft: float = parameter(
        200.0, "no level-off is predicted at a level that the aircraft has passed by more than this", ge=0, le=1000
    )
    oldest_plot_s: float = parameter(
        12.0, "a pair is not judged where the last plot of either aircraft is older than this", ge=1, le=60
    )
    flight_rules: tuple[Literal["IFR", "VFR", "unknown"], ...] = parameter(
        ("IFR", "unknown"), "flight rules of which one aircraft of a pair at least must be; 'unknown' where unsaid"
    )
    judge_visual: bool = parameter(
        True, "judge pairs of which one aircraft is flagged as flying a visual approach, departure or descent"
    )
    hysteresis_m: float = parameter(
        200.0, "while an alert is active, the lateral minima are wider by this", ge=0, le=5000
    )
    current_m: int = parameter(
        2, "an alert starts when this many of the last `current_n` plots of a pair are in violation", ge=1, le=10
    )
    current_n: int = parameter(3, "number of plots over which `current_m` is counted", ge=1, le=10)
    predicted_m: int = parameter(
        4,
        "an alert starts when this many of the last `predicted_n` plots of a pair are predicted to violate; a pair has "
        "a plot whenever either aircraft has one",
        ge=1,
        le=10,
    )
    predicted_n: int = parameter(6, "number of plots over which `predicted_m` is counted", ge=1, le=10)
    imminent_s: float = parameter(
        20.0,
        "a violation predicted within this time alerts at once, without confirmation; 0 switches this off",
        ge=0,
        le=60,
    )
    clear_n: int = parameter(4, "an alert ends after this many clear plots of a pair in a row", ge=1, le=20)

    @model_validator(mode="after")
    def _nested(self) -> Self:
        if self.vertical_level_off_ft > self.vertical_ft:
            raise PydanticCustomError(
                "site",
                "{text}",
                {
                    "text": f"{self.vertical_level_off_ft:g} ft is more than vertical_ft = {self.vertical_ft:g} ft",
                    "key": "vertical_level_off_ft",
                    "mend": "a pair that levels off is held against the smaller minimum",
                },
            )
        return self
