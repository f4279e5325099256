"""A Kalman filter for things that fly straight and sometimes do not.

The state is a value and its rate; between two measurements the rate is disturbed by white noise (Bar-Shalom, Li and
Kirubarajan, *Estimation with Applications to Tracking and Navigation*, the continuous white-noise acceleration model,
recalled).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class StraightFlight:
    """One or more axes, each a value and a rate, moving straight but for noise of `acceleration` a second.

    `state` is (values, rates); `covariance` belongs to it. An axis is a coordinate of the plane, or the altitude.
    """

    state: Floats
    covariance: Floats
    acceleration: float
    time_s: float

    @classmethod
    def begun(
        cls, value: Floats, variance: Floats, rate_spread: float, acceleration: float, time_s: float
    ) -> StraightFlight:
        """A filter that knows one measurement, and of the rate only that it lies within `rate_spread` of nothing."""
        axes = len(value)
        covariance = np.zeros((2 * axes, 2 * axes))
        covariance[:axes, :axes] = variance
        covariance[axes:, axes:] = rate_spread**2 * np.eye(axes)
        return cls(np.concatenate([value, np.zeros(axes)]), covariance, acceleration, time_s)

    @property
    def axes(self) -> int:
        """Number of axes."""
        return len(self.state) // 2

    def at(self, time_s: float) -> tuple[Floats, Floats]:
        """Values and rates at a time, straight on from what is known."""
        ahead_s = time_s - self.time_s
        return self.state[: self.axes] + ahead_s * self.state[self.axes :], self.state[self.axes :]

    def predict(self, time_s: float) -> None:
        """Move on to a time, with the uncertainty that comes with it."""
        ahead_s, one = time_s - self.time_s, np.eye(self.axes)
        if ahead_s <= 0.0:
            return
        step = np.block([[one, ahead_s * one], [0.0 * one, one]])
        self.state = step @ self.state
        self.covariance = step @ self.covariance @ step.T
        self.disturb(ahead_s, self.acceleration)
        self.time_s = time_s

    def disturb(self, for_s: float, acceleration: float) -> None:
        """Allow for a noise of that acceleration during the last `for_s`."""
        one = np.eye(self.axes)
        noise = np.block([[for_s**3 / 3.0 * one, for_s**2 / 2.0 * one], [for_s**2 / 2.0 * one, for_s * one]])
        self.covariance = self.covariance + acceleration**2 * noise

    def surprise(self, value: Floats, variance: Floats) -> float:
        """How many standard deviations (squared, summed) a measurement lies from what is expected."""
        axes = self.axes
        error = value - self.state[:axes]
        return float(error @ np.linalg.solve(self.covariance[:axes, :axes] + variance, error))

    def update(self, value: Floats, variance: Floats) -> None:
        """Take a measurement of the values into account."""
        axes = self.axes
        gain = np.linalg.solve(self.covariance[:axes, :axes] + variance, self.covariance[:axes, :]).T
        self.state = self.state + gain @ (value - self.state[:axes])
        covariance = self.covariance - gain @ self.covariance[:axes, :]
        self.covariance = 0.5 * (covariance + covariance.T)
