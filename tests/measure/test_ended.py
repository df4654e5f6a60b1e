"""A product that has ended: nothing of it is due afterwards, and lines and bank go on without it."""

import datetime as dt

import numpy as np
import pytest

from kpisite.errors import Problems
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.soundness import soundness
from kpisite.evaluate.warning import alerts
from kpisite.evaluate.working import desk, worked
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.periods import Grain, parse
from tests.measure.small import Figures, a_site, an_indicator, flow, months, problems_of, stock, write

LAST = "2025-05"
MEASURES = {
    "revenue": flow(),
    "opex": flow(),
    "balance": stock(),
    "averaged": stock("sum(balance)") | {"within": "average"},
    "clients": flow("count(distinct opex)", "count"),
}
INDICATORS = {
    "income": an_indicator("revenue", "flow", unit="cny", across="sum"),
    "cost": an_indicator("100 * opex / revenue", direction="lower"),
    "volume": an_indicator("balance", "stock", unit="cny"),
    "mean-volume": an_indicator("100 * revenue / averaged"),
    "opened": an_indicator("coalesce(revenue, opex) / opex"),
    "clients": an_indicator("clients", "flow", unit="count"),
    "growth": an_indicator("100 * yoy(revenue)"),
    "squared": an_indicator("max(revenue, opex)", "flow", unit="cny", across="sum"),
    "quarterly": an_indicator("100 * opex / revenue", cadence="quarter"),
}


def rows(last, *, others="2025-12"):
    """Card delivers up to its last month; loan and cash go on."""
    found = []
    for p, product in enumerate(("card", "loan", "cash")):
        for n, month in enumerate(months("2024-01", last if product == "card" else others)):
            day = (dt.date(int(month[:4]) + month.endswith("-12"), int(month[5:]) % 12 + 1, 1)) - dt.timedelta(days=1)
            row = {"product": product, "date": day.isoformat(), "revenue": 100 + 10 * p + n, "opex": 40 + n % 3}
            found.append(row | {"balance": 1000 * (p + 1) + n})
    return found


def the_site(ended=LAST, **more):
    key = {"cost": {"weight": 100, "target": 50, "tolerance": 5}}
    products = {
        id_: {
            "name": id_.title(),
            "line": line,
            "order": n,
            "key": key,
            "monitor": [i for i in INDICATORS if i != "cost"],
        }
        for n, (id_, line) in enumerate({"card": "retail", "loan": "retail", "cash": "corporate"}.items())
    }
    products["card"] |= {"ended": ended} if ended else {}
    products["cash"] |= {"ended": more.pop("cash_ended")} if "cash_ended" in more else {}
    return a_site(
        measures=MEASURES,
        indicators=INDICATORS,
        products=products,
        report={"period": "2025-12", "history": 24, "grains": ["month", "quarter", "year", "ytd"]}
        | more.pop("report", {}),
        sources={"monthly": {"file": "monthly.csv", "product": "product", "date": "date"}},
        **more,
    )


def series_of(folder, site, given):
    write(folder, given)
    problems = Problems()
    with open_tables(site, folder, dt.date(2026, 1, 31), problems) as tables:
        return measure(site, tables, problems)


def report_of(folder, site, given):
    series = series_of(folder, site, given)
    return evaluate(site, series, version="2025-12", title="x", as_of=dt.date(2026, 1, 31))


def test_after_its_last_month_a_product_has_ended_at_every_grain(tmp_path):
    found = Figures(series_of(tmp_path, the_site(), rows(LAST)))

    for indicator in INDICATORS:
        row = found.row("card", indicator)
        assert {row[month] for month in months("2025-06", "2025-12")} == {"ended"}, indicator
        assert found.value("card", indicator, "2025-Q2") == "ended"
        assert found.value("card", indicator, "2025-Q3") == "ended"
        assert found.value("card", indicator, "2025") == "ended"
        assert found.value("card", indicator, "2025-12 YTD") == "ended"
    assert found.value("card", "income", LAST) == 116
    assert found.value("card", "income", "2025-Q1") == 112 + 113 + 114
    assert found.value("card", "income", "2025-05 YTD") == 112 + 113 + 114 + 115 + 116
    assert found.value("card", "quarterly", "2025-02") == "not-due"
    assert found.value("card", "quarterly", "2025-07") == "ended"


def test_lines_and_bank_go_on_without_it(tmp_path):
    found = Figures(series_of(tmp_path, the_site(), rows(LAST)))

    assert found.value("line:retail", "income", LAST) == 116 + 126
    assert found.value("line:retail", "income", "2025-06") == found.value("loan", "income", "2025-06") == 127
    # Of a quarter and a year it is what was earned in them.
    assert found.value("line:retail", "income", "2025-Q2") == 115 + 116 + 125 + 126 + 127
    assert found.value("bank", "income", "2025-06 YTD") == sum(
        found.value(product, "income", month)
        for product, last in {"card": LAST, "loan": "2025-06", "cash": "2025-06"}.items()
        for month in months("2025-01", last)
    )
    assert found.value("bank", "volume", "2025-12") == 2023 + 3023
    for subject in ("line:retail", "bank"):
        for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.YTD):
            row = found.row(subject, "cost", grain)
            assert not [label for label, value in row.items() if isinstance(value, str)], (subject, grain)


def test_a_line_whose_products_have_all_ended_has_ended(tmp_path):
    found = Figures(series_of(tmp_path, the_site(cash_ended="2025-09"), rows(LAST)))

    for indicator in INDICATORS:
        assert found.value("line:corporate", indicator, "2025-10") == "ended", indicator
        assert found.value("line:corporate", indicator, "2025") == "ended"
    assert found.value("line:corporate", "income", "2025-09") == found.value("cash", "income", "2025-09")
    assert found.value("bank", "income", "2025-12") == found.value("loan", "income", "2025-12")


def test_a_running_period_is_that_of_those_who_go_on(tmp_path):
    site = the_site("2025-10", report={"period": "2025-11"})
    series = series_of(tmp_path, site, rows("2025-10", others="2025-11"))
    found = Figures(series)

    quarter = series.grains[Grain.QUARTER]
    t = [period.label for period in quarter.periods].index("2025-Q4")
    provisional = dict(
        zip(found.subjects, quarter.provisional[:, series.indicators.index("income"), t].tolist(), strict=True)
    )
    assert found.value("card", "income", "2025-Q4") == "ended"
    assert provisional == {"card": 0, "loan": 2, "cash": 2, "line:retail": 2, "line:corporate": 2, "bank": 2}
    assert found.value("line:retail", "income", "2025-Q4") == 121 + 131 + 132


def test_rows_after_the_end_do_not_count_and_are_told(tmp_path):
    write(tmp_path, rows("2025-07"))
    site = the_site()

    assert [text for text in problems_of(tmp_path, site) if "end" in text] == [
        "site.yaml: warning: 2 rows of 'card' in the source 'monthly' lie after its end in 2025-05. "
        "They are not shown. Is the end right?"
    ]
    after, without = (Figures(series_of(tmp_path, site, rows(last))) for last in ("2025-07", LAST))
    for subject in ("card", "line:retail", "bank"):
        for indicator in INDICATORS:
            for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.YTD):
                assert after.row(subject, indicator, grain) == without.row(subject, indicator, grain)


def test_a_source_that_lacks_only_what_has_ended_is_whole(tmp_path):
    write(tmp_path, rows(LAST))

    assert problems_of(tmp_path, the_site()) == []
    assert any("has 2 of its 3 products" in text for text in problems_of(tmp_path, the_site(None)))


@pytest.mark.parametrize("ended", [None, LAST])
def test_nothing_is_missing_of_what_has_ended(tmp_path, ended):
    report = report_of(tmp_path, the_site(ended), rows(LAST))

    late = [(one.product, one.raised.label) for one in alerts(report) if one.rule == "W7"]
    card, now = report.subject("card"), report.now()
    scores = report.scores[Grain.MONTH]
    bank = len(report.subjects) - 1
    delivered = {one.product: (one.delivered.part, one.delivered.whole) for one in soundness(report).products}
    complete = soundness(report).sources[0].complete[-1]
    if ended is None:
        assert ("card", "2025-06") in late
        assert complete.part < complete.whole
        return
    assert late == []
    assert np.isnan(scores.score[card, -1, now])
    assert scores.counts[card, -1, now].sum() == 0
    assert (scores.coverage[bank, -1, now], np.isnan(scores.score[bank, -1, now])) == (1.0, False)
    assert delivered["card"] == (0, 0)
    assert complete.part == complete.whole > 0


def test_warnings_of_a_product_end_with_it(tmp_path):
    given = [row | ({"opex": 90} if row["product"] == "card" and row["date"] > "2025-03" else {}) for row in rows(LAST)]
    report = report_of(tmp_path, the_site(), given)

    of_card = [one for one in alerts(report) if one.product == "card"]
    assert ("W1", "2025-03", "2025-06") in {(o.rule, o.raised.label, o.cleared and o.cleared.label) for o in of_card}
    assert all(one.cleared is not None for one in of_card)
    still = report_of(tmp_path, the_site("2025-12"), given)
    assert any(one.rule == "W1" and one.cleared is None for one in alerts(still) if one.product == "card")


def test_what_is_told_of_every_figure_is_how_it_came_about(tmp_path):
    report = report_of(tmp_path, the_site(), rows("2025-07"))

    checked, desks = 0, {i: desk(report, i) for i in range(len(report.indicators))}
    for grain, figures in report.figures.items():
        for s, i, t in np.argwhere(figures.value == figures.value).tolist():
            if report.subjects[s].level == "product" or report.indicators[i] not in (
                "income",
                "cost",
                "volume",
                "squared",
            ):
                continue
            how = worked(desks[i], s, figures.periods[t], int(figures.provisional[s, i, t]))
            assert how.term.value == pytest.approx(figures.value[s, i, t], rel=1e-12), (grain, s, i, t)
            checked += 1
    assert checked > 400


def test_a_product_does_not_end_before_its_launch():
    with pytest.raises(ValueError, match="'ended' lies before 'launched'"):
        a_site(products={"card": {"name": "Card", "line": "retail", "launched": "2025-03", "ended": "2025-02"}})
    assert (
        a_site(products={"card": {"name": "Card", "line": "retail", "launched": "2025-03", "ended": "2025-03"}})
        .products["card"]
        .lives_in(parse("2025-03"))
    )
