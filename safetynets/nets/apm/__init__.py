"""Approach Path Monitor: the net, whole."""
