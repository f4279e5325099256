"""`Control`: one parameter as the dashboard offers it, with its unit, range, default and source."""

from __future__ import annotations

from dataclasses import dataclass
from inspect import get_annotations
from itertools import combinations
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from safetynets.engine.net import nets, nets_of
from safetynets.evaluation.ranges import Range, range_of
from safetynets.runs.manifest import unit_of
from safetynets.sites.geometry import Site
from safetynets.sites.parameters import parameter_models

AS_IN_SITE = "as in the site"
GROUPS = {
    "Eligibility": "Which flights are judged",
    "Prediction": "How the path is predicted",
    "Lifecycle": "When an alert begins and ends",
}
"""The headings of parameters that several nets share, by the model that declares them."""
OWN_GROUP = "What is a violation"
SPOKEN = {
    "minimum_track_age_s": "youngest track that is judged",
    "flight_rules": "flight rules that are judged",
    "judge_visual": "judge visual approaches",
    "use_coasted_plots": "judge coasted plots",
    "current_m": "violated now: plots needed (m)",
    "current_n": "violated now: of the last plots (n)",
    "predicted_m": "predicted: plots needed (m)",
    "predicted_n": "predicted: of the last plots (n)",
    "warning_time_s": "a warning when violation is nearer than",
    "imminent_s": "no confirmation when nearer than",
    "max_gap_s": "longest gap that counts as one track",
    "hysteresis_ft": "clear of the limit by, to end",
    "hysteresis_m": "clear of the side by, to end",
    "hysteresis_s": "clear in time by, to end",
    "clear_n": "clear plots that end an alert",
    "track_lost_s": "silence that ends an alert",
    "not_assessable_s": "held without assessable plots for",
    "minimum_duration_s": "shortest alert",
    "reannounce_ratio": "announced again when so much worse",
    "look_ahead_s": "look-ahead time",
    "climb_credit": "credit for a climb",
    "use_cleared_level": "expect a level-off at the cleared level",
    "use_selected_level": "expect a level-off at the selected level",
    "level_off_tolerance_ft": "level-off tolerance",
    "hypotheses": "paths that are predicted",
    "below_minimum_ft": "tolerance below a minimum altitude",
    "terrain_clearance_ft": "clearance above terrain",
    "horizontal_buffer_m": "buffer around terrain and obstacles",
    "escape_test": "test whether a climb would clear",
    "escape_delay_s": "delay before the climb",
    "escape_climb_deg": "angle of the climb",
    "escape_time_s": "length of the climb",
    "kinds": "deviations that alert",
    "below_ft": "tolerance below the path",
    "below_deg": "tolerance below the path, as an angle",
    "above_ft": "tolerance above the path",
    "above_deg": "tolerance above the path, as an angle",
    "capture_half_width_m": "half-width of the capture region",
    "capture_splay_deg": "splay of the capture region",
    "join_angle_deg": "greatest angle to join at",
    "join_ceiling_ft": "highest to join at, above the path",
    "join_max_climb_fpm": "fastest climb that still joins",
    "require_destination": "only flights to this aerodrome",
    "require_runway": "only flights to this runway",
    "go_around_fpm": "climb that is a go-around",
    "switch_margin_deg": "margin to change the approach",
}
"""Parameters as people say them; one that is not here keeps its name in words."""


@dataclass(frozen=True)
class Control:
    """One parameter.

    Attributes
    ----------
    key, title
        Dotted key, and the name without its unit in words.
    meaning, unit, source
        As the site file's reference has them; the source is that of the default.
    span
        How far it can be moved: the whole range that a site file may hold.
    near
        The part of it around the value of the site, which is judged at once.
    default, present
        The default of the package, and the value of the site that the dashboard was opened on.
    words
        For choices, what each is called on the page.
    group
        The heading that it stands under on the page.
    """

    key: str
    title: str
    meaning: str
    unit: str
    source: str
    span: Range
    near: Range
    default: Any
    present: Any
    words: tuple[str, ...] = ()
    group: str = ""

    @property
    def net(self) -> str:
        """The table of the parameter: "msaw", "apm", "apw", "arbitration" or "inhibit_volumes"."""
        return self.key.partition(".")[0]

    @property
    def step(self) -> float:
        """The step of its slider: a round number, about two hundred to the whole range.

        >>> from safetynets.sites import load_site
        >>> next(each.step for each in controls_of(load_site("geneva")) if each.key == "msaw.look_ahead_s")
        1.0
        """
        if self.span.kind == "integer":
            return 1.0
        fine = (self.span.high - self.span.low) / 200.0
        steps = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
        round_steps = [step for step in steps if step >= fine] or [steps[-1]]
        fitting = [step for step in steps if step <= round_steps[0] and _divides(step, self.present - self.span.low)]
        return fitting[-1] if fitting else steps[0]


def controls_of(site: Site) -> tuple[Control, ...]:
    """Every parameter of a site that can be moved, in the order of the site file's reference.

    Lists of call signs and codes belong into the site file and are left out; so are the parameters of nets that are not
    on, or have nothing to watch at the site.
    """
    idle = {net.key for net in nets() if net not in nets_of(site) or not net.groups(site)}
    found = [
        control
        for net in parameter_models()
        if net not in idle
        for name, field in parameter_models()[net].model_fields.items()
        if (control := _control(site, f"{net}.{name}", field, getattr(getattr(site.parameters, net), name)))
    ]
    found += [
        control
        for one in site.local_parameters
        for net, values in one.values.items()
        if net not in idle
        for name, value in values.items()
        if (
            control := _control(
                site, f'{net}["{one.name}"].{name}', parameter_models()[net].model_fields[name], value, one.name
            )
        )
    ]
    return (*found, *(_switch(site, volume.name) for volume in site.inhibit_volumes))


def _control(site: Site, key: str, field: FieldInfo, present: Any, place: str = "") -> Control | None:
    low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    words: tuple[str, ...] = ()
    if field.annotation is bool:
        span = near = range_of(site, key)
    elif low is not None and high is not None:
        span = range_of(site, key, low=low, high=high)  # type: ignore[arg-type]
        near = _near(site, span, float(present))
    else:
        choices = _choices(field.annotation)
        if choices is None:
            return None
        span = near = range_of(site, key, choices=choices)
        words = tuple(_words(choice) for choice in span.choices)
    extra = field.json_schema_extra
    unit = unit_of(key)
    name = key.rpartition(".")[2]
    title = SPOKEN.get(name) or name.removesuffix(f"_{name.rpartition('_')[2]}" if unit else "").replace("_", " ")
    if place:
        title = f"{title} ({place})"
    return Control(
        key=key,
        title=title,
        meaning=str(field.description),
        unit=unit,
        source=str(extra["source"]) if isinstance(extra, dict) else "",
        span=span,
        near=near,
        default=field.default,
        present=present,
        words=words,
        group=_group(key),
    )


def _switch(site: Site, name: str) -> Control:
    key = f"inhibit_volumes.{name}.manual"
    choices = range_of(site, key, choices=("on", "off"))
    return Control(
        key=key,
        title=name,
        meaning="whether the inhibit volume is in force",
        unit="",
        source="the site",
        span=choices,
        near=choices,
        default=AS_IN_SITE,
        present=AS_IN_SITE,
        words=("on", "off"),
        group="In force or not",
    )


def _group(key: str) -> str:
    """The heading of a parameter: by the model that declares it, the net's own before those that nets share."""
    model = parameter_models().get(key.partition(".")[0].partition("[")[0])
    name = key.rpartition(".")[2]
    if model is None:
        return OWN_GROUP
    declares = next((one for one in model.__mro__ if name in get_annotations(one)), model)
    return GROUPS.get(declares.__name__, OWN_GROUP)


def _near(site: Site, span: Range, present: float) -> Range:
    """From a quarter of the present value to two and a half times it, but at least a quarter of the span."""
    if span.kind == "integer":
        return span
    high = min(span.high, max(2.5 * present, span.low + 0.25 * (span.high - span.low)))
    return range_of(site, span.key, low=max(span.low, min(0.25 * present, present)), high=high)


def _choices(annotation: Any) -> tuple[Any, ...] | None:
    """The values of a choice of one, or the subsets of a choice of several; None for free text."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if get_origin(annotation) is tuple and get_origin(get_args(annotation)[0]) is Literal:
        words = get_args(get_args(annotation)[0])
        return tuple(some for count in range(1, len(words) + 1) for some in combinations(words, count))
    return None


def _words(choice: Any) -> str:
    return ", ".join(choice) if isinstance(choice, tuple) else str(choice).replace("_", " ")


def _divides(step: float, distance: float) -> bool:
    return abs(distance / step - round(distance / step)) < 1e-6
