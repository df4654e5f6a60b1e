"""What a version may be called, in site.yaml and on the command line alike."""

import pytest

from kpisite.declare.version_name import version_fault


@pytest.mark.parametrize("name", ["2026-07", "2026-Q3", "2026", "2026-07-r2", "2026-07-31", "board.final_2", "a" * 64])
def test_these_are_names(name):
    assert version_fault(name) is None


@pytest.mark.parametrize(
    "name", ["六月", "my release", 'a"b', "-x", "../evil", "/tmp/x", "2026/08", "", ".", "a" * 65, "a\n"]
)
def test_what_is_no_folder_name_is_refused(name):
    assert version_fault(name).what.startswith("a version is a folder's name")


@pytest.mark.parametrize("name", ["latest", "LATEST", "index.html", "versions.json", "versions.js", "2026-07-draft"])
def test_names_of_the_sites_own_files_are_refused(name):
    assert version_fault(name).what == f"the site itself uses the name '{name}'"


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2026-Q5", "2026-02-30", "2026-H3"])
def test_what_looks_like_a_period_and_is_none_is_refused(name):
    assert version_fault(name).what == f"'{name}' looks like a period and is none"


@pytest.mark.parametrize(("name", "label"), [("2026-7", "2026-07"), ("2026-S1", "2026-H1")])
def test_a_period_has_one_spelling(name, label):
    assert version_fault(name).hint == f"Write {label}."
