"""Compiled arithmetic of the nets: the same inequalities as docs/nets.md, solved and not searched."""
