"""How one figure came about, as a part of its page: the arithmetic in sight, the other steps on demand."""

from collections.abc import Sequence
from functools import partial

from kpisite.evaluate.explain import explained
from kpisite.evaluate.explanation import Explanation
from kpisite.evaluate.working import desk
from kpisite.render import marks
from kpisite.render.due import month_due
from kpisite.render.edition import Edition
from kpisite.render.parts import Fact, Head, Link, Step, Table
from kpisite.render.told import Code, Grid, Line, Paragraph, tell
from kpisite.render.views.definition import code

# What the page says elsewhere: the target's facts beside the key facts, the files on the page of data quality.
IN_SIGHT = ("definition", "arithmetic")
FOLDED = ("measures", "pieces", "target", "rules", "composite")
OPEN = ("measures",)


def steps(e: Edition, s: int, i: int, root: str) -> tuple[tuple[Fact, ...], tuple[Step, ...], Link]:
    """The arithmetic as facts, the steps to be unfolded, and the way to the files."""
    told = {one.key: one for one in tell(e, e.fact(("explained", s, i), partial(_explained, e, s, i)))}
    facts = [_fact(line) for key in IN_SIGHT if key in told for line in told[key].lines]
    parts = tuple(_step(e, told[key]) for key in FOLDED if key in told)
    return tuple(facts), parts, Link(e.t["explain"]["to_data"], f"{root}data-quality/index.html#read")


def _explained(e: Edition, s: int, i: int) -> Explanation:
    found = e.fact(("desk", i), lambda: desk(e.report, i))
    return explained(e.report, s, i, e.board.months.periods[month_due(e, s, i)], found)


def _step(e: Edition, told: Paragraph) -> Step:
    # The target's own facts stand higher up on the page.
    lines = () if told.key == "target" else told.lines
    table = _table(e, told, told.grid) if told.grid else None
    return Step(told.key, told.title, tuple(_fact(line) for line in lines), table, told.key in OPEN)


def _fact(line: Line) -> Fact:
    return Fact(line.label, code(line.text) if isinstance(line.text, Code) else line.text)


def _table(e: Edition, told: Paragraph, grid: Grid) -> Table:
    kinds = ["num" if n in grid.numbers else "" for n in range(len(grid.heads))]
    heads = [Head(text, kind) for text, kind in zip(grid.heads, kinds, strict=True)]
    rows: list[Sequence[str]] = [[code(c) if isinstance(c, Code) else c for c in row] for row in grid.rows]
    return marks.table(f"explain-{told.key}", told.title, heads, rows)
