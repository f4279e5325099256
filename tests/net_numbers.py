"""The places of the nets among all, as columns of labels and judged alerts have them."""

from safetynets.engine.net import numbers

MSAW, APM, APW = (numbers()[name] for name in ("MSAW", "APM", "APW"))
