"""An open laboratory for ground-based safety nets: MSAW, APM and APW. Not for operational use."""

__version__ = "0.1.0"
