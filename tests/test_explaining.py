"""kpisite explain: the same facts in both languages, as JSON, and with an exit code that says what went wrong."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, copy_site, kpisite

HERE = Path(__file__).parent / "explained"
NUMBER = re.compile(r"\d[\d,.]*")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo bank's sources."""
    return copy_site(ROOT, tmp_path_factory.mktemp("demo"))


def explained(root, *arguments, check=True):
    return kpisite("explain", *arguments, "-f", root / "site.yaml", check=check)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["card-npl", "bank-growth"])
def test_the_text_is_as_it_was_read_by_a_person(demo, name, language):
    figure = {"card-npl": "credit-card/npl-ratio@2025-12", "bank-growth": "bank/revenue-growth-yoy@2025-Q4"}[name]

    done = explained(demo, figure, "--lang", language)

    assert done.stdout == (HERE / f"{name}.{language}.txt").read_text(encoding="utf-8")


def test_both_languages_tell_the_same_exact_numbers(demo):
    texts = [explained(demo, "sme-loan/ces@2025-09", "--lang", language).stdout for language in ("zh", "en")]

    zh, en = (sorted(n for n in NUMBER.findall(text) if len(n) > 4) for text in texts)

    assert zh == en


def test_json_has_every_step(demo):
    found = json.loads(explained(demo, "credit-card/npl-ratio", "--json").stdout)

    assert found["arithmetic"]["text"] == "100 * 748250000 / 36500000000"
    assert (found["value"], found["rounded"], found["status"]) == (2.05, "2.05", "amber")
    assert found["target"]["place"].startswith("content/products/credit-card.md:")
    assert found["definition"]["place"].startswith("content/indicators/risk.yaml:")
    assert [file["path"] for file in found["files"]][2] == "data/monthly/credit-card.csv"
    assert all(len(file["sha256"]) == 64 for file in found["files"])


def test_rows_are_listed_with_their_places_and_values(demo):
    found = json.loads(explained(demo, "credit-card/npl-ratio@2025-Q3", "--rows", "5", "--json").stdout)

    of = {one["measure"]: one for one in found["rows"]}
    (row,) = of["npl_balance"]["listed"]
    assert row["place"] == of["npl_balance"]["files"][0]["places"][0] == "data/monthly/credit-card.csv:34"
    assert (row["product"], row["period"]) == ("credit-card", "2025-09")
    assert (
        f"{row['values'][0]:.2f}"
        in (demo / "data/monthly/credit-card.csv").read_text(encoding="utf-8").splitlines()[33]
    )
    assert [one["value"] for one in found["measures"][0]["uses"]] == row["values"]


def test_the_rows_of_a_release_are_those_that_it_read_and_a_changed_file_is_told(demo, tmp_path):
    root = copy_site(demo, tmp_path / "site")
    figure = ("sme-loan/npl-ratio@2025-06", "--rows", "5", "--json", "--version")

    before, after = (json.loads(explained(root, *figure, version).stdout) for version in ("2025-10", "2025-11"))

    old, new = (found["rows"][0]["listed"][0] for found in (before, after))
    assert old["place"] != new["place"]
    for found, row in ((before, old), (after, new)):
        assert row["values"] == [found["measures"][0]["uses"][0]["value"]]
    assert not after["rows"][0]["is_changed"]
    with (root / "data/monthly/sme-loan.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    again = json.loads(explained(root, *figure, "2025-11").stdout)
    assert again["rows"][0]["is_changed"]
    assert again["rows"][0]["listed"] == after["rows"][0]["listed"]


def test_a_frozen_release_is_explained_without_its_data(demo, tmp_path):
    root = copy_site(demo, tmp_path / "site")
    for file in (root / "data" / "monthly").iterdir():
        file.unlink()

    found = json.loads(explained(root, "sme-loan/npl-ratio@2025-06", "--version", "2025-10", "--json").stdout)

    assert (found["frozen"], found["release"], found["rounded"]) == (True, "2025-10", "1.42")
    assert found["arithmetic"]["text"] == "100 * 595463253.22 / 41934031917.18"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["credit-crd/npl-ratio"], "there is no product 'credit-crd'. Did you mean 'credit-card'?"),
        (["credit-card/npl-rato"], "there is no indicator 'npl-rato'. Did you mean 'npl-ratio'?"),
        (["credit-card/npl-ratio@2031-01"], "has no period '2031-01'. It has 2023-01 to 2025-12."),
        (["credit-card/npl-ratio", "--version", "2025-1"], "there is no release '2025-1'. Did you mean '2025-1"),
        (["credit-card/npl-ratio", "--lang", "fr"], "the site has no language 'fr'."),
        (["nonsense"], "'nonsense' names no figure."),
    ],
)
def test_a_figure_that_is_not_there_ends_with_two_and_names_what_is_near(demo, arguments, words):
    done = explained(demo, *arguments, check=False)

    assert done.returncode == 2
    assert words in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_a_site_with_mistakes_ends_with_one(demo, tmp_path):
    root = copy_site(demo, tmp_path / "site")
    (root / "data" / "monthly" / "wealth.csv").write_text("product,period,as_of\n", encoding="utf-8")
    (root / "content" / "measures.yaml").write_text("measures: [\n", encoding="utf-8")

    done = explained(root, "credit-card/npl-ratio", check=False)

    assert done.returncode == 1
    assert "content/measures.yaml" in done.stderr
