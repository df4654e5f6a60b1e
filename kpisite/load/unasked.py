"""The labels of a long table that no measure asks for: told with the nearest one, or counted and left out."""

from collections import Counter
from collections.abc import Collection

from kpisite.errors import did_you_mean
from kpisite.load import engine_duckdb as engine
from kpisite.load.account import Left
from kpisite.load.columns import measure_labels
from kpisite.load.header import fold
from kpisite.load.labels import BadLabel
from kpisite.load.scope import Scope
from kpisite.load.staging import Staged

# Labels that are named before the others are counted together.
MOST = 50


def unknown_measures(scope: Scope, source: str, staged: Staged) -> dict[str, BadLabel]:
    """The labels of a long source that no measure asks for."""
    known, field = measure_labels(scope.site, source), _field(scope, source, staged)
    if known is None or not field:
        return {}
    query = f"SELECT DISTINCT coalesce({field}, '') FROM {engine.name(staged.table)}"
    labels = sorted(row[0] for row in scope.connection.execute(query).fetchall())
    return unknown(labels, known)


def unknown(labels: Collection[str], known: Collection[str]) -> dict[str, BadLabel]:
    """Those of the labels that are not known, and what to do about each."""
    found = {label: fold(label) for label in labels if label not in known}
    return {
        label: BadLabel(f"no measure is called '{name}'", did_you_mean(name, known))
        if name
        else BadLabel("the row names no measure", "Delete it, or fill in the measure.")
        for label, name in found.items()
    }


def count_unasked(scope: Scope, source: str, staged: Staged, labels: Collection[str]) -> Left:
    """The rows of such labels, by file, among those that would count otherwise."""
    field, left = _field(scope, source, staged), Left()
    if not field or not labels:
        return left
    query = (
        f"SELECT file, coalesce({field}, '') AS label, count(*) FROM {engine.name(staged.table + '_rows')} "
        "GROUP BY ALL ORDER BY ALL"
    )
    of_label: Counter[str] = Counter()
    found = [row for row in scope.connection.execute(query).fetchall() if row[1] in labels]
    for _, label, count in found:
        of_label[label] += count
    named = {label for label, _ in of_label.most_common(MOST)}
    for file, label, count in found:
        left[file, "unknown-measure", label if label in named else ""] += count
    return left


def _field(scope: Scope, source: str, staged: Staged) -> str:
    """The staged column of the measures' labels; "" where there is none."""
    measure = scope.site.sources[source].measure
    if measure is None or fold(measure) not in staged.columns:
        return ""
    return f"c{list(staged.columns).index(fold(measure))}"
