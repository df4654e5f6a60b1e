"""The blocks of a figure's page that tell signal from noise and what lies ahead, and their charts."""

import json
import re

import pytest

from kpisite.evaluate.report import ASSURANCES, VARIATIONS
from kpisite.render import charts
from kpisite.render.charts_signal import SignalChart
from kpisite.render.marks import signal
from kpisite.render.views.figure import figure_page
from kpisite.render.views.methodology import methodology
from tests.factories import a_report, a_site, an_indicator
from tests.render.small import in_language

WORDS = dict.fromkeys(("value", "target", "period", "mean", "upper", "lower", "expected", "signal", "common"), "w")


def a_chart(**more):
    given = {
        "id": "signal", "title": "波动", "unit": "%", "periods": ("1", "2", "3"), "values": (1.0, None, 3.0),
        "displays": ("1", "", "3"), "mean": (2.0, 2.0, 2.5), "lower": (0.0, 0.0, 1.0), "upper": (4.0, 4.0, 5.0),
        "trial": (False, False, True), "targets": (2.5,) * 3, "targets_high": (None,) * 3,
        "marks": ("common", "", "improvement"), "expected": (None,) * 3, "fan_low": (None,) * 3,
        "fan_high": (None,) * 3, "decimals": 1, "words": WORDS,
    }  # fmt: skip
    return SignalChart(**given | more)


def test_signals_have_a_shape_of_their_own_and_trial_limits_are_dashed():
    drawn = charts.signal(a_chart())

    assert drawn.count('href="#mark-improvement"') == 1
    assert drawn.count('href="#mark-common"') == 1
    assert '<path class="bound" d="M0.0' in drawn
    assert '<path class="bound trial" d="M666.7' in drawn
    assert 'class="fan"' not in drawn


def test_a_mean_breaks_where_limits_are_computed_anew():
    mean = re.search(r'<path class="mean" d="([^"]+)"', charts.signal(a_chart())).group(1)

    assert mean.count("M") == 2


def test_a_forecast_is_dashed_in_its_fan():
    drawn = charts.signal(
        a_chart(values=(1.0, 2.0, None), expected=(None, 2.0, 3.0), fan_low=(None, 2.0, 2.5), fan_high=(None, 2.0, 3.5))
    )

    assert '<path class="line ahead" d="M500.0' in drawn
    assert re.search(r'<path class="fan" d="M500.0 [\d.]+L833.3 [\d.]+L833.3 [\d.]+L500.0 [\d.]+z"', drawn)


def test_the_live_chart_has_the_same_columns():
    block = json.loads(re.search(r'<script type="application/json">(.*?)</script>', charts.signal(a_chart())).group(1))

    assert block["kind"] == "signal"
    assert block["data"]["series"]["mark"] == ["common", "", "improvement"]
    assert block["data"]["series"]["mean"] == [2.0, 2.0, 2.5]
    assert block["data"]["notes"]["text"] == ["w"] * 4


def test_every_mark_has_words_and_no_two_are_alike():
    marks = [signal(one, other, f"<{one}>{other}") for one in VARIATIONS for other in ASSURANCES]

    assert marks[0] == ""
    assert len(set(marks)) == len(VARIATIONS) * len(ASSURANCES)
    assert all("aria-label=" in mark and "<common>" not in mark for mark in marks[1:])


def a_page(lang, values, indicator=None, by="2026-03", **more):
    key = {"it": {"weight": 100, "target": 95, "tolerance": 3, "by": by}}
    site = a_site(
        {"card": {"key": key} | more},
        {"it": an_indicator(decimals=1, **indicator or {})},
        history=len(values),
        measures={"total": {"source": "monthly", "kind": "flow", "unit": "pct"}},
        sources={"monthly": {"file": "monthly.csv"}},
    )
    months = [f"{2025 - back // 12:04d}-{12 - back % 12:02d}" for back in reversed(range(len(values)))]
    report = a_report(site, {"card": {"it": dict(zip(months, values, strict=True))}})
    return figure_page(in_language(lang, report), 0, 0)


STEADY = [90.0, 91.0] * 14
REBASE = {"it": {"from": "2025-01", "reason": {"zh": "新流程", "en": "New process"}}}


@pytest.mark.parametrize(
    ("lang", "lead", "assurance"),
    [
        ("en", "The latest figure lies within normal variation.", "the process as it is will not reach its target"),
        ("zh", "最近一期数值在正常波动范围内。", "现有过程达不到目标"),
    ],
)
def test_the_block_says_what_the_chart_shows(lang, lead, assurance):
    block = a_page(lang, STEADY).signal

    assert block.lead == lead
    assert block.facts[1].value == assurance
    assert "90.5" in block.method[1].value
    assert "<figure" in block.chart
    assert block.note == ""


# Down by the same two steps for more than two years: the change is noise, the figure is not.
FALLING = [99.0 - 0.25 * n + 0.05 * (n % 2) for n in range(28)]


@pytest.mark.parametrize(
    ("lang", "told", "mark"),
    [
        (
            "en",
            "Its monthly change varies as usual. Its recent trend, however, is worsening.",
            "monthly change: within normal variation, recent trend worsening",
        ),
        ("zh", "月度变动属正常波动。近期走势却持续恶化。", "月度变动：属正常波动、近期走势恶化"),
    ],
)
def test_a_figure_that_falls_by_its_usual_step_is_not_called_normal_variation(lang, told, mark):
    page = a_page(lang, FALLING, {"spc": "change"})

    assert told in page.lead
    assert f'title="{mark}"' in page.status
    assert page.signal.facts[0].value == mark
    assert page.signal.lead.endswith(told[-len("近期走势却持续恶化。") :])


def test_only_the_newest_point_is_told_with_the_trend_of_now():
    rows = a_page("en", FALLING, {"spc": "change"}).months.body

    assert rows.count("monthly change: within normal variation, recent trend worsening") == 2  # aria-label and title
    assert rows.count("monthly change: within normal variation") > 2


def test_growth_on_the_year_is_told_as_such():
    values = [80 + 0.1 * (n % 3) for n in range(40)]
    en, zh = (a_page(lang, values, {"spc": "yoy"}) for lang in ("en", "zh"))

    assert "Its change on the year varies as usual." in en.lead
    assert "同比变动属正常波动。" in zh.lead


def test_a_rebase_is_named_with_its_reason():
    facts = a_page("en", STEADY, rebase=REBASE).signal.method

    assert (facts[-1].value, facts[-1].note) == ("Jan 2025", "New process")


def test_a_long_shift_suggests_a_rebase():
    assert "declare a rebase" in a_page("en", [*STEADY, *[93.0, 92.8] * 4]).signal.note


def test_few_points_have_neither_limits_nor_a_forecast():
    page = a_page("en", [90.0, 91.0, 90.0])

    assert page.signal.chart == ""
    assert "eight are needed" in page.signal.lead
    assert page.outlook is None


def test_the_outlook_names_method_error_chance_and_change():
    block = a_page("en", [60.0 + n for n in range(28)]).outlook
    told = {fact.label: fact.value for fact in (*block.facts, *block.method)}

    assert told["Method"].startswith("the last value goes on with")
    assert told["Trend of the last six points"] == "improving"
    assert told["Target within reach"] == "unlikely"
    assert told["Change still needed"] == "+8.0 pp"
    assert told["Against the best tenth of past changes"] == "2.67 times"
    assert told["Mean error in hindsight"] == "0.0 pp"
    assert "Mar 2026" in block.lead
    assert "fan" in block.chart


@pytest.mark.parametrize(
    ("lang", "until", "forecast", "reach"),
    [("en", "Jun 2027", "Forecast", "Dec 2026"), ("zh", "2027年6月", "预测值", "2026年12月")],
)
def test_a_date_beyond_the_forecast_is_told_without_a_chance(lang, until, forecast, reach):
    block = a_page(lang, STEADY, by="2027-06").outlook
    told = {fact.label: (fact.value, fact.note) for fact in block.facts}

    assert until in block.lead
    assert "12" in block.lead
    assert not {"Target within reach", "目标可达性"} & set(told)
    assert told[forecast][1] == reach


@pytest.mark.parametrize(
    ("direction", "end", "said", "zh"),
    [
        ("higher", 97.0, "met, with 2.0 pp to spare", "已达标，尚余2.0个百分点"),
        ("lower", 92.5, "met, with 2.5 pp to spare", "已达标，尚余2.5个百分点"),
        ("higher", 95.0, "met", "已达标"),
        ("lower", 97.0, "−2.0 pp", "−2.0个百分点"),
    ],
)
def test_a_target_that_is_met_needs_no_change(direction, end, said, zh):
    for lang, label, words in (("en", "Change still needed", said), ("zh", "尚需变动", zh)):
        block = a_page(lang, [*STEADY[:-1], end], {"direction": direction}).outlook
        assert {fact.label: fact.value for fact in block.method}[label] == words


def test_both_languages_tell_the_same_numbers():
    def numbers(lang):
        page = a_page(lang, [*STEADY, 88.0])
        texts = [fact.value for block in (page.signal, page.outlook) for fact in (*block.facts, *block.method)]
        return [re.findall(r"\d+\.\d+", text) for text in texts]

    assert numbers("zh") == numbers("en")


def test_the_methodology_names_the_thresholds_in_use():
    site = a_site({"card": {"monitor": ["it"]}}, {"it": an_indicator()})
    page = methodology(in_language("en", a_report(site, {"card": {"it": 1.0}})))
    text = next(section.body for section in page.sections if section.id == "signals")

    assert "after 24 points they are locked" in text
