"""What many days come to, for machines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from safetynets.evaluation.monitoring.over_time import OverTime, Series
from safetynets.evaluation.monitoring.parameter_changes import ParameterChange
from safetynets.evaluation.monitoring.rates import Rate
from safetynets.evaluation.monitoring.shadow import ShadowDay, counted


def facts(over: OverTime, shadow: Sequence[ShadowDay] = ()) -> dict[str, Any]:
    """The series, changes, hot spots, repeat flights and tables, as JSON can hold them once numbers are made plain."""
    return {
        "days": [
            {"name": one.name, "date": _date(one.first_s), "flights": one.flights.count, "alerts": len(one.alerts)}
            for one in over.days
        ],
        "labels_wrong_share": over.labels_wrong_share,
        "series": [_series(over, one) for one in over.series],
        "parameter_changes": [_parameters(over, one) for one in over.parameter_changes],
        "before_after": [
            {
                "date": _date(over.days[one.change.day].first_s),
                "net": one.net,
                "what": one.what,
                "before": _rate(one.before),
                "after": _rate(one.after),
                "ratio": _rate(one.ratio),
            }
            for one in over.before_after
        ],
        "hot_spots": [
            {
                "latitude_deg": one.latitude_deg,
                "longitude_deg": one.longitude_deg,
                "flights": one.flights,
                "days": one.days,
                "through": one.through,
                "per_1000_of_these": _rate(one.share),
                "nets": one.nets,
                "places": one.places,
                "hour_utc": one.hour,
            }
            for one in over.hot_spots
        ],
        "repeat_flights": [
            {
                "callsign": one.callsign,
                "days_alerted": one.days_alerted,
                "days_flown": one.days_flown,
                "alerts": one.alerts,
            }
            for one in over.repeat_flights
        ],
        "tables": {
            name: [
                {
                    "key": list(row.key),
                    "alerts": row.alerts,
                    "flights_alerted": row.alerted,
                    "flights": row.flights,
                    "nuisance": row.nuisance,
                    "labelled": row.labelled,
                }
                for row in rows
            ]
            for name, rows in over.tables.items()
        },
        "operational": counted([one.operational for one in shadow if one.operational is not None]),
        "tried": [_tried(over, shadow, place) for place in range(len(shadow[0].tried) if shadow else 0)],
    }


def _series(over: OverTime, one: Series) -> dict[str, Any]:
    return {
        "net": one.net,
        "what": one.what,
        "count": one.count.tolist(),
        "flights_alerted": one.flights.tolist(),
        "per_1000_flights": _rate(one.total),
        "dispersion": one.over,
        "centre": one.chart.centre.tolist(),
        "low": one.chart.low.tolist(),
        "high": one.chart.high.tolist(),
        "beyond": one.chart.beyond.tolist(),
        "changes": None
        if one.changes is None
        else [
            {
                "date": _date(over.days[change.day].first_s),
                "day": change.day + 1,
                "likeliest": _date(over.days[change.found.day].first_s),
                "from": _date(over.days[change.found.first].first_s),
                "to": _date(over.days[change.found.last].first_s),
                "p": change.found.p,
                "before": _rate(change.before),
                "after": _rate(change.after),
                "ratio": _rate(change.ratio),
                "parameters": None if change.parameters is None else _parameters(over, change.parameters),
            }
            for change in one.changes
        ],
    }


def _parameters(over: OverTime, one: ParameterChange) -> dict[str, Any]:
    return {
        "date": _date(over.days[one.day].first_s),
        "day": one.day + 1,
        "values": {key: list(values) for key, values in one.values.items()},
        "files": list(one.files),
        "version": one.version,
    }


def _tried(over: OverTime, shadow: Sequence[ShadowDay], place: int) -> dict[str, Any]:
    return {
        "name": shadow[0].tried[place].name,
        "removed": {over.days[one.number].name: list(one.tried[place].removed) for one in shadow},
        "gained": sum(len(one.tried[place].gained) for one in shadow),
        "moved": sum(len(one.tried[place].moved) for one in shadow),
        "necessary_lost": sum(len(one.tried[place].necessary_lost) for one in shadow),
    }


def _rate(rate: Rate) -> list[float]:
    """The value and the two ends of its interval."""
    return list(rate)


def _date(time_s: float) -> str:
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%d}"
