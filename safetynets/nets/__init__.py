"""The nets: one folder a net, each with its rule, its kernel and its explanation (docs/design.md)."""
