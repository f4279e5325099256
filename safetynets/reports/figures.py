"""The figures of a run as files: none, the few that the page holds, or all; `safetynets figure` draws any later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from safetynets.reports.environment import data_uri
from safetynets.reports.formats import clock, number, safe_name
from safetynets.reports.house_style import PRINT_DPI, figure_bytes
from safetynets.runs.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Figures = Literal["none", "few", "all"]
_MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Picture:
    """A figure as the page embeds it: its bytes, their media type, and what stands for it where it cannot be seen."""

    content: bytes
    media_type: str
    alt: str
    caption: str

    @classmethod
    def of(cls, figure: Figure, kind: str, alt: str, caption: str, dpi: int = PRINT_DPI) -> Self:
        """A figure as SVG or PNG."""
        return cls(figure_bytes(figure, kind, dpi), _MEDIA_TYPES[kind], alt, caption)

    @property
    def source(self) -> str:
        """The picture as a data URI."""
        return data_uri(self.content, self.media_type)


def write_figures(run: Run, folder: Path, figures: Figures, tell: Callable[[str], None]) -> tuple[Picture, ...]:
    """Draw the figures of a run into a folder, and return those that the page embeds: the map and the timeline.

    Of the few, each has the format of the page: PNG for the map, SVG for the timeline. All come in both. `tell` is
    called with what is drawn.
    """
    if figures == "none":
        return ()
    from safetynets.reports.map_figure import map_figure
    from safetynets.reports.timeline_figure import timeline_figure

    folder.mkdir()
    both = figures == "all"
    tell("map")
    caption = "Plan view, framed on the approaches, volumes and alerts."
    pictures = [_write(map_figure(run), folder / "map", _map_alt(run), caption, "png", both=both)]
    tell("timeline")
    caption = "From first conflict over start to end."
    pictures.append(_write(timeline_figure(run), folder / "timeline", _timeline_alt(run), caption, "svg", both=both))
    if both:
        for name, figure in _profiles(run, tell):
            _write(figure, folder / name, "", "", "svg", both=True)
    return tuple(pictures)


def _profiles(run: Run, tell: Callable[[str], None]) -> Iterator[tuple[str, Figure]]:
    """Name and figure of each profile: of the alerted flights or, where no net alerted, of the few there are."""
    from safetynets.reports.profile_figure import flight_figure, passes_of, profile_figure, profiled_alerts
    from safetynets.reports.profile_flight import flight_name, name_of
    from safetynets.reports.quiet_flights import quiet_flights

    for alert in profiled_alerts(run):
        tell(f"profile of {name_of(alert)}")
        yield f"profile-{alert.alert_id}-{safe_name(alert.callsign, alert.track)}", profile_figure(run, alert)
    for track in quiet_flights(run):
        tell(f"profile of {flight_name(run, track)}")
        passes = passes_of(run, track)
        for place, row in enumerate(passes, start=1):
            name = f"flight-{track}-{safe_name(str(run.tracks.callsign[track]), track)}"
            yield name + (f"-{place}" if len(passes) > 1 else ""), flight_figure(run, track, row)


def _write(figure: Figure, stem: Path, alt: str, caption: str, embedded: str, *, both: bool) -> Picture:
    pictures = {kind: Picture.of(figure, kind, alt, caption) for kind in _MEDIA_TYPES if both or kind == embedded}
    for kind, picture in pictures.items():
        stem.with_name(f"{stem.name}.{kind}").write_bytes(picture.content)
    return pictures[embedded]


def _map_alt(run: Run) -> str:
    where = "; ".join(
        f"{alert.callsign or f'track {alert.track}'} {alert.net} {alert.kind} at {clock(alert.start_time_s)}"
        for alert in run.alerts[:20]
    )
    return (
        f"Map of {run.site.title} with {len(run.site.approaches)} approaches, {len(run.site.volumes)} volumes and "
        f"{number(run.tracks.track_count)} tracks. " + (f"Alerts: {where}." if run.alerts else "No alert.")
    )


def _timeline_alt(run: Run) -> str:
    return f"Timeline of {number(len(run.alerts))} alerts; the table of alerts holds the same times."
