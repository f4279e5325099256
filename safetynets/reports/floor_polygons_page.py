"""The page of `safetynets site polygons --optimise`: what each number of polygons costs, and where they lie."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from safetynets.reports import house_style as style
from safetynets.reports.environment import data_uri, render
from safetynets.reports.site_chart import site_chart
from safetynets.runs.floor_polygons import Alerted, Choice, Front
from safetynets.sites.geometry import MinimumAltitude


def floor_polygons_page(front: Front, chosen: Choice) -> str:
    """One HTML file without any outside request: the sentence, the front, the charts of present and chosen polygons."""
    return render(
        "floor_polygons.html.j2",
        front=front,
        chosen=chosen,
        sentence=sentence(front, chosen),
        pictures=[
            ("What each number of polygons costs", _embedded(front_figure(front, chosen))),
            (f"The {len(chosen.polygons)} polygons chosen", _embedded(_chart(front, chosen))),
            ("The site as it is", _embedded(site_chart(front.site))),
        ],
    )


def sentence(front: Front, chosen: Choice) -> str:
    """What the chosen polygons come to, in one sentence."""
    start = f"{len(chosen.polygons)} polygons cover all {front.cells:,} cells high enough"
    if chosen.alerts is None or front.present_alerts is None:
        return f"{start}; without traffic nothing is said of nuisance."
    return (
        f"{start} and give {_alerts_in_words(chosen.alerts)} on this traffic; "
        f"the site as it is gives {_alerts_in_words(front.present_alerts)}."
    )


def front_figure(front: Front, chosen: Choice) -> Figure:
    """Time in alert (without traffic nothing) and lost airspace over the number of polygons."""
    with style.house_style():
        figure = style.new_figure(4.2)
        counts = [len(choice.polygons) for choice in front.choices]
        drawn: list[tuple[str, list[float], float | None]] = [
            ("lost airspace, NM² · 1,000 ft", [choice.lost_nm2_kft for choice in front.choices], None)
        ]
        if front.present_alerts is not None:
            lasting = [choice.alerts.lasting_min for choice in front.choices if choice.alerts is not None]
            drawn.insert(0, ("minutes in alert on the traffic", lasting, front.present_alerts.lasting_min))
        for place, (words, values, present) in enumerate(drawn):
            axes = figure.add_subplot(1, len(drawn), place + 1)
            axes.plot(counts, values, color=style.NOMINAL_PATH, marker="o", markersize=4, linewidth=1.4)
            at = counts.index(len(chosen.polygons))
            axes.plot(counts[at], values[at], color=style.LIMIT, marker="o", markersize=9, fillstyle="none")
            axes.annotate("chosen", (counts[at], values[at]), textcoords="offset points", xytext=(8, 8))
            if present is not None:
                axes.axhline(present, color=style.SOFT_INK, linewidth=1.0, linestyle=(0, (4, 2)))
                axes.annotate("the site as it is", (counts[-1], present), textcoords="offset points", xytext=(0, 4))
            axes.set_xlabel("polygons")
            axes.set_title(words)
            axes.set_ylim(bottom=0.0)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.subplots_adjust(left=0.06, right=0.98, bottom=0.14, top=0.88)
        return figure


def _chart(front: Front, chosen: Choice) -> Figure:
    clearance_ft = front.wanted.clearance_ft
    minima = tuple(
        MinimumAltitude(one.name, one.elevation_ft + clearance_ft, one.area, "derived from the terrain", True)
        for one in chosen.polygons
    )
    return site_chart(replace(front.site, minimum_altitudes=minima))


def _alerts_in_words(alerted: Alerted) -> str:
    return f"{alerted.alerts:,} alerts of {alerted.flights:,} flights, {alerted.lasting_min:,.1f} min together"


def _embedded(figure: Figure) -> str:
    return data_uri(style.figure_bytes(figure, "png", 110), "image/png")
