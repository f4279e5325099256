"""Area Proximity Warning: the net, whole."""
