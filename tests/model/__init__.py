"""The lifecycle, the arbitration and the schedules, model-checked: every reachable state, not samples of it."""
