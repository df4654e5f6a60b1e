"""What the command line does, for notebooks and programs; tables come as pandas DataFrames.

from kpisite import api

report = api.evaluate("site.yaml")
api.results(report).query("status == 'red'")
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING

from kpisite import build as pipeline
from kpisite import explaining
from kpisite.build import Built
from kpisite.errors import Problems
from kpisite.evaluate.explanation import Explanation
from kpisite.evaluate.report import Report
from kpisite.publish.exports import exports

if TYPE_CHECKING:  # pandas takes half a second to import: only who asks for a table pays
    import pandas as pd


def build(config: str | Path, folder: str | Path | None = None) -> Built:
    """Build the site into the folder (default: public beside site.yaml); raise AuthorError if it cannot be right."""
    file = Path(config).resolve()
    return pipeline.build(file, Path(folder).resolve() if folder else file.parent / "public")


def evaluate(config: str | Path) -> Report:
    """Judge the working state of a site without writing anything; raise AuthorError if it cannot be right."""
    return pipeline.report_of(Path(config).resolve(), Problems())


def results(report: Report) -> "pd.DataFrame":
    """Every product x indicator x period: the columns of results.csv."""
    return _table(report, "results.csv")


def scores(report: Report) -> "pd.DataFrame":
    """Every product x family x period: the columns of scores.csv."""
    return _table(report, "scores.csv")


def actions(report: Report) -> "pd.DataFrame":
    """Every action of every plan: the columns of actions.csv."""
    return _table(report, "actions.csv")


def warnings(report: Report) -> "pd.DataFrame":
    """Every warning, open or cleared: the columns of warnings.csv."""
    return _table(report, "warnings.csv")


def explain(report: Report, figure: str) -> Explanation:
    """Where a figure (PRODUCT/INDICATOR or PRODUCT/INDICATOR@PERIOD) comes from; AddressError if there is none."""
    return explaining.explanation(report, figure)


# Columns that are text even where every entry looks like a number or is empty.
_TEXTS = (
    "product", "indicator", "family", "period", "status", "signal", "reason", "target", "provisional",
    "id", "rule", "severity", "raised", "cleared", "breach", "detail",
)  # fmt: skip


def _table(report: Report, name: str) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(
        io.BytesIO(exports(report)[name]),
        dtype=dict.fromkeys(_TEXTS, "str"),
        keep_default_na=False,
        na_values=[""],
    )
