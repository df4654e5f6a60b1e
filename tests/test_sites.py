"""Every folder below tests/sites is a small site; its expected/ holds the tables that it must give, byte for byte.

After a change that is meant: python -m tests.test_sites writes what is given now; read the difference before it is kept.
"""

import re
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT, copy_site, kpisite

SITES = ROOT / "tests" / "sites"
CASES = sorted(path for path in SITES.iterdir() if path.is_dir())
TABLES = ("results.csv", "scores.csv", "warnings.csv")
LINT = "lint.txt"


def built(case, folder):
    """The public folder of a case, built by the real command."""
    root = copy_site(case, folder / case.name)
    kpisite("build", "-q", "-f", root / "site.yaml")
    return root / "public"


def findings(done):
    """What lint found, without why and how, and any other error; what loading warns of is told elsewhere."""
    lines = [line for line in done.stderr.splitlines() if re.search(r": error: |: (warning|info): [TKDL]-", line)]
    return "".join(f"{line.partition('. ')[0]}\n" for line in lines)


def data_of(public):
    (version,) = [path for path in public.iterdir() if path.is_dir() and path.name != "latest"]
    return version / "data"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_site_gives_its_tables(case, tmp_path):
    data = data_of(built(case, tmp_path))

    for name in TABLES:
        assert (data / name).read_text(encoding="utf-8") == (case / "expected" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_check_finds_what_lint_should_and_no_broken_link(case, tmp_path):
    root = copy_site(case, tmp_path / case.name)

    done = kpisite("check", "-f", root / "site.yaml", check=False)

    expected = (case / "expected" / LINT).read_text(encoding="utf-8")
    assert findings(done) == expected
    assert done.returncode == (": error: " in expected)


def test_what_authors_write_stays_text(tmp_path):
    public = built(SITES / "hostile-names", tmp_path)

    pages = [path.read_text(encoding="utf-8") for path in public.rglob("*.html")]

    assert pages
    for html in pages:
        assert "<script>alert" not in html
        assert not re.search(r"<[^>]+\s(on\w+|style)=", html)
        assert 'href="javascript:' not in html
        assert "<style" not in html
    scorecard = next(public.glob("2025-02/en/products/card/index.html")).read_text(encoding="utf-8")
    assert "{{ 7*7 }}" in scorecard
    assert "{{ page.lang }}" in scorecard


def accept():
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            data = data_of(built(case, Path(folder)))
            (case / "expected").mkdir(exist_ok=True)
            for name in TABLES:
                (case / "expected" / name).write_bytes((data / name).read_bytes())
            found = findings(kpisite("check", "-f", case / "site.yaml", check=False))
            (case / "expected" / LINT).write_text(found, encoding="utf-8")
    print(f"{len(CASES)} sites written; read the difference")


if __name__ == "__main__":
    sys.exit(accept())
