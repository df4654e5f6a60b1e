"""The example on real public data: every figure equals what pandas computes straight from the publisher's files."""

import datetime as dt
import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from kpisite.declare.read import read_site
from kpisite.errors import Problems
from kpisite.evaluate.evaluate import evaluate
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.measure.series import REASONS
from kpisite.periods import Grain, parse

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "credit-trends"
MARKETS = {"auto-loans": "AUT", "credit-cards": "CRC", "mortgages": "MTG", "student-loans": "STU"}
INDICATORS = (
    "originations",
    "dollar-volume",
    "originations-yoy",
    "average-loan",
    "subprime-share",
    "inquiry-index",
    "tightness-index",
)
# Version: folder of its vintage, report period, last month shown, day of the report; as in the example's Makefile.
VERSIONS = {
    "2018-10": ("2018-10-02", "2018-07", "2018-07", "2018-10-31"),
    "2019-03": ("2019-03-04", "2018-12", "2018-12", "2019-03-31"),
    "2019-12": ("2019-12-10", "2019-04", "2019-08", "2019-12-31"),
    "2024-12": ("2024-12-11", "2024-04", "2024-08", "2024-12-31"),
}


@cache
def report_of(version):
    """The report of one version, made in memory from the example's own declarations."""
    _, period, through, as_of = VERSIONS[version]
    problems = Problems()
    site = read_site(EXAMPLE / "site.yaml", problems)
    settings = site.report.model_copy(
        update={"version": version, "period": parse(period), "through": parse(through), "as_of": day(as_of)}
    )
    site = site.model_copy(update={"report": settings})
    tables = open_tables(site, EXAMPLE, day(as_of), problems)
    series = measure(site, tables, problems)
    problems.stop_if_any()
    return evaluate(site, series, version=version, title=version, as_of=day(as_of))


def day(text):
    return dt.date.fromisoformat(text)


def column(folder, product, prefix, name):
    """One column of one of the publisher's files, by month; an empty series where there is no such file."""
    path = EXAMPLE / "data" / folder / product / f"{prefix}_{MARKETS[product]}.csv"
    if not path.exists():
        return pd.Series(dtype=float)
    return pd.read_csv(path).set_index("date")[name]


@cache
def oracle(folder, product):
    """All indicators of a market by month, from the files alone; an indicator has no entry where a file has none."""
    number = column(folder, product, "num_data", "num_unadj")
    volume = column(folder, product, "vol_data", "vol_unadj")
    groups = pd.read_csv(EXAMPLE / "data" / folder / product / f"volume_data_Score_Level_{MARKETS[product]}.csv")
    wide = groups.pivot(index="date", columns="credit_score_group", values="vol_unadj")
    year_before = number.set_axis([f"{int(month[:4]) + 1}{month[4:]}" for month in number.index])
    return {
        "originations": number,
        "dollar-volume": volume,
        "originations-yoy": (100 * (number / year_before - 1)).dropna(),
        "average-loan": (volume / number).dropna(),
        "subprime-share": 100 * (wide["Deep subprime"] + wide["Subprime"]) / wide.sum(axis=1),
        "inquiry-index": column(folder, product, "inq_data", "unadjusted_inquiry_index"),
        "tightness-index": column(folder, product, "crt_data", "unadjusted_credit_tightness_index"),
    }


def shown(report, subject, indicator, grain=Grain.MONTH):
    """The figures of the report by the label of their period, missing ones left out."""
    figures = report.figures[grain]
    values = figures.value[report.subject(subject), report.indicator(indicator)].tolist()
    return {period.label: value for period, value in zip(figures.periods, values, strict=True) if not math.isnan(value)}


def close(expected):
    return pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("product", MARKETS)
@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_month_of_every_vintage_equals_the_publishers_file(version, product, indicator):
    folder, _, through, _ = VERSIONS[version]
    report = report_of(version)
    expected = oracle(folder, product)[indicator].to_dict()
    assert max(expected, default=through) <= through

    assert shown(report, product, indicator) == close(expected)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("product", MARKETS)
def test_every_frozen_version_holds_the_figures_of_its_vintage(version, product):
    rows = pd.read_csv(EXAMPLE / "releases" / version / "values" / f"{product}.csv", dtype={"period": str})
    months = rows[rows["period"].str.fullmatch(r"\d{4}-\d{2}") & rows["value"].notna()]

    frozen = {name: group.set_index("period")["value"].to_dict() for name, group in months.groupby("indicator")}

    expected = oracle(VERSIONS[version][0], product)
    assert frozen == {name: close(series.to_dict()) for name, series in expected.items() if len(series)}


def test_the_newest_version_shows_every_month_from_2005_on():
    periods = [period.label for period in report_of("2024-12").figures[Grain.MONTH].periods]

    assert periods == [str(month) for month in pd.period_range("2005-01", "2024-08", freq="M")]


def test_each_missing_month_has_its_reason():
    report = report_of("2024-12")

    assert reasons(report, "originations") == {
        "not-launched": ("2005-01", "2005-12"),
        "no-data": ("2024-05", "2024-08"),
    }
    assert reasons(report, "originations-yoy")["no-history"] == ("2006-01", "2006-12")
    assert reasons(report, "tightness-index") == {"no-data": ("2024-07", "2024-08")}


def reasons(report, indicator, product="auto-loans"):
    """The first and the last month of each reason."""
    figures = report.figures[Grain.MONTH]
    codes = figures.reason[report.subject(product), report.indicator(indicator)].tolist()
    months = {}
    for period, code in zip(figures.periods, codes, strict=True):
        months.setdefault(REASONS[code], []).append(period.label)
    return {reason: (found[0], found[-1]) for reason, found in months.items() if reason}


def quarters(series):
    """The series in whole quarters only."""
    index = [f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" for month in series.index]
    grouped = series.groupby(index)
    return grouped.sum()[grouped.count() == 3]


def provisional(report, subject, indicator):
    """The quarters that are made of some of their months only, and of how many."""
    figures = report.figures[Grain.QUARTER]
    counts = figures.provisional[report.subject(subject), report.indicator(indicator)].tolist()
    return {period.label: count for period, count in zip(figures.periods, counts, strict=True) if count}


@pytest.mark.parametrize("product", MARKETS)
def test_quarters_are_sums_ratios_of_sums_and_means_of_levels(product):
    report = report_of("2024-12")
    months = oracle("2024-12-11", product)
    number, volume = quarters(months["originations"]), quarters(months["dollar-volume"])

    assert shown(report, product, "originations", Grain.QUARTER) == close(number.to_dict())
    assert shown(report, product, "average-loan", Grain.QUARTER) == close((volume / number).to_dict())
    whole = (quarters(months["inquiry-index"]) / 3).to_dict()
    # The inquiries come up to August: the quarter that is running then is shown as the mean of its first two months.
    running = {"2024-Q3": months["inquiry-index"][["2024-07", "2024-08"]].mean()} if whole else {}
    assert shown(report, product, "inquiry-index", Grain.QUARTER) == close(whole | running)
    assert provisional(report, product, "inquiry-index") == dict.fromkeys(running, 2)


@pytest.mark.parametrize(
    ("subject", "members"),
    [
        ("line:secured", ("auto-loans", "mortgages")),
        ("line:unsecured", ("credit-cards", "student-loans")),
        ("bank", tuple(MARKETS)),
    ],
)
def test_lines_and_the_total_add_numbers_and_never_add_indices(subject, members):
    report = report_of("2024-12")
    number = sum(oracle("2024-12-11", product)["originations"] for product in members)
    year_before = number.set_axis([f"{int(month[:4]) + 1}{month[4:]}" for month in number.index])

    assert shown(report, subject, "originations") == close(number.to_dict())
    assert shown(report, subject, "originations-yoy") == close((100 * (number / year_before - 1)).dropna().to_dict())
    assert shown(report, subject, "inquiry-index") == {}
    assert shown(report, subject, "average-loan") == {}


# ------------------------------------------------------------------------------------------ the publisher's own text


def snapshot(folder):
    """What the publisher printed with a vintage, for the markets of this site."""
    text = json.loads((EXAMPLE / "data" / folder / "data_snapshot.json").read_text(encoding="utf-8"))
    return {market["market_key"]: market for market in text["markets"] if market["market_key"] in MARKETS.values()}


def half_up(value, decimals):
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def number_in_words(value):
    return f"{half_up(value / 1e6, 1)} million" if value >= 1e6 else f"{half_up(value, 0):,}"


def change_in_words(percent):
    return f"{abs(half_up(percent, 1))}% {'increase' if percent > 0 else 'decrease'}"


def growth(values, month):
    return 100 * (values[month] / values[f"{int(month[:4]) - 1}{month[4:]}"] - 1)


@pytest.mark.parametrize("version", ["2018-10", "2019-12", "2024-12"])
@pytest.mark.parametrize("product", MARKETS)
def test_our_unadjusted_figures_round_to_the_publishers_text(version, product):
    folder, period, _, _ = VERSIONS[version]
    report = report_of(version)
    printed = snapshot(folder)[MARKETS[product]]

    assert printed["data_month"][:7] == period
    assert number_in_words(shown(report, product, "originations")[period]) == printed["num_originations"]
    volume = half_up(shown(report, product, "dollar-volume")[period] / 1e9, 1)
    assert f"${volume} billion" == printed["value_originations"]
    assert change_in_words(shown(report, product, "originations-yoy")[period]) == printed["year_over_year_change"]


@pytest.mark.parametrize("version", ["2018-10", "2019-03", "2019-12", "2024-12"])
@pytest.mark.parametrize("product", ["auto-loans", "credit-cards", "mortgages"])
@pytest.mark.parametrize("kind", ["inquiry", "tightness"])
def test_the_growth_of_our_indices_rounds_to_the_publishers_text(version, product, kind):
    folder, *_ = VERSIONS[version]
    printed = snapshot(folder)[MARKETS[product]]
    levels = shown(report_of(version), product, f"{kind}-index")

    assert change_in_words(growth(levels, printed[f"{kind}_month"][:7])) == printed[f"{kind}_yoy_change"]
    assert max(levels) == printed[f"{kind}_month"][:7]


def test_the_text_of_march_2019_still_tells_the_figures_of_october_2018():
    assert snapshot("2019-03-04") == snapshot("2018-10-02")
    assert snapshot("2019-03-04")["STU"]["num_originations"] == "917,007"
    assert round(shown(report_of("2019-03"), "student-loans", "originations")["2018-07"]) == 685193


def test_what_the_about_page_says_of_revisions_is_so():
    old, new = report_of("2018-10"), report_of("2019-03")

    shares = {
        product: [f"{shown(report, product, 'subprime-share')['2018-07']:.1f}" for report in (old, new)]
        for product in ("auto-loans", "student-loans")
    }

    assert shares == {"auto-loans": ["16.7", "13.3"], "student-loans": ["34.7", "27.0"]}
    assert shown(report_of("2019-12"), "mortgages", "originations")["2014-11"] == 500000
    assert round(shown(report_of("2019-12"), "mortgages", "inquiry-index")["2018-08"]) == 50
    assert round(shown(report_of("2024-12"), "mortgages", "inquiry-index")["2018-08"]) == 92


def test_the_makefile_and_the_readme_name_the_versions_tested_here():
    commands = [
        f"release {version} --period {period} --through {through} --as-of {as_of}"
        for version, (_, period, through, as_of) in VERSIONS.items()
    ]

    for name in ("Makefile", "README.md"):
        assert re.findall(r"release 20.*", (EXAMPLE / name).read_text(encoding="utf-8")) == commands
