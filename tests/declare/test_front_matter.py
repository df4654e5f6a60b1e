import pytest

from kpisite.declare.front_matter import Split, split
from kpisite.errors import Problems


def test_yaml_stands_between_two_lines_of_dashes():
    found = split("---\nname: Card\n---\n\nNotes.\n", "card.md", Problems())

    assert found == Split("name: Card\n", "Notes.\n", 5)


def test_without_front_matter_all_is_text():
    assert split("Notes.\n\nMore.", "card.md", Problems()) == Split(None, "Notes.\n\nMore.\n", 1)


@pytest.mark.parametrize("text", ["---\nname: Card\n---", "---  \nname: Card\n---\t\n\n\n"])
def test_the_text_may_be_missing(text):
    found = split(text, "card.md", Problems())

    assert found is not None
    assert (found.front, found.body) == ("name: Card\n", "")


def test_a_rule_further_down_is_text():
    found = split("---\na: 1\n---\nOne\n\n---\n\nTwo\n", "card.md", Problems())

    assert found is not None
    assert found.body == "One\n\n---\n\nTwo\n"


def test_front_matter_needs_an_end():
    problems = Problems()

    assert split("---\nname: Card\n\nNotes.\n", "card.md", problems) is None
    assert [str(problem) for problem in problems.found] == [
        "card.md:1:1: error: the front matter has no end. Close it with a line of ---."
    ]
