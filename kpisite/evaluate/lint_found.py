"""What lint finds, as values, and what it looks at."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kpisite.declare.model import Indicator, Path, Product, Site, Target
from kpisite.errors import Place
from kpisite.evaluate.lint_rules import Level


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the rule, what it is about, and what was found in words for authors.

    `facts` are the numbers and ids of `kind`, from which the pages make their own sentence in each language.
    `accepted` is the reason of the exception that covers it; empty for an open finding.
    """

    rule: str
    level: Level
    kind: str
    product: str  # empty for a finding about an indicator or the site
    indicator: str
    place: Place
    what: str
    facts: Mapping[str, str | float]
    accepted: str = ""

    @property
    def about(self) -> str:
        """What it is about, as product/indicator, or as the one of them that it has."""
        return "/".join(part for part in (self.product, self.indicator) if part)


class Pair(NamedTuple):
    """A key indicator of a product with its targets, and which of them is in force in the report's period."""

    product_id: str
    product: Product
    indicator_id: str
    indicator: Indicator
    targets: tuple[Target, ...]
    at: int  # position of the target in force among them
    path: Path  # of the target in force

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"'{self.indicator_id}' of '{self.product_id}'"

    @property
    def target(self) -> Target:
        """The target in force in the report's period."""
        return self.targets[self.at]

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number that the target wants at one time or another; a range has two."""
        return tuple(
            number for level in self.target.levels for number in (level if isinstance(level, tuple) else (level,))
        )


def pairs(site: Site) -> Iterator[Pair]:
    """Every key indicator of every product, in the order in which they are declared."""
    month = site.report.period.last_month
    for id_, product in site.products.items():
        for indicator, targets in product.key.items():
            begun = [n for n, one in enumerate(targets) if one.from_ is None or one.from_.number <= month]
            at = begun[-1] if begun else 0
            path = ("products", id_, "key", indicator, at)
            yield Pair(id_, product, indicator, site.indicators[indicator], targets, at, path)


def found(site: Site, rule: str, level: Level, kind: str, what: str, path: Path, **facts: str | float) -> Finding:
    """A finding about what its path names: a product, one of its key indicators, an indicator, or the site."""
    of_product = path[:1] == ("products",)
    product = str(path[1]) if of_product else ""
    indicator = str(path[3]) if of_product and len(path) > 3 else str(path[1]) if path[:1] == ("indicators",) else ""
    return Finding(rule, level, kind, product, indicator, site.place(*path), what, facts)


def of_pair(findings: Iterable[Finding], product: str, indicator: str) -> tuple[Finding, ...]:
    """What was found about one figure: about the product's target, or about the indicator itself."""
    return tuple(one for one in findings if one.indicator == indicator and one.product in ("", product))
