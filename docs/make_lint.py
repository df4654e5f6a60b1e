"""Writes docs/reference/lint.md from the table of lint's rules: python docs/make_lint.py."""

import sys
from pathlib import Path

from kpisite.evaluate.lint_rules import RULES, Rule

PAGE = Path(__file__).parent / "reference" / "lint.md"
HEAD = """\
# Lint

<!-- Written by docs/make_lint.py from kpisite/evaluate/lint_rules.py; do not edit. -->

`kpisite check` looks over targets (T), the choice of key indicators (K), definitions (D) and lint's own exceptions (L).
Each finding has the rule's id, its place, what was found, why it matters and how to mend it.
Errors end with exit code 1; `--strict` also makes warnings fail; infos never do.
A build says nothing of lint: it builds what is declared.
What the build itself refuses is not told twice; the column *by the build* names the codes of those errors.

Rules about figures (T-M1, T-M3, T-A2, T-A3, T-R2, K-5) look at the months up to the report's period.
D-2 and D-3 compare with the newest frozen release.
The letters of SMART stand on the page of each key figure under "Target quality".

"""
TAIL = """\
## Exceptions

A finding that is meant to be so is excepted in `site.yaml`, with its reason:

```yaml
lint:
  ignore:
    - {rule: K-4, where: mortgage, reason: Only lagging figures are reported for mortgages until 2026}
    - {rule: T-S2, where: credit-card/nps, reason: The wording was agreed by the committee}
```

`where` is a product, an indicator, or `product/indicator`; without it the exception holds everywhere.
An exception without a reason is an error (L-1) and hides nothing; one that covers nothing is a warning (L-2).
On the pages an excepted finding is shown with its reason and counts as met.
Exceptions are no part of a release: adding one does not change what was published, and released pages show the doubt.
"""


def page() -> str:
    """The whole page as text."""
    rows = ["| rule | level | finds | by the build |", "| --- | --- | --- | --- |"]
    rows += [f"| [{one.id}](#{one.id.lower()}) | {_levels(one)} | {one.finds} | {_codes(one)} |" for one in RULES]
    return HEAD + "\n".join(rows) + "\n\n" + "\n".join(_section(one) for one in RULES) + "\n" + TAIL


def _section(rule: Rule) -> str:
    return f"## {rule.id}\n\nFinds {rule.finds}.\n\n*Why:* {rule.why}\n\n*How to mend it:* {rule.how}\n"


def _levels(rule: Rule) -> str:
    return ", ".join(rule.levels)


def _codes(rule: Rule) -> str:
    return ", ".join(f"`{code}`" for code in rule.by_build)


def write() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"docs/reference/{PAGE.name} written\n")


if __name__ == "__main__":
    sys.exit(write())
