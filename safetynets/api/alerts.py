"""`Alerts` with what Python users ask of them: a table, and the situation that each is spoken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

from safetynets.api import engine, markup
from safetynets.reports.formats import clock
from safetynets.runs.words import situations
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    import pandas as pd

    from safetynets.phraseology.situation import Situation


class Alert(engine.Alert):
    """One alert: one episode of one net about one aircraft, with the situation in which the controller speaks.

    The fields are those of `safetynets.engine.alerts.Alert`: times are UTC seconds since 1970, altitudes ft on the QNH,
    unknown is NaN.

    Attributes
    ----------
    situation
        What a rule set is asked about (see `say`).
    """

    situation: Situation

    @classmethod
    def of(cls, alert: engine.Alert, situation: Situation) -> Alert:
        """Make an alert of the nets public, with its situation.

        Parameters
        ----------
        alert
            An alert of the nets.
        situation
            What the controller speaks about.

        Returns
        -------
        Alert
            With the same fields.

        Examples
        --------
        See `Alerts`.
        """
        made = object.__new__(cls)
        made.__dict__.update(alert.__dict__, situation=situation)
        return made

    def __repr__(self) -> str:
        seen = "" if self.shown else ", not shown"
        return (
            f"<Alert {self.alert_id}: {self.net} {self.kind}, {self.callsign or f'track {self.track}'} at "
            f"{clock(self.start_time_s)} UTC, {self.area}{seen}>"
        )


class Alerts(Sequence[Alert]):
    """The alerts of a run in order of start.

    Parameters
    ----------
    alerts
        Alerts as the nets give them.
    site
        Where they arose; what a controller may say about them depends on it.
    tracks
        The tracks they arose from.

    Examples
    --------
    >>> import safetynets as sn
    >>> alerts = sn.run_scenario("flat-ground-low").alerts
    >>> alerts[0]
    <Alert 1: APM below, LOW1 at 10:01:16 UTC, XXFL 36>
    >>> alerts.to_pandas()[["net", "kind", "callsign"]].values.tolist()
    [['APM', 'below', 'LOW1']]
    >>> sn.Alert.of(alerts[0], alerts[0].situation).net
    'APM'
    """

    def __init__(self, alerts: Sequence[engine.Alert], site: Site, tracks: Tracks) -> None:
        self._alerts = alerts
        self._site = site
        self._tracks = tracks
        self._made: tuple[Alert, ...] | None = None

    def __len__(self) -> int:
        return len(self._alerts)

    @overload
    def __getitem__(self, index: int) -> Alert: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Alert, ...]: ...
    def __getitem__(self, index: int | slice) -> Alert | tuple[Alert, ...]:
        return self._all()[index]

    def __iter__(self) -> Iterator[Alert]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = sum(alert.shown for alert in self._alerts)
        return f"<Alerts: {len(self)}, {shown} shown>"

    def _all(self) -> tuple[Alert, ...]:
        """Each with its situation, made when first used."""
        if self._made is None:
            spoken_in = situations(self._alerts, self._site, self._tracks)
            self._made = tuple(map(Alert.of, self._alerts, spoken_in))
        return self._made

    def to_pandas(self) -> pd.DataFrame:
        """The alerts as a data frame, one row an alert, columns as the fields of `Alert`.

        Returns
        -------
        pandas.DataFrame
            Times are UTC seconds since 1970; the other units are in the names of the columns.
        """
        return engine.table_of_alerts(self._alerts)

    def _repr_html_(self) -> str:
        rows = [
            (
                alert.alert_id,
                clock(alert.start_time_s),
                alert.callsign or f"track {alert.track}",
                alert.net,
                alert.kind,
                alert.severity,
                alert.area,
                "yes" if alert.shown else f"no: {alert.suppressed_by}",
            )
            for alert in self._alerts
        ]
        head = ("alert", "start, UTC", "flight", "net", "kind", "severity", "where", "shown")
        return markup.block(repr(self).strip("<>"), markup.table(head, rows) if rows else "")
