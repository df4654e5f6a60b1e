"""Files of records that were delivered twice: rows of records are all counted, so a copy doubles the figures."""

from collections.abc import Sequence
from itertools import groupby

from kpisite.errors import Place, Problems
from kpisite.load.columnfile import ColumnFile
from kpisite.load.staging import Part


def refuse_copies(parts: Sequence[Part], problems: Problems) -> None:
    """Each file that holds the same bytes as another one about the same product and period; empty ones do no harm."""

    def bulk(part: Part) -> tuple[str, int]:
        return str(part.delivery.what), part.text.size

    for _, group in groupby(sorted(parts, key=lambda part: (bulk(part), part.number)), key=bulk):
        alike = list(group)
        first: dict[str, Part] = {}
        for part in alike if len(alike) > 1 else ():
            original = first.setdefault(part.text.sha256, part)
            if original is not part and _has_rows(part):
                what = f"the file holds the same as '{original.text.path}', so that its rows would be counted twice"
                problems.error(Place(part.text.path), what, "Remove one of the two.", "source-file-twice")


def _has_rows(part: Part) -> bool:
    if isinstance(part.text, ColumnFile):
        return True
    return any(line.strip() for number, line in enumerate(part.text.lines(), 1) if number > part.header.line)
