"""The command line: exit codes, words, and where it looks."""

import json

import pytest
from click.testing import CliRunner

from kpisite.cli import main
from tests.conftest import ROOT, kpisite

SITE = """\
site: {title: 示例, languages: [zh]}
report: {period: 2025-02, history: 2}
sources:
  monthly: {file: data/monthly.csv, product: product, period: period}
lines: {retail: {name: 零售}}
families: {loyalty: {name: 忠诚度, order: 1, perspective: customer}}
measures:
  answers: {source: monthly, kind: flow, unit: count}
  happy: {source: monthly, kind: flow, unit: count}
indicators:
  csat: {name: 满意度, family: loyalty, formula: 100 * happy / answers, unit: pct, decimals: 1, direction: higher, kind: ratio}
products:
  card:
    name: 信用卡
    line: retail
    key: {csat: {weight: 100, target: 80, tolerance: 5}}
"""
DATA = "product,period,answers,happy\ncard,2025-01,100,81\ncard,2025-02,200,156\n"


@pytest.fixture
def site(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")
    (tmp_path / "data" / "monthly.csv").write_text(DATA, encoding="utf-8")
    return tmp_path


def test_a_site_of_two_files_builds(site):
    done = kpisite("build", cwd=site)

    assert "files written" in done.stdout
    assert done.stdout.rstrip().endswith("public/index.html")
    results = (site / "public/2025-02/data/results.csv").read_text(encoding="utf-8").splitlines()
    assert any(row.startswith("card,csat,2025-02,78") and ",amber," in row for row in results)


def test_the_configuration_is_searched_upwards(site):
    (site / "content" / "deep").mkdir(parents=True)

    kpisite("build", "-q", cwd=site / "content" / "deep")

    assert (site / "public" / "index.html").is_file()


def test_findings_end_with_one_and_nothing_is_written(site):
    (site / "site.yaml").write_text(SITE.replace("happy / answers", "hapy / answers"), encoding="utf-8")

    done = kpisite("build", cwd=site, check=False)

    assert done.returncode == 1
    assert "Did you mean 'happy'?" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site / "public").exists()


def test_a_wrong_option_ends_with_two(site):
    assert kpisite("build", "--nonsense", cwd=site, check=False).returncode == 2


def test_no_configuration_at_all_ends_with_two(tmp_path):
    done = kpisite("build", cwd=tmp_path, check=False)

    assert done.returncode == 2
    assert "site.yaml" in done.stderr


def test_check_lists_findings_as_json(site):
    (site / "site.yaml").write_text(SITE.replace("weight: 100", "weight: 90"), encoding="utf-8")

    done = kpisite("check", "--json", cwd=site, check=False)

    (finding,) = json.loads(done.stdout)
    assert finding["level"] == "error"
    assert finding["file"] == "site.yaml"
    assert finding["line"] > 0


def test_check_speaks_to_a_ci_run(site):
    (site / "site.yaml").write_text(SITE.replace("weight: 100", "weight: 90"), encoding="utf-8")

    done = kpisite("check", "--format", "github", cwd=site, check=False)

    assert done.stdout.startswith("::error file=site.yaml,line=")


def test_check_of_a_site_with_doubts_only_ends_with_zero(site):
    (site / "site.yaml").write_text(SITE.replace("line: retail\n", "line: retail\n    owner: 李\n"), encoding="utf-8")

    done = kpisite("check", cwd=site)

    assert done.stdout.splitlines()[-1] == "No errors."
    assert "K-1 'card' has 1 key indicators" in done.stderr


def test_check_counts_doubts_when_it_is_strict(site):
    (site / "site.yaml").write_text(SITE.replace("line: retail\n", "line: retail\n    owner: 李\n"), encoding="utf-8")

    assert kpisite("check", "--strict", cwd=site, check=False).returncode == 1


def test_check_tells_programs_why_and_how(site):
    done = kpisite("check", "--json", cwd=site, check=False)

    (finding,) = [one for one in json.loads(done.stdout) if one["level"] == "error"]
    assert done.returncode == 1
    assert (finding["code"], finding["line"]) == ("T-S1", 16)
    assert finding["hint"] == f"{finding['why']} {finding['how']}"


def test_a_product_without_key_indicators_is_a_doubt(site):
    key = "key: {csat: {weight: 100, target: 80, tolerance: 5}}"
    (site / "site.yaml").write_text(SITE.replace(key, "monitor: [csat]"), encoding="utf-8")

    done = kpisite("check", cwd=site, check=False)

    assert "K-1 'card' has 0 key indicators" in done.stderr


def test_a_release_is_frozen_once(site):
    kpisite("release", "2025-02", cwd=site)

    again = kpisite("release", "2025-02", cwd=site)
    (site / "data" / "monthly.csv").write_text(DATA.replace("156", "190"), encoding="utf-8")
    changed = kpisite("release", "2025-02", cwd=site, check=False)

    assert "Frozen into releases/2025-02" in again.stdout
    assert changed.returncode == 1
    assert "2025-02" in changed.stderr


@pytest.mark.parametrize("version", ["六月", "../evil", "a/b", "latest", "2025-13", "x" * 300])
def test_a_release_is_not_made_under_what_is_no_name(site, version):
    before = sorted(path for path in site.parent.rglob("*"))

    done = kpisite("release", version, cwd=site, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("VERSION: error: ")
    assert "Traceback" not in done.stderr
    assert sorted(path for path in site.parent.rglob("*")) == before


def test_a_review_of_what_was_never_released_is_doubted(site):
    review = "reviews: [{release: 2025-01, product: card, role: r, person: p, on: 2025-02-05, verdict: signed}]\n"
    (site / "site.yaml").write_text(SITE, encoding="utf-8")
    (site / "content").mkdir()
    (site / "content" / "reviews.yaml").write_text(review, encoding="utf-8")

    done = kpisite("check", "--no-pages", cwd=site, check=False)

    place = "content/reviews.yaml:1:21: warning: "
    assert f"{place}there is no version '2025-01' that could have been reviewed. Known: 2025-02." in done.stderr


def test_a_release_shows_its_figures_after_the_data_changed(site):
    kpisite("release", "2025-02", cwd=site)
    frozen = (site / "releases/2025-02/values/card.csv").read_text(encoding="utf-8")
    (site / "data" / "monthly.csv").write_text(DATA.replace("156", "190"), encoding="utf-8")

    kpisite("build", "-q", cwd=site)

    released = (site / "public/2025-02/data/results.csv").read_text(encoding="utf-8")
    draft = (site / "public/2025-02-draft/data/results.csv").read_text(encoding="utf-8")
    assert "card,csat,2025-02,78" in released
    assert "card,csat,2025-02,95" in draft
    assert (site / "releases/2025-02/values/card.csv").read_text(encoding="utf-8") == frozen


def test_list_shows_the_open_warnings_the_most_severe_first(site):
    rows = json.loads(kpisite("list", "warnings", "--json", cwd=site).stdout)

    severities = ["critical", "high", "medium", "info"]
    assert rows
    assert all(set(row) >= {"id", "rule", "severity", "product", "indicator", "raised"} for row in rows)
    order = [severities.index(row["severity"]) for row in rows]
    assert order == sorted(order)


def test_list_shows_what_is_declared(site):
    rows = json.loads(kpisite("list", "indicators", "--json", cwd=site).stdout)

    assert [row["id"] for row in rows] == ["csat"]


def test_a_folder_with_other_files_is_not_replaced(site):
    other = site / "holiday"
    other.mkdir()
    (other / "photo.jpg").write_bytes(b"x")

    done = kpisite("build", "-d", other, cwd=site, check=False)

    assert done.returncode == 1
    assert "would be replaced" in done.stderr
    assert (other / "photo.jpg").read_bytes() == b"x"


def test_the_sources_are_not_built_over(site):
    done = kpisite("build", "-d", site, cwd=site, check=False)

    assert done.returncode == 1
    assert (site / "site.yaml").is_file()


def test_diff_tells_what_differs_between_two_versions():
    done = CliRunner().invoke(main, ["diff", "2025-10", "2025-11", "-f", str(ROOT / "site.yaml")])

    assert done.exit_code == 0
    assert "  sme-loan npl-ratio 2025-06: 1.42 green -> 1.63 amber" in done.stdout.splitlines()


def test_diff_as_json_can_be_read_by_programs():
    done = CliRunner().invoke(main, ["diff", "2025-10", "2025-11", "--json", "-f", str(ROOT / "site.yaml")])

    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert found["after"] == {"version": "2025-11", "period": "2025-11", "as_of": found["after"]["as_of"]}
    assert any(one["indicator"] == "npl-ratio" for one in found["restated"])


def test_diff_of_a_version_that_is_not_there_names_the_nearest():
    done = CliRunner().invoke(main, ["diff", "2025-1", "2025-11", "-f", str(ROOT / "site.yaml")])

    assert done.exit_code == 2
    assert "no version is called '2025-1'. Did you mean '2025-1" in done.stderr
