"""The loops over what is kept of the plots, compiled."""
