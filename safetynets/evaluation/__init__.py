"""What the alerts are worth: labels, metrics, studies of parameter sets, and the comparison of two of them."""
