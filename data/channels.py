"""Splits a product's complaints by the channel they came in through: whole numbers that add up to the whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from paths import MONTHS, WRITTEN_FROM

MILLE = 1000


def split(whole: int, shares: Mapping[str, int], most: Mapping[str, int] | None = None) -> dict[str, int]:
    """Parts of a whole number by shares in a thousand; what rounding leaves over goes to the largest shares first."""
    parts = {name: whole * share // MILLE for name, share in shares.items()}
    if most is not None:
        parts = {name: min(part, most[name]) for name, part in parts.items()}
    left = whole - sum(parts.values())
    by_size = sorted(shares, key=lambda name: (-shares[name], name))
    while left > 0:
        for name in by_size:
            if left and (most is None or parts[name] < most[name]):
                parts[name] += 1
                left -= 1
    return parts


def at(ends: Mapping[str, int], month: int) -> int:
    """A share on the straight line from the first month to the last one."""
    first, last = ends["from"], ends["to"]
    return first + (last - first) * (month - WRITTEN_FROM) // (MONTHS - 1 - WRITTEN_FROM)


def complaint_rows(
    rows: Sequence[Mapping[str, str]], months: Mapping[str, int], channels: Mapping[str, Any]
) -> Iterator[tuple[str, ...]]:
    """One row for each product, month and channel: the complaints that fell due, and those closed in time."""
    for row in rows:
        month = months[row["period"]]
        due, closed = int(row["complaints_due_15d"]), int(row["complaints_closed_15d"])
        shares = {name: at(one, month) for name, one in channels.items()}
        # The shares of the months between the ends need not sum to a thousand.
        shares[max(shares, key=lambda name: (shares[name], name))] += MILLE - sum(shares.values())
        parts = split(due, shares)
        late = split(due - closed, {name: one["late"] for name, one in channels.items()}, parts)
        for name, part in parts.items():
            yield row["product"], row["period"], row["as_of"], name, str(part), str(part - late[name])
