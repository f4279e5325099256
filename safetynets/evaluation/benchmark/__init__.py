"""The public benchmark: flights whose truth is known, and what any program's alerts about them are worth."""
