"""The open warnings of a report by product, the most severe first, and how many there are of each kind."""

from collections.abc import Iterable, Sequence

from kpisite.evaluate.report import SEVERITIES
from kpisite.render import marks
from kpisite.render.alerted import BY_SEVERITY, Warned, counts, severity_mark
from kpisite.render.edition import Edition, root_of
from kpisite.render.parts import Count, Folded, Table, WarnedGroup
from kpisite.render.views.rows import LONGEST, longest
from kpisite.render.views.warned import PATH, warned_table

# Figures that the page of warnings tells of.
MOST_FIGURES = 2 * LONGEST
_URGENT = ("critical", "high")
# A miss that goes on is known; it need not stand among what has to be read first.
_KNOWN = "W3"


def groups(e: Edition, warned: Sequence[Warned], new: frozenset[str]) -> tuple[WarnedGroup, ...]:
    """The figures of each product: what is urgent open to be read, all others on demand; `new` are ids of warnings."""
    found: dict[int, list[Warned]] = {}
    for one in warned[:MOST_FIGURES]:
        found.setdefault(one.s, []).append(one)
    return tuple(_group(e, s, own, new) for s, own in found.items())


def left_out(e: Edition, warned: Sequence[Warned]) -> str:
    """What to say where not all figures with warnings are shown."""
    return longest(e, min(len(warned), MOST_FIGURES), len(warned))


def _group(e: Edition, s: int, own: Sequence[Warned], new: frozenset[str]) -> WarnedGroup:
    id_, words = e.report.subjects[s].id, e.t["warning"]
    urgent = [one for one in own if is_urgent(one, new)]
    others = [one for one in own if not is_urgent(one, new)]
    link = e.to_subject(s, root_of(PATH))
    rest = None
    if others:
        title = words["rest" if urgent else "rest_only"].format(count=len(others))
        rest = Folded(title, warned_table(e, f"rest-{id_}", title, others, new))
    return WarnedGroup(
        id=f"of-{id_}",
        title=link,
        counts=severities(e, own),
        urgent=warned_table(e, f"urgent-{id_}", link.text, urgent, new) if urgent else None,
        rest=rest,
    )


def is_urgent(one: Warned, new: frozenset[str]) -> bool:
    """Does the worst warning of a figure have to be read first? A repeated miss only where it is new."""
    worst = one.worst
    return worst.severity in _URGENT and (worst.rule != _KNOWN or worst.id in new)


def severities(e: Edition, warned: Iterable[Warned]) -> tuple[Count, ...]:
    """Open warnings by severity, the worst first."""
    found = counts(warned)
    return tuple(
        Count(name, severity_mark(e, name), str(found[name])) for name in BY_SEVERITY if found[name]
    )  # fmt: skip


def by_rule(e: Edition, warned: Sequence[Warned], new: frozenset[str]) -> Table | None:
    """How many warnings of each rule are open, and how many are new: the most severe rules first, then by number."""
    every = [alert for one in warned for alert in one.alerts]
    if not every:
        return None
    words, rules = e.t["warning"], sorted({one.rule for one in every})
    rows = []
    for rule in rules:
        own = [one for one in every if one.rule == rule]
        worst = max(SEVERITIES.index(one.severity) for one in own)
        fresh = sum(one.id in new for one in own)
        cells = (words["rules"][rule], severity_mark(e, SEVERITIES[worst]), str(len(own)), str(fresh) if fresh else "")
        rows.append(((-worst, -len(own), rule), cells))
    columns = list(zip(*(cells for _, cells in sorted(rows, key=lambda row: row[0])), strict=True))
    heads = (e.head("warning"), e.head("severity"), e.head("open_warnings", "num"), e.head("new", "num"))
    return marks.table_of_columns("by-rule", words["by_rule"], *marks.filled(heads, columns))
