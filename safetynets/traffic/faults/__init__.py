"""Faults put into tracks, scripted or recorded: one small function a fault, each with its record."""

from safetynets.traffic.faults.altimeter import wrong_altimeter_setting
from safetynets.traffic.faults.apply import apply_faults
from safetynets.traffic.faults.models import Fault
from safetynets.traffic.faults.record import FaultRecord

__all__ = ["Fault", "FaultRecord", "apply_faults", "wrong_altimeter_setting"]
