"""The rows behind a figure in the words of one language: where they stand, and as many as were asked for."""

from collections.abc import Iterator

from kpisite.evaluate.explanation import Explanation
from kpisite.measure.taken import FileRows, RowsTaken, Value
from kpisite.render.edition import Edition
from kpisite.render.told import Code, Grid, Line, Paragraph, exact, period_text

# More files than these are only counted.
FILES = 12


def told_rows(e: Edition, x: Explanation) -> tuple[Paragraph, ...]:
    """Where the rows of all measures stand, then those of each measure and period that are listed."""
    if not x.rows:
        return ()
    return (_places(e, x.rows), *(_listed(e, one) for one in x.rows if one.listed or one.select))


def _places(e: Edition, taken: tuple[RowsTaken, ...]) -> Paragraph:
    head, words = e.t["head"], e.t["explain"]
    rows = tuple(row for one in taken for row in _rows(e, one))
    heads = (head["measure"], head["period"], words["rows_taken"], words["stand"])
    lines = (Line(words["rows_note"], words["rows_changed"]),) if any(one.is_changed for one in taken) else ()
    return Paragraph("rows", words["rows_title"], lines, Grid(heads, rows, (2,)))


def _rows(e: Edition, one: RowsTaken) -> Iterator[tuple[str, ...]]:
    period, number = period_text(e, one.period), e.tongue.number
    for file in one.files[:FILES]:
        yield Code(one.measure), period, number(file.rows, 0), Code(_where(file))
    if len(one.files) > FILES:
        rest = one.files[FILES:]
        more = e.t["explain"]["more_files"].format(n=number(len(rest), 0))
        yield Code(one.measure), period, number(sum(file.rows for file in rest), 0), more
    if one.select:
        yield Code(one.measure), period, number(one.rows, 0), e.t["explain"]["by_select"]


def _where(file: FileRows) -> str:
    first, *others = file.places or (file.path,)
    lines = [place.removeprefix(f"{file.path}:") for place in others]
    return ", ".join((first, *lines, *(() if file.is_all else ("…",))))


def _listed(e: Edition, one: RowsTaken) -> Paragraph:
    head, words = e.t["head"], e.t["explain"]
    title = words["rows_of"].format(measure=one.measure, period=period_text(e, one.period))
    lines = [Line(words["select"], Code(one.select))] if one.select else []
    if one.listed and len(one.listed) < one.rows:
        said = words["listed_of"].format(n=e.tongue.number(len(one.listed), 0), m=e.tongue.number(one.rows, 0))
        lines.append(Line(words["listed"], said))
    heads = (words["stand"], head["product"], head["period"], *map(Code, one.columns))
    rows = tuple(
        (
            Code(row.place),
            e.subjects[e.report.subject(row.product)],
            period_text(e, row.period),
            *_values(e, row.values),
        )
        for row in one.listed
    )
    numbers = tuple(range(3, 3 + len(one.columns)))
    return Paragraph("rows-of", title, tuple(lines), Grid(heads, rows, numbers) if rows else None)


def _values(e: Edition, values: tuple[Value, ...]) -> Iterator[str]:
    for value in values:
        yield "" if value is None else value if isinstance(value, str) else exact(e, value)
