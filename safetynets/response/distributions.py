"""How an assumption is spread: every distribution turns a uniform number between 0 and 1 into a value."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator
from scipy import special

from safetynets.sites.problems import refusal

Floats = NDArray[np.float64]

_OPEN = 1e-12
"""Uniform numbers are kept this far from 0 and 1, where an unbounded distribution has no finite value."""
_NORMAL_P95 = float(special.ndtri(0.95))


class _Distribution(BaseModel, ABC):
    """Frozen, no unknown keys; a whole number may stand for a decimal one, a text may not."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @abstractmethod
    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers; never falls where they rise."""

    @property
    def is_random(self) -> bool:
        """Whether the value differs from draw to draw."""
        return True


class Constant(_Distribution):
    """Always the same value."""

    distribution: Literal["constant"]
    value: float

    def at(self, uniform: Floats) -> Floats:
        """The value, whatever the uniform numbers."""
        return np.full(np.shape(uniform), self.value)

    @property
    def is_random(self) -> bool:
        """Whether the value differs from draw to draw."""
        return False


class Uniform(_Distribution):
    """Every value from `min` to `max` is as likely."""

    distribution: Literal["uniform"]
    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.max < self.min:
            raise refusal(f"max {self.max:g} is below min {self.min:g}", key="max", mend="exchange them")
        return self

    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers.

        >>> Uniform(distribution="uniform", min=15.0, max=40.0).at(np.array([0.0, 0.5])).tolist()
        [15.0, 27.5]
        """
        return np.asarray(self.min + (self.max - self.min) * uniform, dtype=np.float64)


class Triangular(_Distribution):
    """From `min` to `max`, most likely `mode`."""

    distribution: Literal["triangular"]
    min: float
    mode: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.min <= self.mode <= self.max or self.min == self.max:
            raise refusal(
                f"min {self.min:g}, mode {self.mode:g} and max {self.max:g} do not rise",
                key="mode",
                mend="write them in rising order",
            )
        return self

    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers."""
        width, rise, fall = self.max - self.min, self.mode - self.min, self.max - self.mode
        rising = self.min + np.sqrt(width * rise * uniform)
        falling = self.max - np.sqrt(width * fall * (1.0 - uniform))
        return np.where(uniform * width < rise, rising, falling)


class LogNormal(_Distribution):
    """Log-normal, given by its `median` and the value `p95` that 95 of 100 draws stay below."""

    distribution: Literal["log-normal"]
    median: Annotated[float, Field(gt=0)]
    p95: float

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.p95 <= self.median:
            raise refusal(f"p95 {self.p95:g} is not above the median {self.median:g}", key="p95", mend="raise it")
        return self

    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers.

        >>> LogNormal(distribution="log-normal", median=6.0, p95=13.0).at(np.array([0.5, 0.95])).round(6).tolist()
        [6.0, 13.0]
        """
        sigma = np.log(self.p95 / self.median) / _NORMAL_P95
        return np.asarray(self.median * np.exp(sigma * special.ndtri(_inside(uniform))))


class Gamma(_Distribution):
    """Gamma, given by its `mean` and its coefficient of variation `cv` (standard deviation over mean)."""

    distribution: Literal["gamma"]
    mean: Annotated[float, Field(gt=0)]
    cv: Annotated[float, Field(gt=0)]

    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers."""
        shape = 1.0 / self.cv**2
        return np.asarray(special.gammaincinv(shape, _inside(uniform)) * (self.mean / shape))


class Exponential(_Distribution):
    """Exponential, given by its `mean`."""

    distribution: Literal["exponential"]
    mean: Annotated[float, Field(gt=0)]

    def at(self, uniform: Floats) -> Floats:
        """The values at these uniform numbers."""
        return np.asarray(-self.mean * np.log1p(-_inside(uniform)))


Distribution = Annotated[
    Constant | Uniform | Triangular | LogNormal | Gamma | Exponential, Field(discriminator="distribution")
]


def _inside(uniform: Floats) -> Floats:
    return np.clip(uniform, _OPEN, 1.0 - _OPEN)
