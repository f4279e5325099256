"""Ordinary traffic by the day: arrivals, departures, vectors and VFR, scattered as real traffic is."""

from safetynets.traffic.generator.day import GeneratedDay, generate_day
from safetynets.traffic.generator.final_scatter import MeasuredScatter, measure, read_finals
from safetynets.traffic.generator.movements import Label, Request
from safetynets.traffic.generator.settings import GeneratorSettings, load_settings
from safetynets.traffic.generator.write import DayFiles, write_days

__all__ = [
    "DayFiles",
    "GeneratedDay",
    "GeneratorSettings",
    "Label",
    "MeasuredScatter",
    "Request",
    "generate_day",
    "load_settings",
    "measure",
    "read_finals",
    "write_days",
]
