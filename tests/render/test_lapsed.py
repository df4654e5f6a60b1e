"""Key figures that have lost their target are told on the scorecard, as something to be done."""

import pytest

from kpisite.render.board import board
from kpisite.render.edition import edition
from kpisite.render.lapsed import lapsed
from kpisite.render.views.scorecard import scorecard
from tests.factories import a_report, a_site, an_indicator
from tests.render.small import TEXTS

INDICATORS = {
    "csat": an_indicator(name={"zh": "满意度", "en": "Satisfaction"}, decimals=1),
    "share": an_indicator(name={"zh": "份额", "en": "Share"}, decimals=1),
}
CSAT = {"weight": 80, "target": 88, "tolerance": 3}
SHARE = {"weight": 20, "target": 11, "tolerance": 1, "until": "2025-11"}
MONTH = {"zh": "2025年12月", "en": "Dec 2025"}


def with_share(share, lang="en", value=11.5, csat=CSAT, owner="Chen"):
    site = a_site({"card": {"owner": owner, "key": {"csat": csat, "share": share}}}, INDICATORS)
    return edition(board(a_report(site, {"card": {"csat": 90.0, "share": value}})), lang, TEXTS)


def test_a_scorecard_says_how_much_of_the_weight_has_no_target():
    en, zh = (scorecard(with_share(SHARE, lang), 0) for lang in ("en", "zh"))

    assert en.score.covered == "100%"
    assert en.sentences[-1] == (
        "Weight 20 of 100 has no target in Dec 2025 (Share); neither the composite nor its coverage counts it."
    )
    assert zh.sentences[-1] == "权重100中有20在2025年12月没有目标（份额），综合得分与覆盖率均未计入。"


@pytest.mark.parametrize(
    ("lang", "owner", "action"),
    [
        ("en", "Chen", "Owner Chen; a target for Dec 2025 has to be set (weight 20 before)."),
        ("en", "", "No owner named; a target for Dec 2025 has to be set (weight 20 before)."),
        ("zh", "Chen", "责任人Chen；须补设2025年12月的目标（此前权重20）。"),
    ],
)
def test_it_stands_among_what_needs_attention_with_what_is_to_be_done(lang, owner, action):
    (item,) = scorecard(with_share(SHARE, lang, owner=owner), 0).attention

    assert item.action == action
    assert "○" in item.status
    assert MONTH[lang] in item.text


@pytest.mark.parametrize(
    "found",
    [
        with_share(SHARE | {"until": None}),
        with_share(SHARE, value="not-due"),
        # The others have taken the weight over.
        with_share(SHARE, csat=[CSAT | {"until": "2025-11"}, CSAT | {"weight": 100, "from": "2025-12"}]),
        with_share({"weight": 20, "target": 11, "tolerance": 1, "from": "2026-01"}),
    ],
    ids=["has a target", "is not due", "was replaced", "begins later"],
)
def test_nothing_is_said_where_no_target_is_lost(found):
    assert lapsed(found, 0) == ()
    assert not any("no target" in text for text in scorecard(found, 0).sentences)


@pytest.mark.parametrize(("breaches", "is_told"), [("no-data", True), (0, False), (1, False)])
def test_a_composite_without_its_figure_of_zero_tolerance_is_provisional(breaches, is_told):
    never = an_indicator(name={"zh": "违规数", "en": "Breaches"}, direction="lower", veto=True, unit="count")
    key = {"csat": CSAT, "breaches": {"weight": 20, "target": 0, "tolerance": 1}}
    site = a_site({"card": {"key": key}}, INDICATORS | {"breaches": never})
    report = a_report(site, {"card": {"csat": 90.0, "breaches": breaches}})
    en, zh = (scorecard(edition(board(report), lang, TEXTS), 0).sentences for lang in ("en", "zh"))

    assert ("The composite is provisional: Breaches allows no miss, and has no judged figure yet." in en) is is_told
    assert ("综合得分为暂定：零容忍指标违规数尚无可判定的数据。" in zh) is is_told
