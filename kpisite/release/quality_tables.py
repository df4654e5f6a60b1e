"""When the data of a report arrived and how its sums met their control totals, as text and back."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from kpisite.measure.inputs import Inputs
from kpisite.measure.quality import ControlFact, Deliveries, Quality
from kpisite.periods import of_month
from kpisite.release.text import number

DELIVERIES = "deliveries.csv"
CONTROLS = "controls.csv"
DELIVERY_COLUMNS = ("source", "product", "period", "first", "newest", "deliveries")
CONTROL_COLUMNS = ("control", "period", "total", "sum", "difference", "tolerance", "state")


def freeze_quality(quality: Quality, inputs: Inputs, products: Sequence[str]) -> dict[str, str]:
    """The facts as files; only those there are."""
    files = {}
    if quality.deliveries:
        files[DELIVERIES] = _table(DELIVERY_COLUMNS, _delivery_lines(quality, inputs, products))
    if quality.controls:
        files[CONTROLS] = _table(CONTROL_COLUMNS, (control_line(fact) for fact in quality.controls))
    return files


def thaw_quality(files: Mapping[str, str], inputs: Inputs, products: Sequence[str]) -> Quality:
    """The facts back; the months are those of the inputs."""
    lines = files.get(CONTROLS, "").splitlines()[1:]
    deliveries: dict[str, Deliveries] = {}
    where = {product: p for p, product in enumerate(products)}
    when = {of_month(inputs.start + t).label: t for t in range(inputs.months)}
    shape = (len(products), inputs.months)
    for line in files.get(DELIVERIES, "").splitlines()[1:]:
        source, product, label, first, newest, count = line.split(",")
        if source not in deliveries:
            deliveries[source] = Deliveries(*(np.zeros(shape, dtype=np.int32) for _ in range(3)))
        at, held = (where[product], when[label]), deliveries[source]
        held.first[at], held.newest[at], held.count[at] = _ordinal(first), _ordinal(newest), int(count)
    return Quality(deliveries, tuple(_read_control(line) for line in lines))


def control_line(fact: ControlFact) -> str:
    """One control total as a line."""
    parts = [number(np.nan if one is None else one) for one in (fact.total, fact.sum, fact.difference)]
    return ",".join((fact.control, fact.period, *parts, number(fact.tolerance), fact.state))


def _read_control(line: str) -> ControlFact:
    control, period, total, added, _, tolerance, _ = line.split(",")
    return ControlFact(control, period, float(total), float(added) if added else None, float(tolerance))


def _delivery_lines(quality: Quality, inputs: Inputs, products: Sequence[str]) -> Iterator[str]:
    labels = [of_month(inputs.start + t).label for t in range(inputs.months)]
    for source, held in sorted(quality.deliveries.items()):
        days = {day: _day(day) for day in {*held.first.ravel().tolist(), *held.newest.ravel().tolist()}}
        for p, t in zip(*(part.tolist() for part in np.nonzero(held.count)), strict=True):
            first, newest = days[int(held.first[p, t])], days[int(held.newest[p, t])]
            yield f"{source},{products[p]},{labels[t]},{first},{newest},{held.count[p, t]}"


def _day(ordinal: int) -> str:
    return dt.date.fromordinal(ordinal).isoformat() if ordinal else ""


def _ordinal(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal() if text else 0


def _table(columns: Sequence[str], lines: Iterator[str]) -> str:
    return "\n".join((",".join(columns), *lines)) + "\n"
