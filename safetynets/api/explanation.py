"""`explain`: why an alert, or why none, as something that can be printed and read in a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, overload

from safetynets.api import engine, markup
from safetynets.api.arguments import is_number, refused
from safetynets.api.site import site_of
from safetynets.api.tracks import as_judged
from safetynets.reports.formats import clock
from safetynets.runs.desks import desk_steps
from safetynets.runs.explanation import explanation
from safetynets.runs.moment import plot_at

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from safetynets.sites.geometry import Site
    from safetynets.tracks.table import Tracks


class Explanation(Sequence[engine.Step]):
    """Every stage of one plot with its inputs and its result, in the order in which the plot meets them.

    It prints, and shows in a notebook, as one sentence, the stages that decided, and what had no part in it.

    Parameters
    ----------
    flight
        Call sign of the flight.
    time_s
        Time of the plot explained (UTC seconds since 1970).
    steps
        The stages.
    net
        Of one net only; empty for all.

    Attributes
    ----------
    headline
        What came of the plot, in one sentence.
    decided
        The stages that decided it.
    idle
        One line for each net or group of volumes that had no part in it.

    Examples
    --------
    >>> import safetynets as sn
    >>> why = sn.run_scenario("flat-ground-low").explain(alert=1)
    >>> why.title, why[3].text
    ('LOW1 at 10:01:16 UTC', 'Joined to XXFL 36.')
    >>> why.to_pandas()["stage"].tolist()[0]
    'plot'
    """

    def __init__(self, flight: str, time_s: float, steps: Sequence[engine.Step], net: str = "") -> None:
        self.flight = flight
        self.time_s = time_s
        self.steps = tuple(step for step in steps if net in ("", step.net) or not step.net)
        found = explanation(steps, net)
        self.headline, self.decided, self.idle = found.headline, found.decided, found.idle

    def __len__(self) -> int:
        return len(self.steps)

    @overload
    def __getitem__(self, index: int) -> engine.Step: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[engine.Step, ...]: ...
    def __getitem__(self, index: int | slice) -> engine.Step | tuple[engine.Step, ...]:
        return self.steps[index]

    def __iter__(self) -> Iterator[engine.Step]:
        return iter(self.steps)

    @property
    def title(self) -> str:
        """Which flight, and when."""
        return f"{self.flight} at {clock(self.time_s)} UTC"

    def __str__(self) -> str:
        lines = [f"{' '.join((step.net, step.group)).strip():<6} {step.stage}: {step.text}" for step in self.decided]
        idle = [f"No part in it: {line}" for line in self.idle]
        return "\n".join([f"{self.title}. {self.headline}", *lines, *idle])

    def __repr__(self) -> str:
        return str(self)

    def to_pandas(self) -> pd.DataFrame:
        """The stages as a data frame.

        Returns
        -------
        pandas.DataFrame
            One row a stage: net, group, stage, what came of it (`text`), and the `values` by name.
        """
        import pandas as pd

        return pd.DataFrame([vars(step) for step in self.steps])

    def _repr_html_(self) -> str:
        rows = [(step.net, step.group, step.stage, step.text) for step in self.decided]
        head = ("net", "group", "stage", "what came of it")
        idle = [f"No part in it: {line}" for line in self.idle]
        table = markup.table(head, rows, most=len(rows))
        return markup.block(f"{self.title}. {self.headline}", table, markup.notes(idle))


def explain(
    tracks: Tracks | str | Path,
    site: Site | str | Path,
    callsign: str,
    time: str | float | datetime,
    *,
    net: str | None = None,
) -> Explanation:
    """Explain what each net made of a flight at a moment: why an alert, or why none.

    Parameters
    ----------
    tracks
        Tracks, or the path of a recording.
    site
        A site, the name of a shipped one or the path of one.
    callsign
        The flight.
    time
        The moment, UTC: "18:05:00", "2019-11-11T18:05:00Z", seconds since 1970, or a datetime (naive is UTC). The last
        plot at or before it is explained.
    net
        Only this net, such as "APM".

    Returns
    -------
    Explanation
        The stages; prints as text, shows as a table in a notebook.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    InputError
        For a flight or a moment that the tracks do not have, and for a recording or a site that cannot be used.

    Examples
    --------
    >>> import safetynets as sn
    >>> run = sn.run_scenario("flat-ground-low")
    >>> sn.explain(run.tracks, run.site, "LOW1", "10:01:16", net="APM")[3].text
    'Joined to XXFL 36.'
    """
    loaded = site_of(site)
    return explained(as_judged(tracks, loaded), loaded, callsign, time, net)


def explained(
    tracks: Tracks, site: Site, callsign: str, time: str | float | datetime, net: str | None = None
) -> Explanation:
    """The explanation of tracks as judged.

    Raises
    ------
    ArgumentError, ScenarioError
        As `explain`.
    """
    if not isinstance(callsign, str):
        raise refused("callsign", callsign, "the call sign of a flight (text)")
    track, time_s = plot_at(tracks, callsign, moment_words(time))
    return explained_plot(tracks, site, track, time_s, net)


def explained_plot(tracks: Tracks, site: Site, track: int, time_s: float, net: str | None = None) -> Explanation:
    """The explanation of the last plot of a track at or before a time (UTC seconds since 1970)."""
    names = engine.net_names()
    if net is not None and (not isinstance(net, str) or net.upper() not in names):
        raise refused("net", net, f"one of {', '.join(names)}, or None")
    steps = desk_steps(engine.explain_plot(tracks, site, track, time_s), tracks, site, track)
    flight = str(tracks.callsign[track]) or f"track {track}"
    return Explanation(flight, float(steps[0].values["time_s"]), steps, (net or "").upper())


def moment_words(time: object) -> str:
    """A moment as `plot_at` reads it.

    Raises
    ------
    ArgumentError
        For what is no moment.
    """
    if isinstance(time, datetime):
        return time.isoformat()
    if is_number(time):
        return repr(float(time))  # type: ignore[arg-type]
    if isinstance(time, str):
        return time
    raise refused("time", time, "a time of day such as '18:05:00', a date with time, a datetime or seconds since 1970")
