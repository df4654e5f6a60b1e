import datetime as dt

import pytest

from kpisite.declare.check_settings import doubt_units
from kpisite.declare.read import read_site
from kpisite.errors import AuthorError, Place, Problems
from kpisite.languages import Text
from kpisite.periods import month
from tests.conftest import ROOT

SITE = """\
site: {title: {zh: 报告, en: Report}, languages: [zh, en]}
report: {period: 2025-12, version: 2025.10}
sources: {monthly: {file: data/*.csv}}
lines: {retail: {name: {zh: 零售, en: Retail}}}
"""
INDICATORS = """\
families: {loyalty: {name: {zh: 忠诚度, en: Loyalty}, order: 1, perspective: customer}}
measures:
  happy: {source: monthly, kind: flow, unit: count}
indicators:
  csat:
    name: {zh: 满意度, en: Satisfaction}
    family: loyalty
    formula: happy
    unit: count
    direction: higher
    kind: flow
  nps: {name: NPS, family: loyalty, formula: happy, unit: count, direction: range, kind: flow}
"""
CARD = """\
---
name: {zh: 信用卡, en: Credit card}
line: retail
owner: 007
launched: 2024年第一季度
key:
  csat: {weight: 60, target: 1.80, approved_on: 2025-01-31}
  nps:
  - {weight: 40, target: [1, 2]}
  - {weight: 40, target: [2, 3], from: 2025-01}
---

说明。
"""
FILES = {"site.yaml": SITE, "content/indicators.yaml": INDICATORS, "content/products/card.md": CARD}


@pytest.fixture
def site_of(tmp_path):
    """Read a site of these files (and the usual ones); gives the site and its problems."""

    def read(files=None, problems=None):
        for name, text in {**FILES, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_site(tmp_path / "site.yaml", problems or Problems())

    return read


def told(site_of, files):
    with pytest.raises(AuthorError) as error:
        site_of(files)
    return str(error.value).splitlines()


def test_a_site_is_what_all_its_files_say(site_of):
    site = site_of({"content/products/card.en.md": "What it is.\n"})

    assert site.report.period == month(2025, 12)
    assert list(site.indicators) == ["csat", "nps"]
    card = site.products["card"]
    assert card.name == Text.of({"zh": "信用卡", "en": "Credit card"})
    assert card.launched == month(2024, 3)
    assert card.key["csat"][0].approved_on == dt.date(2025, 1, 31)
    assert [target.target for target in card.key["nps"]] == [(1, 2), (2, 3)]
    assert site.bodies == {"products/card": {"zh": "说明。\n", "en": "What it is.\n"}}


def test_texts_keep_the_spelling_of_numbers(site_of):
    site = site_of()

    assert site.report.version == "2025.10"
    assert site.products["card"].owner == "007"
    assert type(site.products["card"].key["csat"][0].target) is float


def test_everything_knows_its_place(site_of):
    site = site_of()

    assert site.place("indicators", "csat") == Place("content/indicators.yaml", 5, 3)
    assert site.place("indicators", "csat", "formula") == Place("content/indicators.yaml", 8, 14)
    assert site.place("products", "card") == Place("content/products/card.md", 2, 1)
    assert site.place("products", "card", "key", "csat") == Place("content/products/card.md", 7, 3)
    assert site.place("products", "card", "key", "csat", 0, "target") == Place("content/products/card.md", 7, 30)
    assert site.place("products", "card", "key", "nps", 1, "from") == Place("content/products/card.md", 10, 40)
    assert site.place("bodies", "products/card", "zh") == Place("content/products/card.md", 13, 1)
    assert site.place("report", "history") == Place("site.yaml", 2, 1)


def test_lists_of_several_files_are_one(site_of):
    edge = "strategy_map:\n- {from: %s, to: %s, sign: +, lag: 3}\n"
    files = {"content/a.yaml": edge % ("csat", "nps"), "content/b.yaml": edge % ("nps", "csat")}

    site = site_of(files)

    assert [(edge.source, edge.target) for edge in site.strategy_map] == [("csat", "nps"), ("nps", "csat")]
    assert site.place("strategy_map", 1, "from") == Place("content/b.yaml", 2, 10)


@pytest.mark.parametrize("change", [lambda text: text.encode("utf-8-sig"), lambda text: text.replace("\n", "\r\n")])
def test_marks_of_windows_editors_make_no_difference(site_of, change):
    site = site_of({name: change(text) for name, text in FILES.items()})

    assert site.bodies == {"products/card": {"zh": "说明。\n"}}
    assert site.place("products", "card", "line") == Place("content/products/card.md", 3, 7)


def test_markdown_may_be_text_alone(site_of):
    site = site_of({"content/indicators/csat.md": "满意度说明。\n", "content/indicators/csat.en.md": "About it.\n"})

    assert site.bodies["indicators/csat"] == {"zh": "满意度说明。\n", "en": "About it.\n"}


def test_pages_are_declared_by_their_files(site_of):
    site = site_of({"content/pages/about.md": "---\ntitle: {zh: 关于, en: About}\norder: 2\n---\n正文。\n"})

    assert site.texts["about"].order == 2
    assert site.bodies["pages/about"] == {"zh": "正文。\n"}


def test_hidden_files_and_other_endings_are_left_alone(site_of):
    site_of({"content/.draft.yaml": "nonsense", "content/.old/x.yaml": ": : :", "content/notes.txt": "nonsense"})


def test_markdown_that_belongs_to_nothing_is_a_warning(site_of):
    problems = Problems()

    site_of({"content/README.md": "# Notes\n"}, problems)

    folders = "families, indicators, pages, plans, playbook, products"
    hint = f"Markdown is read from content/ in {folders}."
    assert [str(p) for p in problems.found] == [f"content/README.md: warning: this file belongs to nothing. {hint}"]


def test_a_missing_language_is_a_warning_at_its_place(site_of):
    problems = Problems()

    site_of({"content/more.yaml": "glossary: {npl: {name: {zh: 不良}, text: {zh: 不良贷款, zn: NPL}}}\n"}, problems)

    assert [str(p) for p in problems.found] == [
        "content/more.yaml:1:18: warning: 'name' has no text in en. It has zh.",
        "content/more.yaml:1:34: warning: 'text' has no text in en. It has zh, zn.",
    ]


def test_an_action_that_is_complete_and_not_done_is_a_warning(site_of):
    plan = """\
---
title: 提升
product: card
indicators: [csat]
owner: 王芳
opened: 2025-01-01
actions:
  train: {title: 培训, owner: 王芳, start: 2025-01-01, due: 2025-02-01, progress: 100}
  cancelled: {title: 培训, owner: 王芳, start: 2025-01-01, due: 2025-02-01, progress: 100, cancelled: true}
---
"""
    problems = Problems()

    site_of({"content/plans/p.md": plan}, problems)

    assert [str(p) for p in problems.found] == [
        "content/plans/p.md:8:79: warning: the action 'train' is at 100 % and has no 'done'. Write the day it was done."
    ]


def test_a_plan_that_contradicts_itself_is_doubted(site_of):
    plan = """\
---
title: 提升
product: card
indicators: [csat, other]
owner: 王芳
opened: 2025-03-01
expected:
- {indicator: nps, to: 3, by: 2025-02}
actions:
  train:
    title: 培训
    owner: 王芳
    indicators: [nps]
    start: 2025-01-01
    due: 2025-02-01
    progress: 0.4
  late: {title: 培训, owner: 王芳, start: 2025-03-01, due: 2025-04-01, done: 2026-02-01}
---
"""
    other = (
        "indicators: {other: {name: x, family: loyalty, formula: happy, unit: count, direction: higher, kind: flow}}\n"
    )
    report = SITE.replace("version: 2025.10", "as_of: 2026-01-31")
    problems = Problems()

    site_of({"site.yaml": report, "content/plans/p.md": plan, "content/other.yaml": other}, problems)

    assert [str(p).removeprefix("content/plans/p.md:").replace(": warning: ", " ") for p in problems.found] == [
        "4:20 the plan is about 'other', which 'card' has neither under 'key' nor 'monitor'. "
        "Name an indicator of the product, or add it there.",
        "8:15 an effect is expected on 'nps', which the plan's 'indicators' do not name. Add it to them, or correct it.",
        "8:31 an effect is expected by 2025-02, before the plan was opened (2025-03-01). Check both.",
        "13:18 the action 'train' is about 'nps', which the plan's 'indicators' do not name. "
        "Add it to them, or correct it.",
        "15:10 the action 'train' was due on 2025-02-01, before the plan was opened (2025-03-01). Check both days.",
        "16:15 the action 'train' is at 0.4 %. Progress is in per cent: did you mean 40?",
        "17:74 the action 'late' was done on 2026-02-01, after the day of the report (2026-01-31). "
        "For this report it is still open; correct the day, or 'report.as_of'.",
    ]


@pytest.mark.parametrize("name", ["card.markdown", "card.MD", "more.YAML", "more.json"])
def test_a_declaration_with_another_ending_is_doubted(site_of, name):
    problems = Problems()

    site_of({f"content/products/{name}": "x"}, problems)

    ending = name[name.index(".") :]
    assert [str(p) for p in problems.found] == [
        f"content/products/{name}: warning: files that end in '{ending}' are not read. "
        "Only .yaml, .yml, .md are; rename it."
    ]


def test_a_unit_without_words_is_told_once(site_of):
    measures = (
        "measures: {more: {source: monthly, kind: flow, unit: rmb}, most: {source: monthly, kind: flow, unit: rmb}}\n"
    )
    problems = Problems()
    site = site_of({"content/more.yaml": measures})

    doubt_units(site, {"cny", "count"}, problems)

    assert [str(p) for p in problems.found] == [
        "content/more.yaml:1:54: warning: no unit is called 'rmb', so that 'rmb' will stand behind the numbers as it is. "
        "Did you mean 'cny'? Units of your own stand under 'units'."
    ]


def test_weights_may_be_rounded_and_change_over_time(site_of):
    thirds = """\
---
name: 信用卡
line: retail
key:
  csat:
  - {weight: 33.33, target: 5}
  - {weight: 70, target: 6, from: 2025-01}
  nps:
  - {weight: 66.66, target: [1, 2]}
  - {weight: 30, target: [1, 2], from: 2025-01}
---
"""
    assert site_of({"content/products/card.md": thirds}).products["card"].key["csat"][1].weight == 70


def test_a_product_without_indicators_is_fine(site_of):
    assert site_of({"content/products/card.md": "---\nname: 信用卡\nline: retail\n---\n"}).products["card"].key == {}


def test_weights_before_an_indicator_begins_are_told_with_the_month(site_of):
    late = CARD.replace("csat: {weight: 60", "csat: {from: 2025-07, weight: 60")

    lines = told(site_of, {"content/products/card.md": late})

    assert lines == [
        "content/products/card.md:6:1: error: the weights of the key indicators of 'card' sum to 40 before 2025-01, "
        "not 100. They are csat 0, nps 40."
    ]


def test_a_mistake_in_syntax_hides_no_mistake_in_shape_elsewhere(site_of):
    lines = told(
        site_of, {"content/a.yaml": "glossary: [\n", "content/products/card.md": CARD.replace("line:", "lien:")}
    )

    assert [line.split(": error: ")[0] for line in lines] == ["content/a.yaml:2:1", "content/products/card.md:3:1"]


def test_an_unreadable_thing_is_still_known_by_its_name(site_of):
    review = "reviews: [{release: 1, product: card, role: a, person: b, on: 2026-01-05, verdict: signed}]\n"

    lines = told(site_of, {"content/r.yaml": review, "content/products/card.md": "---\nname: 信用卡\n"})

    assert lines == ["content/products/card.md:1:1: error: the front matter has no end. Close it with a line of ---."]


def test_a_link_out_of_the_site_is_refused(site_of, tmp_path_factory, tmp_path):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "secret.yaml"
    elsewhere.write_text("params: {x: 1}\n")
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "link.yaml").symlink_to(elsewhere)

    assert told(site_of, {}) == [
        "content/link.yaml: error: the file leads outside the site's folder. Copy it into the site."
    ]


def test_a_site_needs_its_file(tmp_path):
    with pytest.raises(AuthorError, match="there is no such file"):
        read_site(tmp_path / "site.yaml", Problems())


def test_problems_carry_the_line_they_speak_of(site_of):
    with pytest.raises(AuthorError) as error:
        site_of({"content/products/card.md": CARD.replace("retail", "retial")})

    assert error.value.problems[0].excerpt == "    line: retial\n          ^"


@pytest.mark.parametrize(
    "config", [ROOT / "site.yaml", *sorted(ROOT.glob("examples/*/site.yaml"))], ids=lambda p: p.parent.name
)
def test_the_sites_of_this_repository_have_no_problems(config):
    problems = Problems()

    read_site(config, problems)

    assert problems.found == []
