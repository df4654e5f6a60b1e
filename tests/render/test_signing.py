import dataclasses

from kpisite.render.views.early_warnings import warning_page
from kpisite.render.views.history import history
from kpisite.render.views.scorecard import scorecard
from kpisite.render.views.summary import summary
from tests.render.small import both, in_language, the_report, the_site

VERSION = "2025-12"


def a_review(person, on="2025-12-30", verdict="signed", release=VERSION, product="card", role="Risk"):
    return {"release": release, "product": product, "role": role, "person": person, "on": on, "verdict": verdict}


def reported(*reviews):
    return the_report(the_site(reviews=list(reviews)))


def test_scorecard_and_summary_say_who_signed():
    zh, en = both(reported(a_review("Wu"), a_review("Chen", product="app", on="2999-01-01")))
    place = {subject.id: s for s, subject in enumerate(zh.report.subjects)}
    card, app = place["card"], place["app"]
    assert {fact.label: fact.value for fact in scorecard(en, card).facts}["Signed"] == "Wu (Risk, 30 Dec 2025)"
    assert {fact.label: fact.value for fact in scorecard(zh, app).facts}["签署"] == "尚未签署"
    assert {fact.label: fact.value for fact in summary(en).completeness}["Signed"] == "1 of 2 products signed"


def test_parts_that_nobody_signed_in_time_are_told_where_they_belong():
    late = dataclasses.replace(reported(a_review("Wu", product="app"), a_review("Chen")), as_of="2026-01-15")
    zh, en = both(late)
    card = next(s for s, subject in enumerate(late.subjects) if subject.id == "card")
    overdue = "not signed in time; it was due on 14 Jan 2026"
    assert [(f.value, f.note) for f in scorecard(en, card).facts if f.label == "Signed"] == [
        (overdue, "Chen (Risk, 30 Dec 2025)")
    ]
    assert [f.note for f in summary(zh).completeness if f.label == "签署"] == [
        f"应于2026年1月14日前签署而未签署：{zh.subjects[card]}"
    ]
    table = warning_page(en).unsigned
    assert "14 Jan 2026" in table.body and ">11<" in table.body and "Chen" in table.body
    assert warning_page(zh).unsigned.caption == "逾期未签署"
    assert "1 of 2 products signed" in history(en, [late]).table.body


def test_nothing_is_told_of_parts_that_are_not_due_yet():
    e = in_language("en", reported(a_review("Wu")))
    assert warning_page(e).unsigned is None
    assert all(fact.note == "" for fact in summary(e).completeness if fact.label == "Signed")


def test_a_site_without_reviews_says_nothing_of_signatures():
    e = in_language("en")
    assert "Signed" not in {fact.label for fact in summary(e).completeness}
    assert "Signed" not in [head.text for head in history(e, [e.report]).table.heads]


def test_every_page_leads_to_the_own_pages():
    e = in_language("en")
    assert [link.href for link in scorecard(e, e.board.products[0]).pages] == ["../../pages/about/index.html"]
    assert [link.href for link in summary(e).pages] == ["pages/about/index.html"]
