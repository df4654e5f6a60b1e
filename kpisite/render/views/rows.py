"""The columns that tables of figures share, each for all of its rows at once."""

from collections.abc import Sequence

from markupsafe import Markup

from kpisite.render import marks
from kpisite.render.cells import Cell, Places
from kpisite.render.edition import Edition
from kpisite.render.headlines import weight_text

# A list longer than this shows the rows that need it most; the whole of it is in the data.
LONGEST = 100


def longest(e: Edition, shown: int, total: int) -> str:
    """What to say below a list that does not show all of its rows."""
    return str(e.t["say"]["longest"].format(shown=shown, total=total)) if shown < total else ""


def figure_column(e: Edition, at: Places, names: Sequence[str], root: str) -> list[Markup]:
    """The names of the rows, each leading to its figure."""
    return marks.anchor_column(names, [e.to_figure(s, i, root) for s, i in at.pairs()])


def judged_columns(shown: Sequence[Cell]) -> tuple[tuple[str, ...], ...]:
    """Value, target, gap, status and score."""
    return tuple(zip(*shown, strict=True))[:5] or ((),) * 5


def weight_column(e: Edition, at: Places) -> list[str]:
    """What the figures weigh; a site has few different weights."""
    found = e.board.months.weight[at.subjects, at.indicators, e.board.now].tolist()
    texts = {weight: weight_text(e, weight) for weight in set(found)}
    return [texts[weight] for weight in found]
