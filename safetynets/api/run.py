"""`Run` with what Python users ask of it, and the functions that make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from safetynets import runs
from safetynets.api import markup
from safetynets.api.alerts import Alert, Alerts
from safetynets.api.arguments import check_number, check_path, check_values, made_public, refused
from safetynets.api.explanation import Explanation, explained, explained_plot
from safetynets.api.site import Site, site_of
from safetynets.api.tracks import Tracks, tracks_of
from safetynets.errors import ScenarioError
from safetynets.runs import list_scenarios
from safetynets.runs.changed_site import GIVEN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from safetynets.reports.figures import Figures
    from safetynets.reports.files import Trace

__all__ = ["Run", "list_scenarios", "replay", "run_scenario"]


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Run(runs.Run):
    """A finished run: the tracks as judged, the alerts with their words, and the manifest of all that went in.

    Made by `replay` and `run_scenario`.

    Attributes
    ----------
    alerts
        `Alerts` in order of start.
    tracks
        `Tracks` as judged, on the plane of the site.
    site
        `Site` with the parameters used.
    altitude_ft
        Altitude (ft) on the regional QNH of every plot, NaN where it cannot be known.
    words
        For each alert the call that is due.
    manifest
        Version, parameters with their sources, hashes of the inputs, counts and warnings.

    Examples
    --------
    >>> import tempfile
    >>> import safetynets as sn
    >>> run = sn.run_scenario("flat-ground-low")
    >>> run
    <Run flat-ground-low at flat: 1 track, 65 plots, 1 alert, 1 shown>
    >>> sn.Run.of(run).alert(1).callsign
    'LOW1'
    >>> run.plot_map().get_title(), run.plot_profile(alert=1).get_ylabel()
    ('', 'altitude on the QNH, ft')
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     saved = run.save(Path(folder) / "my-day", figures="none", trace="none")
    ...     (saved / "alerts.csv").is_file()
    True
    """

    alerts: Alerts
    tracks: Tracks
    site: Site

    @classmethod
    def of(cls, run: runs.Run) -> Run:
        """Make a run of `safetynets.runs` public.

        Parameters
        ----------
        run
            A finished run.

        Returns
        -------
        Run
            With the same content, and the methods of this class.
        """
        columns = {name: getattr(run, name) for name in runs.Run.__dataclass_fields__}
        site = made_public(Site, run.site)
        return cls(
            **{
                **columns,
                "site": site,
                "tracks": made_public(Tracks, run.tracks),
                "alerts": Alerts(run.alerts, site, run.tracks),
            }
        )

    def alert(self, number: int) -> Alert:
        """The alert with a number.

        Parameters
        ----------
        number
            As the tables, the page and `alert_id` have it.

        Returns
        -------
        Alert
            The alert.

        Raises
        ------
        ArgumentError
            For anything but a whole number.
        ScenarioError
            When there is none; the error says which numbers there are.
        """
        if not isinstance(number, int) or isinstance(number, bool):
            raise refused("alert", number, "the number of an alert (alert_id)")
        found = [alert for alert in self.alerts if alert.alert_id == number]
        if not found:
            known = ", ".join(str(alert.alert_id) for alert in self.alerts[:20])
            mend = f"use one of {known}" if known else "ask for a flight and a time"
            raise ScenarioError(f"the run has no alert {number}", where=self.name, mend=mend)
        return found[0]

    def explain(
        self,
        callsign: str | None = None,
        time: str | float | datetime | None = None,
        *,
        alert: int | None = None,
        net: str | None = None,
    ) -> Explanation:
        """Explain what each net made of a flight at a moment, or an alert at its start.

        Parameters
        ----------
        callsign, time
            The flight and the moment, as for `safetynets.explain`.
        alert
            The number of an alert, in place of both: its net at its start.
        net
            Only this net, such as "APM".

        Returns
        -------
        Explanation
            The stages; prints as text, shows as a table in a notebook.

        Raises
        ------
        ArgumentError
            For an argument of another type, and unless either an alert or both flight and moment are given.
        ScenarioError
            For an alert, a flight or a moment that the run does not have.

        Examples
        --------
        >>> import safetynets as sn
        >>> run = sn.run_scenario("flat-ground-low")
        >>> run.explain(alert=1)[3].text
        'Joined to XXFL 36.'
        """
        if alert is not None:
            if callsign is not None or time is not None:
                raise refused("alert", alert, "the place of callsign and time", "give an alert, or callsign and time")
            asked = self.alert(alert)
            return explained_plot(self.tracks, self.site, asked.track, asked.start_time_s, net or asked.net)
        if callsign is None or time is None:
            missing = "callsign" if callsign is None else "time"
            raise refused(
                missing,
                None,
                "a flight and a moment",
                "write run.explain('DLH4TR', '18:05:00') or run.explain(alert=1)",
            )
        return explained(self.tracks, self.site, callsign, time, net)

    def plot_map(self, ax: Axes | None = None) -> Axes:
        """Draw the map of the run: terrain, minimum altitudes, approaches, volumes, tracks and alerts.

        Parameters
        ----------
        ax
            Matplotlib axes to draw on; without them a new figure of pyplot's.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on; coordinates are metres on the plane of the site, labelled in NM.

        Raises
        ------
        ArgumentError
            For anything but matplotlib axes.
        """
        from safetynets.reports.displays import PlanViewDisplay

        return PlanViewDisplay.from_run(self).plot(_axes(ax, 8.0)).ax_

    def plot_profile(self, alert: int | None = None, ax: Axes | None = None) -> Axes:
        """Draw the vertical profile of an alerted flight, against its approach or over time.

        Parameters
        ----------
        alert
            The number of the alert; without it the first that was shown.
        ax
            Matplotlib axes to draw on; without them a new figure of pyplot's.

        Returns
        -------
        matplotlib.axes.Axes
            The axes drawn on; altitudes are ft on the QNH.

        Raises
        ------
        ArgumentError
            For an argument of another type.
        ScenarioError
            When the run has no such alert.
        """
        from safetynets.reports.displays import ProfileDisplay

        if alert is not None:
            self.alert(alert)
        return ProfileDisplay.from_run(self, alert).plot(_axes(ax, 5.0)).ax_

    def save(
        self,
        folder: str | Path,
        *,
        replace: bool = True,
        voice: bool = False,
        figures: Figures = "few",
        trace: Trace = "alerted",
    ) -> Path:
        """Write the run folder: alerts and words as CSV, JSON and Parquet, trace, tracks, figures, page and manifest.

        Parameters
        ----------
        folder
            Where; it appears whole or not at all.
        replace
            Whether a run folder that is there is replaced; nothing else ever is.
        voice
            Let the page play each call (needs the extra [voice]).
        figures
            "none", "few" (map and timeline) or "all" (also the profile of each alert).
        trace
            Every plot of no flight ("none"), of the flights with an alert ("alerted") or of all ("all").

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        ArgumentError
            For an argument that is not taken.
        ScenarioError
            When the folder holds something else than a run, or a run that must not be replaced.
        """
        from safetynets.reports.figures import Figures
        from safetynets.reports.files import Trace
        from safetynets.reports.folder import write_run_folder

        check_path("folder", folder)
        for name, value, taken in (("figures", figures, get_args(Figures)), ("trace", trace, get_args(Trace))):
            if value not in taken:
                raise refused(name, value, f"one of {', '.join(taken)}")
        return write_run_folder(self, Path(folder), replace=replace, voice=voice, figures=figures, trace=trace)

    def _repr_html_(self) -> str:
        nets = self.manifest["counts"]["nets"]
        rows = [
            (net, f"{of['plots']:,}", f"{of['judged']:,}", _sum(of["excluded"]), _sum(of["not_assessable"]))
            for net, of in nets.items()
        ]
        return markup.block(
            f"{self.title}. Not for operational use.",
            markup.notes(self.manifest["warnings"]),
            markup.table(("net", "plots", "judged", "excluded", "not assessable"), rows),
            self.alerts._repr_html_(),
        )


def replay(
    tracks: Tracks | str | Path,
    site: Site | str | Path,
    *,
    qnh_hpa: float | None = None,
    qnh_source: str = GIVEN,
    update_s: float | None = None,
    overrides: Mapping[str, Any] | None = None,
    rule_set: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> Run:
    """Replay a recording through the nets of a site.

    Parameters
    ----------
    tracks
        Tracks, or the path of a recording.
    site
        A site, the name of a shipped one or the path of one.
    qnh_hpa
        The QNH (hPa) of every pressure region. Without it the site's own pressure regions hold; where they know no QNH
        the nets judge nothing, and the run says so.
    qnh_source
        Where that QNH is from; it stands in the manifest.
    update_s
        Resample the recording to this surveillance update period (s).
    overrides
        Further values of the site by address, such as `{"apm.below_ft": 150}`.
    rule_set
        The words the controller says: a name of `list_rule_sets`, or the path of a rule set of your own; without it
        that of the site.
    progress
        Called with a few words before each stage.

    Returns
    -------
    Run
        The tracks as judged, the alerts with their words, and the manifest.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    InputError
        For anything in the recording or the site that cannot be used.

    Examples
    --------
    >>> import safetynets as sn
    >>> from safetynets.sites import shipped_folder
    >>> tracks = sn.read_tracks(shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet")
    >>> sn.replay(tracks, "zurich", qnh_hpa=1009, qnh_source="estimated from this approach")
    <Run zurich-dlh4tr-2019-11-11 at zurich: 1 track, 848 plots, 0 alerts, 0 shown>
    """
    check_number("qnh_hpa", qnh_hpa, "hPa")
    check_number("update_s", update_s, "seconds")
    if not isinstance(qnh_source, str):
        raise refused("qnh_source", qnh_source, "text")
    if overrides is not None:
        check_values("overrides", overrides)
    _check_rule_set(rule_set)
    given = tracks if isinstance(tracks, str | Path) else tracks_of(tracks)
    place = site if isinstance(site, str | Path) else site_of(site)
    return Run.of(
        runs.replay(
            given,
            place,
            qnh_hpa=qnh_hpa,
            qnh_source=qnh_source,
            update_s=update_s,
            overrides=overrides,
            rule_set=rule_set,
            progress=progress,
            origin=given.origin if isinstance(given, Tracks) else None,
        )
    )


def run_scenario(
    name_or_path: str | Path,
    overrides: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    rule_set: str | Path | None = None,
) -> Run:
    """Run a shipped scenario by its name, or one of your own by its path.

    Parameters
    ----------
    name_or_path
        A name of `list_scenarios`, or the path of a scenario file.
    overrides
        Values by address: of the site, such as `{"apm.below_ft": 150}`, or of the scenario itself, such as
        `{"pressure.qnh_hpa": 1001}`.
    progress
        Called with a few words before each stage.
    rule_set
        The words the controller says, as for `replay`.

    Returns
    -------
    Run
        The tracks as judged, the alerts with their words, and the manifest.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    InputError
        For anything in the scenario, its site or its recording that cannot be used.

    Examples
    --------
    >>> import safetynets as sn
    >>> sn.run_scenario("flat-ground-low").alerts
    <Alerts: 1, 1 shown>
    """
    check_path("name_or_path", name_or_path, "the name of a shipped scenario or the path of a scenario (str or Path)")
    if overrides is not None:
        check_values("overrides", overrides)
    _check_rule_set(rule_set)
    return Run.of(runs.run_scenario(name_or_path, overrides, progress, rule_set=rule_set))


def _check_rule_set(rule_set: object) -> None:
    if rule_set is not None:
        check_path("rule_set", rule_set, "the name or path of a rule set (str or Path), or None")


def _sum(counts: Mapping[str, int]) -> str:
    return f"{sum(counts.values()):,}"


def _axes(ax: Axes | None, height_in: float) -> Axes:
    """The axes given, or those of a new figure of pyplot's in the house style."""
    from matplotlib.axes import Axes

    from safetynets.reports.house_style import WIDTH_IN, house_style

    if ax is None:
        from matplotlib import pyplot

        with house_style():
            return pyplot.subplots(figsize=(0.8 * WIDTH_IN, height_in), layout="constrained")[1]
    if not isinstance(ax, Axes):
        raise refused("ax", ax, "matplotlib axes, or None for a new figure")
    return ax
