"""What is kept of a group's members: counts and sums, from which every mean, variance and slope follows. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Sums:
    """Over `n` members: an outcome `y`, the same `x` before, their squares and product. They add up."""

    n: int = 0
    y: float = 0.0
    yy: float = 0.0
    x: float = 0.0
    xx: float = 0.0
    xy: float = 0.0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @classmethod
    def of(cls, ys: Iterable[float], xs: Iterable[float] | None = None) -> "Sums":
        """The sums of single members; without `xs` nothing is known from before."""
        ys = list(ys)
        before = list(xs) if xs is not None else [0.0] * len(ys)
        return cls(
            len(ys),
            sum(ys),
            sum(y * y for y in ys),
            sum(before),
            sum(x * x for x in before),
            sum(y * x for y, x in zip(ys, before, strict=True)),
        )

    @property
    def mean(self) -> float:
        return self.y / self.n if self.n else 0.0

    @property
    def mean_before(self) -> float:
        return self.x / self.n if self.n else 0.0

    @property
    def spread(self) -> float:
        """Σ(y − ȳ)²: never below 0, whatever rounding does."""
        return max(self.yy - self.y * self.y / self.n, 0.0) if self.n else 0.0

    @property
    def spread_before(self) -> float:
        """Σ(x − x̄)²"""
        return max(self.xx - self.x * self.x / self.n, 0.0) if self.n else 0.0

    @property
    def together(self) -> float:
        """Σ(x − x̄)(y − ȳ)"""
        return self.xy - self.x * self.y / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of single members, unbiased; 0 of one alone."""
        return self.spread / (self.n - 1) if self.n > 1 else 0.0


def total(parts: Iterable[Sums]) -> Sums:
    """All of them together."""
    return sum(parts, Sums())
