"""What a supervisor decides while the monitor runs: QNH, volumes, inhibited flights, alerts acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from safetynets.errors import ScenarioError, nearest
from safetynets.registry import registered
from safetynets.sites.configurations import with_configurations
from safetynets.sites.geometry import Schedule, Site

Verb = Literal[
    "qnh-hpa",
    "volume-on",
    "volume-off",
    "volume-as-scheduled",
    "configuration-on",
    "configuration-off",
    "configuration-as-scheduled",
    "inhibit",
    "release",
    "acknowledge",
]
VERBS: tuple[Verb, ...] = get_args(Verb)

LOWEST_HPA, HIGHEST_HPA = 850.0, 1100.0
"""A QNH outside these is a slip (simulator default)."""
ON = Schedule(permanent=False, on=True, periods=(), weekly=())
OFF = Schedule(permanent=False, on=False, periods=(), weekly=())


@dataclass(frozen=True)
class Decision:
    """One decision.

    Attributes
    ----------
    verb, value
        What is decided: `qnh-hpa 1009`, `qnh-hpa 1009 REGION`, `volume-off NAME`, `inhibit CALLSIGN`, `acknowledge N`.
    by
        From where it came: the page, a file, a command.
    """

    verb: Verb
    value: str
    by: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.value}"

    def facts(self) -> Mapping[str, str]:
        """The decision as JSON can hold it."""
        return asdict(self)


def parse(text: str, by: str = "") -> Decision:
    """A decision as it is written: a verb and its value.

    Raises
    ------
    ScenarioError
        For another verb, or a value that is missing.

    >>> parse("volume-off LS-R11")
    Decision(verb='volume-off', value='LS-R11', by='')
    """
    verb, _, value = text.strip().partition(" ")
    if verb not in VERBS:
        raise ScenarioError(f"{verb!r} is no decision", where=by or None, mend=nearest(verb, VERBS))
    if not value.strip():
        raise ScenarioError("has no value", where=verb, mend=f"write {verb} and what it is about")
    return Decision(verb, value.strip(), by)


def apply(site: Site, decision: Decision, time_s: float, scheduled: Site) -> Site:
    """The site after a decision that holds from a time on; `scheduled` is the site as it was loaded.

    Raises
    ------
    ScenarioError
        For a QNH, region or volume that cannot be.
    """
    if decision.verb == "qnh-hpa":
        return _with_qnh(site, decision.value, time_s)
    if decision.verb.startswith("volume"):
        return _with_volume(site, decision, scheduled)
    if decision.verb.startswith("configuration"):
        return _with_configuration(site, decision, scheduled)
    if decision.verb in ("inhibit", "release"):
        return _with_flight(site, decision.value.upper(), inhibited=decision.verb == "inhibit")
    if not decision.value.isdigit():
        raise ScenarioError(
            f"{decision.value!r} is no number of an alert", where=decision.verb, mend="write its number"
        )
    return site


def decided(site: Site, decisions: Iterable[Mapping[str, Any]]) -> Site:
    """The site with what it became by the decisions of a manifest, each holding from its `time_s` on."""
    later: list[tuple[float, Site]] = []
    for one in decisions:
        now = apply(later[-1][1] if later else site, Decision(one["verb"], one["value"]), one["time_s"], site)
        if now is not site and not (later and now is later[-1][1]):
            later.append((one["time_s"], now))
    return replace(site, later=tuple(later))


def _with_qnh(site: Site, value: str, time_s: float) -> Site:
    text, _, name = value.partition(" ")
    try:
        qnh_hpa = float(text)
    except ValueError:
        qnh_hpa = float("nan")
    if not LOWEST_HPA <= qnh_hpa <= HIGHEST_HPA:
        raise ScenarioError(
            f"{text} hPa is no QNH", where="qnh-hpa", mend=f"give {LOWEST_HPA:g} to {HIGHEST_HPA:g} hPa"
        )
    names = [region.name for region in site.pressure_regions]
    if not names:
        raise ScenarioError(
            f"the site {site.name!r} has no pressure region to hold a QNH",
            where="qnh-hpa",
            mend="add a [[pressure_regions]] to its site.toml",
        )
    if name and name not in names:
        raise ScenarioError(f"there is no pressure region {name!r}", where="qnh-hpa", mend=nearest(name, names))
    regions = tuple(
        replace(region, qnh=(*((at_s, hpa) for at_s, hpa in region.qnh if at_s < time_s), (time_s, qnh_hpa)))
        if name in ("", region.name)
        else region
        for region in site.pressure_regions
    )
    return replace(site, pressure_regions=regions)


def _with_volume(site: Site, decision: Decision, scheduled: Site) -> Site:
    names = [volume.name for volume in site.volumes]
    if decision.value not in names:
        mend = nearest(decision.value, names) if names else "the site has no volumes"
        raise ScenarioError(f"there is no volume {decision.value!r}", where=decision.verb, mend=mend)
    before = {volume.name: volume.schedule for volume in scheduled.volumes}
    schedule = {"volume-on": ON, "volume-off": OFF}.get(decision.verb, before[decision.value])
    volumes = tuple(
        replace(volume, schedule=schedule) if volume.name == decision.value else volume for volume in site.volumes
    )
    return replace(site, volumes=volumes)


def _with_configuration(site: Site, decision: Decision, scheduled: Site) -> Site:
    before = {one.name: one.schedule for one in scheduled.configurations}
    if decision.value not in before:
        mend = nearest(decision.value, before) if before else "the site has no configurations"
        raise ScenarioError(f"there is no configuration {decision.value!r}", where=decision.verb, mend=mend)
    schedule = {"configuration-on": ON, "configuration-off": OFF}.get(decision.verb, before[decision.value])
    return with_configurations(
        site,
        [replace(one, schedule=schedule) if one.name == decision.value else one for one in site.configurations],
    )


def _with_flight(site: Site, callsign: str, *, inhibited: bool) -> Site:
    tables: dict[str, Any] = {}
    for net in registered():
        parameters = net.parameters_of(site)
        kept = tuple(one for one in parameters.inhibited_callsigns if one != callsign)
        tables[net.key] = parameters.model_copy(
            update={"inhibited_callsigns": (*kept, callsign) if inhibited else kept}
        )
    return replace(site, parameters=site.parameters.with_tables(**tables))
