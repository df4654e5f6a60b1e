"""Make the frozen releases of the demo bank and of the examples anew, in their order: python -m tests.refreeze

For a change that is meant to change what a release holds; read `git diff releases` before it is kept.
"""

import re
import shutil

from tests.conftest import ROOT, kpisite

COMMAND = re.compile(r"^kpisite release (\S+(?: --\S+ \S+)*)$", re.MULTILINE)
# Each site, and the page of its documentation that says how its releases are made.
SITES = {
    ROOT: ROOT / "docs" / "how-to" / "release.md",
    ROOT / "examples" / "credit-trends": ROOT / "examples" / "credit-trends" / "README.md",
}


def refreeze():
    for site, page in SITES.items():
        shutil.rmtree(site / "releases", ignore_errors=True)
        for arguments in COMMAND.findall(page.read_text(encoding="utf-8")):
            kpisite("release", *arguments.split(), "-q", "-f", site / "site.yaml")


if __name__ == "__main__":
    refreeze()
