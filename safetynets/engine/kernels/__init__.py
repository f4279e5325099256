"""The compiled parts of the engine."""
