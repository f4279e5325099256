"""Who had time: when every net on the ground and on board spoke, against what controller and crew need."""

from safetynets.evaluation.lead_time.danger import Danger, dangers_of
from safetynets.evaluation.lead_time.lead_times import Event, LeadTime, LeadTimes, lead_times
from safetynets.evaluation.lead_time.sentence import sentence_of

__all__ = ["Danger", "Event", "LeadTime", "LeadTimes", "dangers_of", "lead_times", "sentence_of"]
