"""Minimum Safe Altitude Warning: the net, whole."""
