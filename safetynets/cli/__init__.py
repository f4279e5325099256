"""The commands."""

from safetynets.cli.main import main

__all__ = ["main"]
