"""The working calendar, noise that belongs to a name, and the paths that figures follow."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Figures are worked out from 2022-01, so that growth and trailing sums have a year behind them; 2023-01 on is written.
FIRST_YEAR = 2022
MONTHS = 48
WRITTEN_FROM = 12
LAST = MONTHS - 1
FLICKER_FROM = 24

Column = list[float]


def label(month: int) -> str:
    """The month's name, as in 2025-12."""
    return f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}"


def month_of(name: str) -> int:
    """The place of a month on the working calendar."""
    return (int(name[:4]) - FIRST_YEAR) * 12 + int(name[5:7]) - 1


def months_of(ends: Sequence[str]) -> range:
    """The months from the first to the last named one."""
    return range(month_of(ends[0]), month_of(ends[1]) + 1)


def noise(name: str) -> float:
    """A number that belongs to the name, spread as a standard normal: twelve uniform ones added up."""
    digest = hashlib.sha256(name.encode()).digest()
    total = sum(int.from_bytes(digest[i : i + 2]) for i in range(0, 24, 2))
    return (total + 6) / 65536 - 6


@dataclass(frozen=True, slots=True)
class Path:
    """How a figure goes from 2023-01 to 2025-12, and how far single months stray."""

    name: str
    corners: tuple[tuple[int, float], ...]
    sd: float
    calm: frozenset[int]
    flicker: float

    def at(self, month: float) -> float:
        """The path without noise; its first and last line go on beyond the ends."""
        lines = itertools.pairwise(self.corners)
        (start, low), (end, high) = next((line for line in lines if month <= line[1][0]), self.corners[-2:])
        return low + (high - low) * (month - start) / (end - start)

    def stray(self, month: int) -> float:
        """The noise of a month."""
        return 0.0 if month in self.calm else self.sd * noise(f"{self.name}/{label(month)}")

    def drawn(self) -> Column:
        """The path with noise, month by month."""
        wave = [self.flicker * (-1) ** month if month >= FLICKER_FROM else 0.0 for month in range(MONTHS)]
        return [self.at(month) + wave[month] + self.stray(month) for month in range(MONTHS)]


def path_from(name: str, declared: Mapping[str, Any]) -> Path:
    """The path that generate.toml declares."""
    via = {month_of(month): value for month, value in declared.get("via", {}).items()}
    corners = {WRITTEN_FROM: declared["from"], **via, LAST: declared["to"]}
    calm = frozenset(map(month_of, declared.get("calm", ()))) | {LAST}
    return Path(name, tuple(sorted(corners.items())), declared.get("sd", 0.0), calm, declared.get("flicker", 0.0))


@dataclass(frozen=True, slots=True)
class Product:
    """What is declared of one product."""

    columns: tuple[str, ...]
    facts: Mapping[str, Any]
    sizes: Mapping[str, Path]
    levels: Mapping[str, Path]


def product_from(name: str, declared: Mapping[str, Any]) -> Product:
    """The product that generate.toml declares."""
    sizes = {size: path_from(f"{name}/{size}", path) for size, path in declared["sizes"].items()}
    levels = {level: path_from(f"{name}/{level}", path) for level, path in declared["levels"].items()}
    return Product(tuple(declared["columns"]), declared["facts"], sizes, levels)
