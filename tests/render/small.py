"""A small bank for tests of pages: two products, seven indicators, a plan, in both languages."""

from pathlib import Path

import yaml

from kpisite.render.board import board
from kpisite.render.edition import edition
from tests.factories import a_report, a_site, an_indicator

LOCALE = Path(__file__).parent.parent.parent / "kpisite" / "themes" / "plain" / "locale"
TEXTS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(LOCALE.glob("*.yaml"))}
NOW, YEAR_AGO, MONTH_AGO = "2025-12", "2024-12", "2025-11"


def words(zh, en):
    return {"zh": zh, "en": en}


INDICATORS = {
    "overdue": an_indicator("risk", name=words("逾期率", "Overdue ratio"), direction="lower", decimals=2),
    "npl": an_indicator(
        "risk", name=words("不良率", "NPL ratio"), direction="lower", decimals=2, limit={"value": 5, "side": "max"}
    ),
    "csat": an_indicator(
        "customers", name=words("满意度", "Satisfaction"), decimals=1, sample={"measure": "answers", "least": 30}
    ),
    "mau": an_indicator("customers", name=words("月活", "Monthly users"), unit="count", decimals=0, kind="stock"),
    "revenue": an_indicator("profit", name=words("营收", "Revenue"), unit="cny", decimals=0, kind="flow"),
    "margin": an_indicator("profit", name=words("利差", "Margin"), unit="bp", decimals=0, direction="range"),
    "coverage": an_indicator("risk", name=words("拨备", "Coverage <b>"), decimals=1),
}
MEASURES = {
    "total": {"source": "monthly", "kind": "flow", "unit": "cny", "name": words("合计", "Total")},
    "answers": {"source": "monthly", "kind": "flow", "unit": "count", "name": words("答卷", "answers")},
}
PLAN = {
    "title": words("压降逾期", "Bring overdue down"),
    "product": "card",
    "indicators": ["overdue"],
    "owner": "Li",
    "opened": "2025-06-01",
    "cause": words("额度过高", "Limits too high"),
    "expected": [{"indicator": "overdue", "to": 2.80, "by": "2026-06"}],
    "actions": {
        "a-1": {"title": words("降额", "Lower limits"), "owner": "Li", "start": "2025-07-01", "due": "2026-01-31"},
        "a-2": {
            "title": words("早催", "Call early"),
            "owner": "Wu",
            "start": "2025-07-01",
            "due": "2025-10-31",
            "done": "2025-10-20",
            "progress": 100,
        },
    },
}
PRACTICES = {
    f"m-1-{n}": {
        "name": words(f"举措{n}", f"Practice {n}"),
        "family": "risk",
        "text": words("做。", "Do it."),
        "moves": {"overdue": sign},
        "steps": {"zh": ["一"], "en": ["one"]},
        "effort": effort,
        "months": [2, 6],
        "order": n,
    }
    for n, sign, effort in ((1, "down", "L"), (2, "up", "S"), (10, "down", "S"))
}


def key(weight, target, tolerance, **more):
    return {"weight": weight, "target": target, "tolerance": tolerance} | more


def the_site(**more):
    products = {
        "card": {
            "name": words("信用卡", "Credit card"),
            "owner": "Chen",
            "key": {
                "overdue": key(40, 2.80, 0.30),
                "npl": key(20, 1.80, 0.30),
                "csat": key(20, 88, 3),
                "margin": key(20, [70, 100], 10),
            },
            "monitor": ["coverage"],
        },
        "app": {
            "name": words("手机银行 & <App>", "App & <Bank>"),
            "owner": "",
            "key": {"csat": key(30, 88, 3), "mau": key(30, 8_600_000, 500_000), "revenue": key(40, 109_000_000, 9e6)},
        },
    }
    parts = {
        "report": {"title": words("十二月报告", "December report")},
        "measures": MEASURES,
        "sources": {"monthly": {"file": "monthly/*.csv"}},
        "plans": {"overdue": PLAN},
        "practices": PRACTICES,
        "glossary": {"target": {"name": words("目标", "Target"), "text": words("要到哪里。", "Where to be.")}},
        "strategy_map": [{"from": "overdue", "to": "npl", "sign": "+", "lag": 5}],
        "texts": {"about": {"title": words("关于", "About")}},
        "bodies": {"pages/about": {"zh": "# 你好", "en": "# Hello"}, "products/card": {"zh": "**备注**"}},
    }
    return a_site(products, INDICATORS, history=24, grains=("month", "quarter", "ytd"), **parts | more)


VALUES = {
    "card": {
        "overdue": {NOW: 3.45, MONTH_AGO: 3.40, YEAR_AGO: 2.50, "": 2.60},
        "npl": {NOW: 2.05, "": 1.70},
        "csat": {NOW: "no-data", MONTH_AGO: 87.5, "": 88.0},
        "margin": {NOW: 62, "": 85},
        "coverage": {"": 150.0},
    },
    "app": {
        "csat": {NOW: 89.0, MONTH_AGO: 84.0, "": 86.0},
        "mau": {NOW: 8_800_000, YEAR_AGO: 7_900_000, "": 8_000_000},
        "revenue": {NOW: 102_456_789, YEAR_AGO: 95_000_000, "": 99_000_000},
    },
}


# Enough answers to judge.
SAMPLES = {product: {"csat": 40} for product in ("app", "card")}


def the_report(site=None, values=VALUES, samples=SAMPLES, **more):
    return a_report(site or the_site(), values, samples=samples, **more)


def in_language(lang, report=None):
    return edition(board(report or the_report()), lang, TEXTS)


def both(report=None):
    shared = board(report or the_report())
    return edition(shared, "zh", TEXTS), edition(shared, "en", TEXTS)
