"""Sites on real public data: every figure equals an independent computation with pandas to 1e-9.

The data stay where they are, beside the project; each test copies what its site below tests/real_sites reads.
"""

import math
import shutil

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT, kpisite

SITES = ROOT / "tests" / "real_sites"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Builds a site with its data put in place; its results.csv by product, indicator and period."""

    def build(name, **files):
        root = tmp_path_factory.mktemp(name) / name
        shutil.copytree(SITES / name, root)
        for target, source in files.items():
            (root / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / target)
        kpisite("build", "-q", "-f", root / "site.yaml")
        (table,) = root.glob("public/*/data/results.csv")
        return pd.read_csv(table, dtype={"period": str}).set_index(["product", "indicator", "period"]).sort_index()

    return build


def same(found, wanted):
    """Every expected figure is there and equal; wanted is keyed by product, indicator and period."""
    values = found.value.to_dict()
    assert wanted
    for key, value in wanted.items():
        assert math.isclose(values[key], value, rel_tol=1e-9), (key, values[key], value)


def values_of_products(found):
    """How many monthly figures products have."""
    periods, products = (found.index.get_level_values(level) for level in ("period", "product"))
    own = (products != "bank") & ~products.str.startswith("line:")
    return found[periods.str.fullmatch(r"\d{4}-\d\d") & own].value.notna().sum()


@pytest.fixture(scope="module")
def visits(realdata):
    return pd.read_csv(realdata / "nhs_ae" / "ae_attendances.csv", dtype={"type": str}).assign(
        month=lambda rows: rows.period.str[:7], product=lambda rows: rows.org_code.str.lower()
    )


@pytest.fixture(scope="module")
def departments(results, realdata):
    return results("nhs-ae", **{"data/ae_attendances.csv": realdata / "nhs_ae" / "ae_attendances.csv"})


class TestEmergencyDepartments:
    def figures(self, rows, keys):
        """The indicators of groups of rows, by the group and its period."""
        major = rows[rows.type == "1"].groupby(keys)[["attendances", "breaches"]].sum()
        total = rows.groupby(keys)[["attendances", "breaches", "admissions"]].sum()
        total, major = total[total.attendances > 0], major[major.attendances > 0]
        return {
            "attendances": total.attendances,
            "within-four-hours": 100 * (total.attendances - total.breaches) / total.attendances,
            "admission-rate": 100 * total.admissions / total.attendances,
            "within-four-hours-major": 100 * (major.attendances - major.breaches) / major.attendances,
        }

    def test_every_figure_of_274_providers_by_month(self, visits, departments):
        wanted = {
            (product, indicator, month): value
            for indicator, values in self.figures(visits, ["product", "month"]).items()
            for (product, month), value in values.items()
        }

        assert len(wanted) > 25_000
        same(departments, wanted)
        assert values_of_products(departments) == len(wanted)

    def test_a_month_is_green_where_95_of_100_were_seen_in_four_hours(self, departments):
        judged = departments[departments.status.isin(["green", "amber", "red"])].xs(
            "within-four-hours", level="indicator"
        )

        shown = judged.value.map(lambda value: math.floor(value * 10 + 0.5) / 10)

        assert set(judged.status) == {"green", "amber", "red"}
        assert ((shown >= 95) == (judged.status == "green")).all()
        assert ((shown < 90) == (judged.status == "red")).all()

    def test_the_whole_country_by_month_is_a_ratio_of_sums(self, visits, departments):
        whole = self.figures(visits, ["month"])

        # A month in which a provider that delivers now delivers nothing is incomplete, so it has no figure.
        here = departments.loc["bank"].value.dropna()
        wanted = {
            ("bank", indicator, month): whole[indicator][month]
            for indicator, month in here.index
            if month in whole[indicator]
        }
        same(departments, wanted)

    def test_fiscal_years_of_a_provider_that_delivered_every_month(self, visits, departments):
        rf4 = visits[visits["product"] == "rf4"].assign(
            year=lambda rows: pd.PeriodIndex(rows.month, freq="M").asfreq("Y-MAR").year
        )

        years = self.figures(rf4, ["year"])

        here = departments.loc["rf4", "within-four-hours"].value.dropna()
        whole_years = [label for label in here.index if "-" not in label and " " not in label]
        assert len(whole_years) == 3
        for label, year in zip(sorted(whole_years), (2017, 2018, 2019), strict=True):
            assert math.isclose(here[label], years["within-four-hours"][year], rel_tol=1e-9)


class TestTermDepositCampaigns:
    def test_every_figure_by_channel_and_for_all(self, realdata, results):
        source = realdata / "uci_bank_marketing" / "bank-additional.csv"
        found = results("bank-marketing", **{"data/2010-11/bank-additional.csv": source})
        calls = pd.read_csv(source, sep=";")
        calls = calls.assign(channel=calls.contact.map({"cellular": "mobile", "telephone": "landline"}))

        wanted = {}
        for subject, rows in (*calls.groupby("channel"), ("bank", calls)):
            again = rows[rows.previous > 0]
            figures = {
                "conversion-rate": 100 * (rows.y == "yes").sum() / len(rows),
                "calls": len(rows),
                "calls-per-client": rows.campaign.sum() / len(rows),
                "repeat-conversion": 100 * (again.y == "yes").sum() / len(again),
            } | ({"median-call": rows.duration.median()} if subject != "bank" else {})
            wanted |= {(subject, indicator, "2010-11"): value for indicator, value in figures.items()}

        assert len(wanted) == 14
        same(found, wanted)


class TestComplaints:
    def test_every_figure_of_14_scattered_months(self, realdata, results):
        source = realdata / "cfpb_complaints" / "consumer_complaints.csv"
        found = results("complaints", **{"data/consumer_complaints.csv": source})
        records = pd.read_csv(source, keep_default_na=False)
        received, sent = (
            pd.to_datetime(records[name], format="%m/%d/%Y") for name in ("Date received", "Date sent to company")
        )
        records = records.assign(
            month=received.dt.strftime("%Y-%m"),
            days=(sent - received).dt.days,
            product=records.Product.str.lower().str.replace(" ", "-"),
        )

        wanted = {}
        for (product, month), rows in records.groupby(["product", "month"]):
            answered = rows[rows["Consumer disputed?"] != ""]
            figures = {
                "complaints": len(rows),
                "timely-response": 100 * (rows["Timely response?"] == "Yes").sum() / len(rows),
                "days-to-forward": rows.days.sum() / len(rows),
            }
            if len(answered):
                figures["dispute-rate"] = 100 * (answered["Consumer disputed?"] == "Yes").sum() / len(answered)
            wanted |= {(product, indicator, month): value for indicator, value in figures.items()}

        same(found, wanted)
        assert values_of_products(found) == len(wanted)
        # Where nobody complained there is no rate, and never one of nought or of a hundred.
        assert found.loc[("mortgage", "timely-response", "2013-09"), "reason"] == "no-data"


class TestDevelopmentGoals:
    def test_every_headline_figure_of_39_open_sdg_files(self, realdata, results):
        data = realdata / "sdg_usa" / "data"
        declared = yaml.safe_load((SITES / "open-sdg" / "content" / "indicators.yaml").read_text(encoding="utf-8"))
        names = [f"indicator_{name.removeprefix('v_').replace('_', '-')}.csv" for name in declared["measures"]]
        found = results("open-sdg", **{f"data/{name}": data / name for name in names})

        wanted = {}
        for name in names:
            rows = pd.read_csv(data / name, encoding="utf-8-sig")
            parts = [c for c in rows if c not in ("Year", "Value", "Units") and not c.startswith("Unnamed")]
            headline = rows[rows[parts].isna().all(axis=1)] if parts else rows
            indicator = f"sdg-{name.removeprefix('indicator_').removesuffix('.csv')}"
            wanted |= {
                ("usa", indicator, str(year)): value for year, value in zip(headline.Year, headline.Value, strict=True)
            }

        assert len(names) == 39
        assert len(wanted) > 800
        same(found, wanted)
        years = found.xs("usa").value.dropna().index.get_level_values("period")
        assert years.str.fullmatch(r"\d{4}").sum() == len(wanted)
