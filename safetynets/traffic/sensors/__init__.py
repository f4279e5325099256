"""Sensors and tracker: what surveillance makes of what really flew."""

from safetynets.traffic.sensors.models import Surveillance
from safetynets.traffic.sensors.see import see

__all__ = ["Surveillance", "see"]
