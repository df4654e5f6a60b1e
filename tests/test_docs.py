"""The documentation says what is true: its reference is current, its tutorial builds, its links land."""

import importlib.util
import re

import pytest
import yaml

from tests.conftest import ROOT, kpisite

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name(path):
    return path.relative_to(ROOT).as_posix()


def test_the_reference_of_declarations_is_current():
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "docs" / "make_reference.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)

    assert maker.PAGE.read_text(encoding="utf-8") == maker.page(), "run: python docs/make_reference.py"


def test_the_reference_of_lint_is_made_of_its_rules():
    spec = importlib.util.spec_from_file_location("make_lint", ROOT / "docs" / "make_lint.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)

    assert maker.PAGE.read_text(encoding="utf-8") == maker.page(), "run: python docs/make_lint.py"


def test_the_tutorial_builds_what_it_says(tmp_path):
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for path, content in re.findall(r"`([\w/.]+)`:\n\n```\w+\n(.*?)```", text, flags=re.S):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content, encoding="utf-8")

    kpisite("build", cwd=tmp_path)

    results = (tmp_path / "public/2025-03/data/results.csv").read_text(encoding="utf-8")
    scores = (tmp_path / "public/2025-03/data/scores.csv").read_text(encoding="utf-8")
    assert re.search(r"^card,csat,2025-03,81\.2\d+,80(\.0)?,1\.\d+,green,116", results, flags=re.M)
    assert re.search(r"^card,overdue-ratio,2025-03,2\.64\d+,2\.5,0\.\d+,amber,85", results, flags=re.M)
    assert re.search(r"^card,composite,2025-03,103\.6,green", scores, flags=re.M)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_link_of_the_documentation_lands(path):
    for link in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
        if not link.startswith(("https://", "http://", "mailto:")):
            assert (path.parent / link).exists(), link


def test_the_readme_begins_with_the_two_commands():
    for file in ("README.md", "README.zh.md"):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(r"\A# kpisite\n\n```sh\nmake site .*\nmake test .*\n```", text)


def test_the_glossary_knows_the_words_of_the_command_line():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for word in ("indicator", "product", "plan", "practice", "measure", "source", "release", "draft"):
        assert f"`{word}`" in text


def test_the_reference_names_every_unit_that_has_words():
    page = (ROOT / "docs" / "reference" / "declarations.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith("| `unit`") and "one of `units`" in line]
    words = yaml.safe_load((ROOT / "kpisite/themes/plain/locale/en.yaml").read_text(encoding="utf-8"))

    named = row.split("|")[4].partition(", or one of")[0]

    assert [unit.strip() for unit in named.split(",")] == list(words["units"])
