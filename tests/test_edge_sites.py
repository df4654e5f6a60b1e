"""Sites at the edge: each builds, and its pages say in both languages what cannot be judged, and why."""

import functools
import html
import re
import tempfile
from pathlib import Path

import pytest

from kpisite.evaluate.report import ASSURANCES, VARIATIONS
from kpisite.measure.series import REASONS
from tests.test_sites import CASES, SITES, built

# What a page must not show: Python's and JavaScript's words for nothing, and a pattern that was not filled in.
NOTHING = re.compile(r"(?<![\w-])(nan|NaN|None(?! [a-z])|inf|Infinity|undefined|null)(?![\w-])|\{[a-z_]+\}|\{\{|\}\}")
# Codes that have words; the methodology page and the explanation of exported data list them on purpose.
CODES = {code for code in (*REASONS, *VARIATIONS, *ASSURANCES) if "-" in code} - {"no-data", "hit-or-miss"}
LISTED = {"methodology/index.html"}


@functools.cache
def public(case):
    folder = tempfile.TemporaryDirectory()
    root = built(SITES / case, Path(folder.name))
    keep.append(folder)
    return root


keep = []


def text_of(path):
    """What a reader sees on a page, without markup, scripts and drawings."""
    page = path.read_text(encoding="utf-8")
    page = re.sub(r"<(script|style|svg|code|pre)\b.*?</\1>", " ", page, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def say(case, page):
    """The text of one page of a small site in both languages."""
    (version,) = [one for one in public(case).iterdir() if one.is_dir() and one.name != "latest"]
    return tuple(text_of(version / lang / page / "index.html") for lang in ("zh", "en"))


def unreadable(folder):
    """Every place on the pages of a site where a machine's word is left."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        text = text_of(path)
        words = [match.group() for match in NOTHING.finditer(text)]
        if not any(path.as_posix().endswith(one) for one in LISTED):
            words += [code for code in CODES if re.search(rf"(?<![\w-]){code}(?![\w-])", text)]
        found += [(path.relative_to(folder).as_posix(), word) for word in words]
    return found


@pytest.mark.parametrize("case", [case.name for case in CASES if case.name != "hostile-names"])
def test_no_page_of_a_small_site_shows_a_machines_word(case):
    assert list(public(case).rglob("*.html"))
    assert unreadable(public(case)) == []


def test_no_page_of_the_demo_shows_a_machines_word(demo_site):
    assert unreadable(demo_site) == []


def test_the_search_for_machines_words_finds_them(tmp_path):
    (tmp_path / "a.html").write_text(
        "<p>nan</p><p>None</p><p>2</p><p>zero-denominator</p><p>{value}</p>", encoding="utf-8"
    )
    (tmp_path / "b.html").write_text("<p>None declared, Nancy's infinite inflow</p>", encoding="utf-8")

    assert sorted(unreadable(tmp_path)) == [
        ("a.html", word) for word in sorted(("nan", "None", "zero-denominator", "{value}"))
    ]


SAID = [
    ("no-targets", ".", "只列数据，不作评价：尚未设置关键指标", "Figures without judgement: no key indicator"),
    ("no-targets", ".", "无从判断是否达标", "Nothing can be on or off target, because no key indicator"),
    ("no-targets", "products/card", "尚未设置关键指标", "no key indicator has been declared"),
    ("no-targets", "products/card/csat", "未设目标", "it has no target"),
    ("no-targets", "products/card/csat", "仅监测，不计分", "Watched, not scored"),
    ("negative-values", "products/card/growth", "无数据（基数不为正）", "(growth on a base of zero or less)"),
    ("negative-values", "products/card/profit", "−720元，已达目标−800元", "−CNY 720"),
    ("negative-values", "products/loan/profit", "−1,320元，低于目标−800元，相差520元", "CNY 520 below the target"),
    ("negative-values", "products/card", "覆盖50%的权重", "Covers 50% of the weight"),
    ("constant-series", "products/card/csat", "最近一期数值在正常波动范围内", "lies within normal variation"),
    ("constant-series", "products/card/growth", "0.0%，低于目标5.0%", "5.0 pp below the target of 5.0%"),
    ("constant-series", "products/card/csat", "无明显趋势", "no clear trend"),
    (
        "gaps-everywhere",
        ".",
        "无综合得分：有综合得分的产品仅占0%的权重",
        "No composite: the products that have one make up only 0% of the weight",
    ),
    ("gaps-everywhere", ".", "4项中有2项无法评价", "2 of 4 cannot be judged"),
    (
        "gaps-everywhere",
        "products/card/csat",
        "无数据（未报送），最近一期为83.4%",
        "not delivered); the last one is 83.4%",
    ),
    ("gaps-everywhere", "products/card/bad-ratio", "未报送", "not delivered"),
    ("missing-newest-month", ".", "8项中有4项无法评价", "4 of 8 cannot be judged"),
    ("missing-newest-month", ".", "应报8项数据，已报送4项", "4 of 8 figures due in Dec 2025 have arrived"),
    ("missing-newest-month", "products/card", "无综合得分：仅0%的权重有数据", "only 0% of the weight has data"),
    ("missing-newest-month", "products/card/profit", "最近一期为1,140元（2025年11月）", "CNY 1,140 (Nov 2025)"),
    ("annual-only", "products/card/csat", "本期无须报送", "not due in this period"),
    ("annual-only", "products/card/csat", "试用界限", "trial limits"),
    (
        "one-product-one-month",
        ".",
        "无综合得分：有综合得分的产品仅占0%的权重",
        "products that have one make up only 0% of the weight",
    ),
    ("one-product-one-month", "products/card/csat", "仅有答卷29份，至少30份", "from 29 answers; it takes 30"),
    ("one-product-one-month", "products/card/growth", "无数据", "looks back to before the first figure"),
    ("zero-targets", "products/loan/breaches", "高于目标0，相差2", "2 above the target of 0"),
    ("zero-targets", "products/loan/breaches", "容忍", "Zero tolerance is missed."),
    ("zero-targets", "products/card/breaches", "已达目标0", "the target of 0 is met"),
]


@pytest.mark.parametrize(("case", "page", "zh", "en"), SAID)
def test_a_site_at_the_edge_says_what_cannot_be_judged_and_why(case, page, zh, en):
    in_chinese, in_english = say(case, page)

    assert zh in in_chinese
    assert en in in_english


# Sites whose authors said why the rules for a whole bank do not hold for them.
CLEAN = {"one-product-one-month", "zero-targets"}


@pytest.mark.parametrize("case", sorted({case for case, *_ in SAID}))
def test_a_site_at_the_edge_has_no_mistake_of_its_author(case):
    expected = (SITES / case / "expected" / "lint.txt").read_text(encoding="utf-8")  # what check finds: test_sites.py

    assert (": warning: " in expected) == (case not in CLEAN)
    assert ": error: " not in expected
