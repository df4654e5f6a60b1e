"""A shop's sales and balances, the same rows as CSV, as Parquet, in PostgreSQL and on Spark; and a site over them."""

import datetime as dt
import random

import duckdb
import yaml

PRODUCTS = ("card", "loan", "cash")
TYPES = {
    "sales": "product_code VARCHAR(20), as_of_date DATE, customer VARCHAR(20), channel VARCHAR(10), "
    "amount DECIMAL(18,2), cost DECIMAL(18,4), score INTEGER, churned BOOLEAN",
    "balances": "product_code VARCHAR(20), as_of_date DATE, balance DECIMAL(18,2), accounts INTEGER",
}
# Measures of every kind: source and SQL.
MEASURES = {
    "turnover": ("sales", "sum(amount)"),
    "costs": ("sales", "sum(cost)"),
    "margin": ("sales", "sum(amount - cost)"),
    "net": ("sales", "sum(amount) - sum(cost)"),
    "scaled": ("sales", "1000 * sum(amount)"),
    "orders": ("sales", "count(*)"),
    "scored": ("sales", "count(score)"),
    "promoters": ("sales", "count(*) filter (where score >= 9)"),
    "online": ("sales", "sum(amount) filter (where channel in ('web', 'app') and not churned)"),
    "app_or_nothing": ("sales", "sum(case when channel = 'app' then amount else 0 end)"),
    "likes": ("sales", "sum(amount) filter (where channel like '%p%' or score between 2 and 4)"),
    "customers": ("sales", "count(distinct customer)"),
    "lost": ("sales", "count(distinct customer) filter (where churned)"),
    "largest": ("sales", "max(amount)"),
    "smallest": ("sales", "min(cost)"),
    "span": ("sales", "max(amount) - min(amount)"),
    "mean": ("sales", "avg(amount)"),
    "mean_score": ("sales", "avg(score) filter (where channel = 'web')"),
    "nps": ("sales", "100 * (count(*) filter (where score >= 9) - count(*) filter (where score <= 6)) / count(score)"),
    "income_share": ("sales", "sum(cost) / nullif(sum(amount), 0)"),
    "middle": ("sales", "median(amount)"),
    "high": ("sales", "quantile_cont(amount, 0.9)"),
    "closing": ("balances", "sum(balance)"),
    "opening_day": ("balances", "sum(balance)"),
    "mean_balance": ("balances", "sum(balance)"),
    "accounts": ("balances", "sum(accounts)"),
}
# Of these the parts by channel are compared, too: sums, shares, distinct counts, means and medians.
BROKEN_DOWN = ("turnover", "online", "customers", "largest", "mean", "nps", "income_share", "middle")
QUANTILES = ("middle", "high")
WITHIN = {"accounts": "last", "closing": "last", "opening_day": "first", "mean_balance": "average"}


def rows():
    """Two years of days: sales by record, balances twice a month; nothing in some cells."""
    chance = random.Random(7)
    sales, balances = [], []
    for month in range(24):
        first = dt.date(2024 + month // 12, month % 12 + 1, 1)
        for product in PRODUCTS:
            for _ in range(20):
                day = first + dt.timedelta(days=chance.randrange(28))
                amount = chance.randrange(1, 10**9) / 100
                sales.append((
                    product, day, f"客户{chance.randrange(40):03d}", chance.choice(("web", "app", "branch")), f"{amount:.2f}",
                    f"{chance.randrange(-(10**9), 10**9) / 10**4:.4f}", chance.choice((None, *range(11))), chance.random() < 0.3,
                ))  # fmt: skip
            days = (first + dt.timedelta(days=chance.randrange(5)), first + dt.timedelta(days=20 + chance.randrange(7)))
            balances += [
                (product, day, f"{chance.randrange(10**13) / 100:.2f}", chance.randrange(1000)) for day in days
            ]
    return {"sales": sales, "balances": balances}


def write_csv(folder):
    """The rows as CSV below data/."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for name, table in rows().items():
        names = [column.split()[0] for column in _columns(name)]
        lines = [",".join(names), *(",".join(_cell(value) for value in row) for row in table)]
        (folder / "data" / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_parquet(folder):
    """The rows as Parquet below data/, with their own types."""
    write_csv(folder)
    for name in TYPES:
        types = ", ".join(f"'{column.split()[0]}': '{column.partition(' ')[2]}'" for column in _columns(name))
        read = f"read_csv('{folder}/data/{name}.csv', header=true, columns={{{types}}})"
        duckdb.execute(f"COPY (SELECT * FROM {read}) TO '{folder}/data/{name}.parquet' (FORMAT parquet)")


def fill(connection):
    """The rows in the tables of a database."""
    for name, table in rows().items():
        connection.exec_driver_sql(f"CREATE TABLE {name} ({TYPES[name]})")
        marks = ", ".join(["%s"] * len(table[0]))
        connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({marks})", table)


def site(folder, sources, connections=None, lacking=(), **more):
    """Write a site over these sources, without the measures that an engine lacks; its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    measures = {
        name: {"source": source, "sql": sql, "kind": "stock" if name in WITHIN else "flow", "unit": "count"}
        | ({"within": WITHIN[name]} if name in WITHIN else {})
        for name, (source, sql) in MEASURES.items()
        if name not in lacking
    }
    declared = {
        "site": {"title": "Shop", "languages": ["en"]},
        "report": {"period": "2025-12", "history": 24, "grains": ["month", "quarter", "year"]},
        "sources": sources,
        "lines": {"retail": {"name": "Retail"}, "corporate": {"name": "Corporate"}},
        "families": {"growth": {"name": "Growth", "order": 1, "perspective": "financial"}},
        "products": {
            id_: {"name": id_, "line": line, "monitor": [name.replace("_", "-") for name in measures]}
            for id_, line in zip(PRODUCTS, ("retail", "retail", "corporate"), strict=True)
        },
        "measures": measures,
        "indicators": {
            name.replace("_", "-"): {
                "name": name, "family": "growth", "formula": name, "unit": "count", "direction": "higher",
                "kind": "stock" if name in WITHIN else "ratio",
                **({"breakdowns": ["channel"]} if name in BROKEN_DOWN else {}),
            }
            for name in measures
        },
    }  # fmt: skip
    declared |= ({"connections": connections} if connections else {}) | more
    (folder / "site.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder / "site.yaml"


def of_files(ending="csv"):
    """The sources of a site that reads files."""
    kinds = {"customer": "text", "channel": "text", "churned": "boolean", "score": "integer"}
    sales = {"file": f"data/sales.{ending}", "columns": kinds, "repeats": "allow", "dimensions": ["channel"]}
    balances = {"file": f"data/balances.{ending}"}
    keys = {"product": "product_code", "period": "as_of_date"}
    return {"sales": sales | keys, "balances": balances | keys}


def on_connection(**tables):
    """The sources of a site that asks a connection; each with a query or a table."""
    keys = {"connection": "warehouse", "product": "product_code", "date": "as_of_date"}
    records = {"columns": {"score": "integer", "churned": "boolean"}, "repeats": "allow", "dimensions": ["channel"]}
    return {name: keys | (records if name == "sales" else {}) | place for name, place in tables.items()}


def _columns(name):
    depth, found, start = 0, [], 0
    for at, sign in enumerate(TYPES[name]):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0:
            found.append(TYPES[name][start:at].strip())
            start = at + 1
    return [*found, TYPES[name][start:].strip()]


def _cell(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
