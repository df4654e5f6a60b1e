"""Which figure is meant: PRODUCT/INDICATOR[@PERIOD], product also line:<id> or bank."""

from kpisite.errors import did_you_mean
from kpisite.evaluate.explain import current, periods_of
from kpisite.evaluate.report import ABSENT, Report
from kpisite.periods import Period, PeriodError, parse

SHAPE = "Write PRODUCT/INDICATOR or PRODUCT/INDICATOR@PERIOD, like credit-card/npl-ratio@2025-12."


class AddressError(ValueError):
    """A figure that a report does not have; `hint` says what is near."""

    def __init__(self, what: str, hint: str = "") -> None:
        """Keep the hint beside the message."""
        self.hint = hint
        super().__init__(what)


def find(report: Report, address: str) -> tuple[int, int, Period]:
    """Subject and indicator by position, and the period (the report's own where none is named); else AddressError."""
    product, stroke, rest = address.partition("/")
    id_, at, label = rest.partition("@")
    if not (product and stroke and id_) or (at and not label):
        raise AddressError(f"'{address}' names no figure", SHAPE)
    subjects = [subject.id for subject in report.subjects]
    if product not in subjects:
        raise AddressError(f"there is no product '{product}'", did_you_mean(product, subjects))
    if id_ not in report.indicators:
        raise AddressError(f"there is no indicator '{id_}'", did_you_mean(id_, report.indicators))
    s, i = subjects.index(product), report.indicators.index(id_)
    if report.role[s, i] == ABSENT:
        carried = [one for one, role in zip(report.indicators, report.role[s], strict=True) if role != ABSENT]
        raise AddressError(f"'{product}' does not carry the indicator '{id_}'", did_you_mean(id_, carried))
    return s, i, _period(report, label) if label else current(report)


def _period(report: Report, label: str) -> Period:
    """A period in any accepted spelling; 2025-12-YTD may be written without its space."""
    held = periods_of(report)
    try:
        period = parse(label.upper().replace("-YTD", " YTD"), report.site.report.fiscal_year_starts)
    except PeriodError as error:
        raise AddressError(str(error), error.hint) from error
    found = held.get(period.label)
    if found is None:
        same = [known for known, one in held.items() if one.grain is period.grain]
        hint = f"It has {same[0]} to {same[-1]}." if same else f"Its grains are {', '.join(report.figures)}."
        raise AddressError(f"the report '{report.version}' has no period '{period.label}'", hint)
    return found
