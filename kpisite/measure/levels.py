"""Levels: products add up to lines and to the bank, each counted from its first figure to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kpisite.declare.model import Site
from kpisite.load.labels import product_numbers
from kpisite.measure.axis import Indexes
from kpisite.measure.cells import HERE, Amounts, Cells, Flags
from kpisite.measure.cube import NEVER
from kpisite.measure.series import REASON, Codes, Subject


def subjects(site: Site) -> tuple[Subject, ...]:
    """Products in their order, then the lines in theirs, then the bank."""
    products = product_numbers(site)
    found = [Subject(id_, "product") for id_ in products]
    for line in sorted(site.lines, key=lambda id_: site.lines[id_].order):
        members = tuple(number for id_, number in products.items() if site.products[id_].line == line)
        found.append(Subject(f"line:{line}", "line", members))
    return (*found, Subject("bank", "bank", tuple(products.values())))


@dataclass(frozen=True, slots=True)
class Membership:
    """Which products roll up to which subjects, and from which month on each counts (NEVER: it is no member).

    `until` is the last month in which each product counts, `first` and `last` those in which each group has a member.
    """

    groups: tuple[tuple[int, ...], ...]
    since: Indexes
    until: Indexes
    first: Indexes
    last: Indexes
    key: bytes  # the same for equal memberships


def membership(rollups: Sequence[Subject], since: Indexes, until: Indexes) -> Membership:
    """The members of lines and bank for figures that begin and end so for each product."""
    groups = tuple(tuple(p for p in subject.members if since[p] < NEVER) for subject in rollups)
    first = [int(since[list(group)].min()) if group else NEVER for group in groups]
    last = [int(until[list(group)].max()) if group else NEVER for group in groups]
    ends = np.array(last, dtype=np.intp)
    return Membership(groups, since, until, np.array(first, dtype=np.intp), ends, since.tobytes())


def roll_up(values: Cells, numbers: Amounts, members: Membership, last: Indexes) -> tuple[Cells, Amounts]:
    """Add up the members' cells of each group; one that counts and is missing leaves the sum incomplete.

    `last` is the last month of each period: a member counts in the periods that end between its first month and its
    last one.
    """
    begun = members.since[:, None] <= last
    counted = begun & (last <= members.until[:, None])
    ok = values.ok
    total = numbers.sum_groups(members.groups, counted & ok)
    reason = np.zeros((len(members.groups), len(last)), dtype=np.int8)
    for number, group in enumerate(members.groups):
        rows = list(group)
        reason[number] = _reason(counted[rows], ok[rows], values.reason[rows])
        reason[number, ~counted[rows].any(axis=0) & begun[rows].any(axis=0)] = REASON["ended"]
    return Cells(np.where(reason == HERE, total.floats, np.nan), reason), total


def _reason(counted: Flags, ok: Flags, reasons: Codes) -> Codes:
    if not len(counted):
        return np.full(counted.shape[1], REASON["not-applicable"], dtype=np.int8)
    gaps = counted & ~ok
    found = np.zeros(counted.shape[1], dtype=np.int8)
    found[gaps.any(axis=0)] = REASON["incomplete"]
    for reason in ("no-data", "not-due", "not-comparable"):
        # Missing everywhere for one reason is not a part that is missing.
        alone = (~counted | (reasons == REASON[reason])).all(axis=0)
        found[alone] = REASON[reason]
    found[~counted.any(axis=0)] = REASON["not-launched"]
    return found


def carried(site: Site, indicator: str) -> Flags:
    """Which products carry an indicator, as a key figure or as one that is watched."""
    ids: Mapping[str, int] = product_numbers(site)
    return np.array([indicator in site.products[p].key or indicator in site.products[p].monitor for p in ids], bool)
