"""Every folder below tests/broken is a site that cannot be built; its expected.txt says exactly what its authors read."""

import shutil

import pytest

from kpisite.declare.read import read_site
from kpisite.errors import AuthorError, Problems
from tests.conftest import ROOT

CASES = sorted(path for path in (ROOT / "tests" / "broken").iterdir() if path.is_dir())


def told(config):
    """The lines that the authors of a site read."""
    with pytest.raises(AuthorError) as error:
        read_site(config, Problems())
    return str(error.value).splitlines()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_broken_site_says_what_to_mend(case, tmp_path):
    site = tmp_path / "site"
    shutil.copytree(case, site)

    lines = told(site / "site.yaml")

    assert lines == (case / "expected.txt").read_text(encoding="utf-8").splitlines()


def test_every_message_has_a_place_a_level_and_an_end():
    lines = [line for case in CASES for line in (case / "expected.txt").read_text(encoding="utf-8").splitlines()]

    strays = [line for line in lines if ": error: " not in line and ": warning: " not in line]

    assert not strays
    assert all(line.endswith((".", "?")) for line in lines)
