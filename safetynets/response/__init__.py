"""What the controller, the crew and the aircraft do after an alert, and how it ends."""

from safetynets.response.assumptions import Assumption, Assumptions, load_assumptions
from safetynets.response.conversation import Chain, chain_of
from safetynets.response.draws import Draws, draw
from safetynets.response.encounter import Encounter, encounter_of, straight_encounter
from safetynets.response.escape import least_clearance_ft
from safetynets.response.outcome import Outcome, Share, outcome_of
from safetynets.response.procedure import Step, timeline
from safetynets.response.sensitivity import OrderChange, Swing, order_changes, sobol, swings
from safetynets.response.transmissions import SpokenCall, Transmission, spoken_call

__all__ = [
    "Assumption",
    "Assumptions",
    "Chain",
    "Draws",
    "Encounter",
    "OrderChange",
    "Outcome",
    "Share",
    "SpokenCall",
    "Step",
    "Swing",
    "Transmission",
    "chain_of",
    "draw",
    "encounter_of",
    "least_clearance_ft",
    "load_assumptions",
    "order_changes",
    "outcome_of",
    "sobol",
    "spoken_call",
    "straight_encounter",
    "swings",
    "timeline",
]
