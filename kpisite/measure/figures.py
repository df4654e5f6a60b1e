"""The figures of one indicator: every product, line and the bank at every grain, under the definition in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kpisite.declare.model import Indicator
from kpisite.measure.axis import Axis, Indexes
from kpisite.measure.cells import HERE, Amounts, Cells, Flags, amounts, missing
from kpisite.measure.cube import NEVER, Cube
from kpisite.measure.degree import is_linear
from kpisite.measure.formula import Formulas
from kpisite.measure.ground import Ground, Months, add_up
from kpisite.measure.levels import Membership, membership, roll_up
from kpisite.measure.series import REASON, Subject
from kpisite.measure.versions import Version, measures_of, needed, since
from kpisite.periods import Grain


@dataclass(slots=True)
class Grounds:
    """The grounds that the figures of one site share, and the formulas evaluated on them."""

    cube: Cube
    params: Mapping[str, float]
    rollups: tuple[Subject, ...]
    # The same with periods that end after their first months.
    short: dict[tuple[Grain, int], "Grounds"] = field(default_factory=dict)
    _formulas: dict[tuple[bytes, int], Formulas] = field(default_factory=dict)
    _grounds: dict[bytes, Ground] = field(default_factory=dict)
    _since: dict[frozenset[str], Indexes] = field(default_factory=dict)
    _members: dict[frozenset[str], Membership] = field(default_factory=dict)

    def since(self, version: Version) -> Indexes:
        """The month from which each product has all that a version needs: when its figures begin."""
        key = needed(version.formula, self.params)
        if key not in self._since:
            self._since[key] = since(key, self.cube)
        return self._since[key]

    def members(self, version: Version) -> Membership:
        """Who rolls up under a version."""
        key = needed(version.formula, self.params)
        if key not in self._members:
            self._members[key] = membership(self.rollups, self.since(version), self.cube.ended)
        return self._members[key]

    def formulas(self, members: Membership | None, version: Version) -> Formulas:
        """The formulas on products, or on what these members roll up to."""
        barrier = version.comparable_from - self.cube.calendar.start
        key = (members.key if members else b"", barrier)
        if key not in self._formulas:
            self._formulas[key] = Formulas(self.ground(members), self.params, barrier)
        return self._formulas[key]

    def ground(self, members: Membership | None) -> Ground:
        """The measures of products, or of what these members roll up to."""
        key = members.key if members else b""
        if key not in self._grounds:
            self._grounds[key] = Ground(self.cube, members)
        return self._grounds[key]


@dataclass(slots=True)
class Figures:
    """Computes the figures of one indicator; products first, then what they roll up to."""

    indicator: Indicator
    versions: tuple[Version, ...]
    carried: Flags
    grounds: Grounds

    @property
    def cube(self) -> Cube:
        """The measures."""
        return self.grounds.cube

    def axis(self, grain: Grain) -> Axis:
        """The periods of a grain."""
        return self.cube.calendar.axes[grain]

    def members(self, version: Version) -> Membership:
        """Who rolls up under a version."""
        return self.grounds.members(version)

    @property
    def newest(self) -> Version:
        """The version in force at the end."""
        return self.versions[-1]

    def products(self, grain: Grain) -> Cells:
        """The figures of the products at a grain, as if they were due in every period."""
        return self._by_kind(grain, rolled=False)

    def rollups(self, grain: Grain) -> Cells:
        """The figures of lines and bank at a grain, as if they were due in every period."""
        indicator = self.indicator
        shape = (len(self.grounds.rollups), len(self.axis(grain).periods))
        if indicator.across == "none":
            return missing(shape, "not-applicable")
        if indicator.kind == "duration":
            return missing(shape, "not-derivable")
        if indicator.across == "sum" or (indicator.kind == "flow" and not self._is_linear()):
            return self._summed(grain)
        return self._by_kind(grain, rolled=True)

    def _by_kind(self, grain: Grain, *, rolled: bool) -> Cells:
        axis, kind = self.axis(grain), self.indicator.kind
        if kind == "duration" and grain is not Grain.MONTH:
            return missing((self.cube.products, len(axis.periods)), "not-derivable")
        if kind == "stock" and self._stands_last():
            return self._merged(Grain.MONTH, rolled=rolled).at(axis.last)
        if kind == "flow" and grain is not Grain.MONTH and not self._is_linear():
            months = self._merged(Grain.MONTH, rolled=rolled)
            begins = self._since(rolled=rolled)
            found = add_up(Months(months, amounts(months.value), begins, self._step()), axis, self.cube.calendar)
            return self._explained(self._across_breaks(found, axis), begins, axis, rolled=rolled)
        return self._across_breaks(self._merged(grain, rolled=rolled), axis)

    def _summed(self, grain: Grain) -> Cells:
        """Lines and bank as the sum of their products' own figures."""
        kind, calendar = self.indicator.kind, self.cube.calendar
        over = Grain.MONTH if kind == "flow" or (kind == "stock" and self._stands_last()) else grain
        rolled, numbers = self._rolled(over)
        axis = self.axis(grain)
        if kind == "stock" and over is Grain.MONTH:
            return rolled.at(axis.last)
        if kind != "flow" or grain is Grain.MONTH:
            return rolled
        begins = self._since(rolled=True)
        found = add_up(Months(rolled, numbers, begins, self._step()), axis, calendar)
        none = begins == NEVER
        reason = np.where(none[:, None], np.int8(REASON["not-applicable"]), found.reason)
        return self._across_breaks(_until(Cells(found.value, reason), self.members(self.newest).last, axis), axis)

    def _rolled(self, grain: Grain) -> tuple[Cells, Amounts]:
        """The products' own figures added up, in each period over the members under the version in force."""
        own, axis = self.products(grain), self.axis(grain)
        numbers = amounts(own.value)
        found, total = roll_up(own, numbers, self.members(self.versions[0]), axis.last)
        for version in self.versions[1:]:
            other, sums = roll_up(own, numbers, self.members(version), axis.last)
            later = axis.last + self.cube.calendar.start >= version.valid_from
            found, total = found.replaced(other, later), total.replaced(sums, later)
        return found, total

    def _merged(self, grain: Grain, *, rolled: bool) -> Cells:
        """The figures at a grain, each under the version in force in the period's last month."""
        axis, start = self.axis(grain), self.cube.calendar.start
        merged: Cells | None = None
        for version in self.versions:
            found = self._under(version, grain, rolled=rolled)
            if merged is None:
                merged = found
                continue
            later = axis.last + start >= version.valid_from
            merged = merged.replaced(found, later)
        return merged if merged is not None else missing((self.cube.products, len(axis.periods)), "no-data")

    def _under(self, version: Version, grain: Grain, *, rolled: bool) -> Cells:
        group = self.members(version) if rolled else None
        formulas = self.grounds.formulas(group, version)
        found = formulas.value(version.formula, grain)
        if version.condition is not None:
            condition = formulas.value(version.condition, grain)
            holds = condition.ok & (condition.value != 0)
            reason = np.where(holds, np.int8(REASON["no-meaning"]), found.reason)
            found = Cells(np.where(holds, np.nan, found.value), reason)
        begins = group.first if group is not None else self.grounds.since(version)
        return self._explained(found, begins, self.axis(grain), rolled=rolled)

    def _explained(self, found: Cells, begins: Indexes, axis: Axis, *, rolled: bool) -> Cells:
        """Before its first figure a subject is not launched; without any it has no data, or does not carry it."""
        reason = found.reason.copy()
        gone = reason != HERE
        reason[gone & (axis.last < begins[:, None])] = REASON["not-launched"]
        never = np.flatnonzero(begins == NEVER)
        if rolled:
            reason[never] = np.where(gone[never], REASON["not-applicable"], reason[never])
            return _until(Cells(found.value, reason), self.members(self.newest).last, axis)
        launched = self.cube.launched[:, None] <= axis.last
        for product in never.tolist():
            due = np.where(launched[product], REASON["no-data"], REASON["not-launched"])
            own = due if self.carried[product] else REASON["not-applicable"]
            reason[product] = np.where(gone[product], own, reason[product])
        return _until(Cells(found.value, reason), self.cube.ended, axis)

    def _across_breaks(self, found: Cells, axis: Axis) -> Cells:
        """A period in which the definition changed holds two things that do not compare."""
        reason = found.reason
        for version in self.versions:
            broken = version.comparable_from - self.cube.calendar.start
            mixed = (axis.first < broken) & (broken <= axis.last)
            expected = ~np.isin(reason, OUTSIDE)
            reason = np.where(mixed & expected, np.int8(REASON["not-comparable"]), reason)
        return Cells(np.where(reason == HERE, found.value, np.nan), reason)

    def _since(self, *, rolled: bool) -> Indexes:
        """The month in which the figures begin, under whatever version was in force then."""
        start = self.cube.calendar.start
        found: Indexes | None = None
        for version, following in zip(self.versions, (*self.versions[1:], None), strict=True):
            begins = self.members(version).first if rolled else self.grounds.since(version)
            if version is not self.versions[0]:
                begins = np.maximum(begins, version.valid_from - start)
            if following is not None:
                begins = np.where(begins < following.valid_from - start, begins, NEVER)
            found = begins if found is None else np.minimum(found, begins)
        assert found is not None
        return found

    def _step(self) -> int:
        """The months between figures: those of the measure that is delivered least often."""
        names = {name for version in self.versions for name in measures_of(version.formula, self.grounds.params)}
        return max((self.cube.measures[name].step for name in names), default=1)

    def _stands_last(self) -> bool:
        """Do all balances of the figure stand on the last day of a period?"""
        names = {n for version in self.versions for n in measures_of(version.formula, self.grounds.params)}
        return all(self.cube.measures[name].within == "last" for name in names)

    def _is_linear(self) -> bool:
        kinds = {name: measure.kind for name, measure in self.cube.measures.items()}
        return all(is_linear(version.formula, kinds) for version in self.versions)


# Before its first figure, after its end, and where it does not carry the indicator, a subject has no figure to explain.
OUTSIDE = tuple(REASON[name] for name in ("not-launched", "not-applicable", "ended"))


def _until(found: Cells, last: Indexes, axis: Axis) -> Cells:
    """The cells without those of periods that end after the last month of their subject."""
    over = (axis.last > last[:, None]) & ~np.isin(found.reason, OUTSIDE)
    if not over.any():
        return found
    return Cells(np.where(over, np.nan, found.value), np.where(over, np.int8(REASON["ended"]), found.reason))
