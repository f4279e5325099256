"""What really flew: scripted flights, the faults put into them and into recorded tracks, and what sensors measure."""

from safetynets.traffic.clearance import Clearance, clearances
from safetynets.traffic.faults import Fault, FaultRecord, apply_faults
from safetynets.traffic.flights import Flight
from safetynets.traffic.fly import Ending, fly, fly_truth
from safetynets.traffic.sensors import Surveillance, see
from safetynets.traffic.weather import Weather

__all__ = [
    "Clearance",
    "Ending",
    "Fault",
    "FaultRecord",
    "Flight",
    "Surveillance",
    "Weather",
    "apply_faults",
    "clearances",
    "fly",
    "fly_truth",
    "see",
]
