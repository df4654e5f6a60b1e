"""Every folder below tests/broken is a site that cannot be built; its expected.txt says exactly what its authors read."""

import shutil

import pytest
from click.testing import CliRunner

from kpisite.cli import main
from tests.conftest import ROOT

CASES = sorted(path for path in (ROOT / "tests" / "broken").iterdir() if path.is_dir())


def expected(case):
    return (case / "expected.txt").read_text(encoding="utf-8").splitlines()


def told(*arguments):
    """The lines that the authors of a site read before the command ends with 1."""
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    *lines, count = done.stderr.splitlines()
    errors = sum(": error: " in line for line in lines)
    assert count == f"{errors} problem{'s' * (errors != 1)}; nothing was changed."
    return lines


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_broken_site_says_what_to_mend_and_keeps_the_old_site(case, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(case, site)
    old = site / "public" / "versions.json"
    old.parent.mkdir()
    old.write_text("the last good site", encoding="utf-8")

    assert told("build", "-f", site / "site.yaml") == expected(case)
    assert told("check", "-f", site / "site.yaml") == expected(case)

    assert [path.relative_to(site).as_posix() for path in old.parent.rglob("*")] == ["public/versions.json"]
    assert old.read_text(encoding="utf-8") == "the last good site"


def test_every_message_has_a_place_a_level_and_an_end():
    lines = [line for case in CASES for line in expected(case)]

    strays = [line for line in lines if ": error: " not in line and ": warning: " not in line]

    assert not strays
    assert all(line.endswith((".", "?")) for line in lines)
