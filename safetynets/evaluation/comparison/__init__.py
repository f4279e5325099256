"""Two parameter sets on the same traffic: alerts gained, lost and moved in time, each with its explanation."""
