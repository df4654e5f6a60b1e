"""Facts about the data rather than the bank: when each month of a product arrived, and whether sums meet the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Deliveries:
    """When the rows of each product and month of a source arrived, [P, T]: day ordinals, 0 = none or not known."""

    first: Days
    newest: Days
    count: Days  # distinct days of delivery


@dataclass(frozen=True, slots=True)
class ControlFact:
    """One control total of one month against the sum over all products; sum is None while a product is missing."""

    control: str
    period: str
    total: float
    sum: float | None
    tolerance: float

    @property
    def difference(self) -> float | None:
        """How much the sum is above the total."""
        return None if self.sum is None else float(Decimal(repr(self.sum)) - Decimal(repr(self.total)))

    @property
    def state(self) -> str:
        """kept, failed, or open while a product is missing."""
        if self.difference is None:
            return "open"
        return "kept" if abs(self.difference) <= self.tolerance else "failed"


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known about the data as such."""

    deliveries: Mapping[str, Deliveries] = field(default_factory=dict)
    controls: tuple[ControlFact, ...] = ()


# Of a report that was put together without them.
NO_QUALITY = Quality()
