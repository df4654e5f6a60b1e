"""Reading sources: what is read as it is, what is repaired, and what is told with its line and column."""

import datetime as dt

import pytest

from kpisite.errors import AuthorError, Place, Problems
from kpisite.load.tables import open_tables
from tests.measure.small import a_site, an_indicator, figures, flow

NOW = dt.date(2026, 1, 31)


def site(columns=("amount",), **source):
    """A site with one source and a measure for each of these columns."""
    return a_site(
        sources={"monthly": {"file": "data.csv", "product": "product"} | source},
        measures={name: flow() for name in columns},
        indicators={name.replace("_", "-"): an_indicator(name, "flow", unit="cny") for name in columns},
        report={"period": "2025-03", "history": 3},
    )


def told(folder, text, declared=None, as_of=NOW):
    """The problems of reading one file."""
    if text is not None:
        (folder / "data.csv").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    problems = Problems()
    with open_tables(declared or site(), folder, as_of, problems):
        pass
    return [str(problem) for problem in AuthorError(problems.found).problems]


def read(folder, text, declared=None, as_of=NOW):
    """The figures of one file."""
    if text is not None:
        (folder / "data.csv").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return figures(folder, declared or site(), as_of)


GOOD = "product,period,amount\ncard,2025-01,1\ncard,2025-02,2\ncard,2025-03,3\n"


@pytest.mark.parametrize(
    "raw",
    [
        GOOD.encode(),
        GOOD.encode("utf-8-sig"),
        GOOD.encode("utf-16"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r\n", 2).encode(),
        GOOD.replace("2025-0", "2025年").replace(",1\n", "月,1\n").replace(",2\n", "月,2\n").replace(",3\n", "月,3\n").encode("gb18030"),
        GOOD.replace("product", " product ").encode(),
        GOOD.replace("product", "\uff50roduct").encode(),
        GOOD.replace("card", " card").encode(),
        (GOOD + ",,\n\n,,\n").encode(),
        GOOD.replace(",3\n", ",\uff13\n").encode(),
        GOOD.replace(",3\n", ',"3"').encode(),
        GOOD.replace("2025-02", "2025/2").replace("2025-03", "202503").encode(),
    ],
)  # fmt: skip
def test_files_as_they_come_read_the_same(tmp_path, raw):
    found = read(tmp_path, raw)

    assert [found.value("card", "amount", f"2025-0{n}") for n in (1, 2, 3)] == [1, 2, 3]
    assert found.value("card", "amount", "2025-Q1") == 6


@pytest.mark.parametrize("mark", ["", "-", "—", "NA", "N/A", "无", " - ", '""'])
def test_missing_markers_are_missing_and_never_zero(tmp_path, mark):
    found = read(tmp_path, GOOD.replace(",2\n", f",{mark}\n"))

    assert found.value("card", "amount", "2025-02") == "no-data"


def test_a_number_can_be_declared_a_missing_marker(tmp_path):
    found = read(tmp_path, GOOD.replace(",2\n", ",-999\n"), site(na=["-999"]))

    assert found.value("card", "amount", "2025-02") == "no-data"


def test_another_delimiter_and_title_lines_are_declared(tmp_path):
    found = read(tmp_path, "Report\n2025\n" + GOOD.replace(",", ";"), site(delimiter=";", skip=2))

    assert found.value("card", "amount", "2025-Q1") == 6


def test_quoted_texts_may_hold_delimiters_and_line_ends(tmp_path):
    text = 'product,note,period,amount\ncard,"a, ""b""\nc",2025-01,x\n'

    assert told(tmp_path, text, site(other_columns="ignore")) == [
        "data.csv:3:12: error: column 'amount': 'x' is not a number. "
        "If it stands for a missing value, name it in the source's 'na'."
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GOOD.replace(",2\n", ",two\n").replace(",3\n", ",1,5\n".replace("1,5", '"1,5"')),
            [
                "data.csv:3:14: error: column 'amount': 'two' is not a number. "
                "If it stands for a missing value, name it in the source's 'na'.",
                "data.csv:4:14: error: column 'amount': '1,5' is not a number. Is it a decimal comma? Thousands have three digits between commas.",
            ],
        ),
        (
            GOOD.replace("2025-02", "Feb-25"),
            ["data.csv:3:6: error: 'Feb-25' is not a period. A spreadsheet has shortened it; format the column as text and write 2025-09."],
        ),
        (
            GOOD.replace("2025-02", "2025-W06"),
            ["data.csv:3:6: error: '2025-W06' is a week, and weeks cross the ends of months. Declare 'weeks: thursday' to count a week in the month of its Thursday, or deliver days."],
        ),
        (
            GOOD.replace("2025-02", "2025-02 YTD"),
            ["data.csv:3:6: error: '2025-02 YTD' cannot be put into months. Deliver days, months, quarters or years."],
        ),
        (
            GOOD + "card,2025-Q1,9\n",
            [
                "data.csv:5:6: error: '2025-Q1' is a quarter, but most periods here are a month like '2025-01'. "
                "Declare 'grain: month' to read those only, or keep them in two sources."
            ],
        ),
        (
            GOOD + "crad,2025-03,9\ncrad,2025-02,9\n合计,2025-03,9\n",
            [
                "data.csv:5:1: error: the product 'crad' is not declared (lines 5, 6). Did you mean 'card'?",
                "data.csv:7:1: error: '合计' seems to be a row of sums. Declare 'ignore_rows: [合计]' to leave such rows out.",
            ],
        ),
        (
            GOOD + "card,2025/03,9\n",
            [
                "data.csv:5: error: a second row of product 'card' for 2025/03; the first is line 4. "
                "Delete one, or declare 'repeats: allow' if rows are records to be added up."
            ],
        ),
        (
            GOOD + "card,2025-03\n",
            ["data.csv:5: error: this row has 2 fields, the header has 3: 'card,2025-03'. Quote texts that hold the delimiter."],
        ),
        (
            GOOD + "loan,2025-03,1,000\n",
            ["data.csv:5: error: this row has 4 fields, the header has 3: 'loan,2025-03,1,000'. Quote texts that hold the delimiter."],
        ),
        (GOOD + 'loan,2025-03,"1\n', ["data.csv:5: error: a quoted text is never closed: 'loan,2025-03,\"1'."]),
        (
            GOOD + 'loan,2025-03,"1"0\n',
            ["data.csv:5: error: something stands between a closing quote and the next delimiter: 'loan,2025-03,\"1\"0'."],
        ),
        (
            GOOD.replace(",2\n", ",#REF!\n"),
            ["data.csv:3:14: error: column 'amount': '#REF!' is a spreadsheet's error. Mend the spreadsheet and export it again."],
        ),
        (
            GOOD.replace("period", "month"),
            ["data.csv:1: error: the header lacks the column 'period'. Known: amount, month."],
        ),
        (
            GOOD.replace("product,", "prodcut,"),
            ["data.csv:1: error: the header lacks the column 'product'. Did you mean 'prodcut'?"],
        ),
        (
            "Monthly report,,\n\n" + GOOD,
            ["data.csv:1: error: the header lacks the column 'product', 'period'. Line 3 has it: declare 'skip: 2'."],
        ),
        (
            GOOD.replace(",", "|"),
            [
                "data.csv:1: error: the header lacks the column 'product', 'period'. "
                "The columns seem to be separated by '|': declare 'delimiter: \"|\"'."
            ],
        ),
        (
            GOOD.replace("amount\n", "amount,amount\n").replace("1\n", "1,1\n").replace("2\n", "2,2\n").replace("3\n", "3,3\n"),
            ["data.csv:1: error: the column 'amount' stands twice, as column 3 and 4. Rename one of them."],
        ),
        ("", ["data.csv:1: error: there is no header. The first row names the columns."]),
        (
            GOOD.replace("card,2025-02", ",2025-02"),
            ["data.csv:3:1: error: the row names no product. Delete it, or fill in the product."],
        ),
    ],
)  # fmt: skip
def test_a_bad_file_is_told_to_the_cell(tmp_path, text, expected):
    assert told(tmp_path, text) == expected


def test_endless_problems_are_counted(tmp_path):
    text = "product,period,amount\n" + "".join(f"card,2025-01-{1 + n % 28:02d},x{n}\n" for n in range(150))

    problems = told(tmp_path, text, site(repeats="allow"))

    assert len(problems) == 101
    assert problems[0] == "data.csv: error: 50 more problems in this file."


def test_undeclared_products_can_be_warned_about_or_ignored(tmp_path):
    text = GOOD + "".join(f"other,2025-03,x{n}\n" for n in range(7))

    assert told(tmp_path, text, site(unknown="warn", repeats="allow")) == [
        "data.csv:5:1: warning: the product 'other' is not declared (lines 5, 6, 7, 8, 9 and 2 more). Known: card, cash, loan."
    ]
    assert told(tmp_path, text, site(unknown="ignore", repeats="allow")) == []
    assert read(tmp_path, text, site(unknown="ignore", repeats="allow")).value("bank", "amount", "2025-03") == 3


class TestFiles:
    def test_a_missing_file_is_told_with_the_nearest_name(self, tmp_path):
        (tmp_path / "date.csv").write_text(GOOD, encoding="utf-8")

        assert told(tmp_path, None) == ["bank.yaml:30:3: error: there is no file 'data.csv'. Did you mean 'date.csv'?"]

    def test_a_pattern_without_files_is_told(self, tmp_path):
        assert told(tmp_path, None, site(file="data/*.csv")) == [
            "bank.yaml:30:3: error: no file matches 'data/*.csv'. Paths start at the folder of site.yaml."
        ]

    @pytest.mark.parametrize("file", ["/etc/passwd", "../data.csv", "data/../../x.csv", "C:/x.csv", "data\\x.csv"])
    def test_files_outside_the_site_are_refused(self, tmp_path, file):
        (problem,) = told(tmp_path, None, site(file=file))

        assert problem == (
            f"bank.yaml:30:3: error: '{file}' is no path below the site's folder. Write a path below it with '/', like data/monthly.csv."
        )

    def test_a_link_out_of_the_site_is_refused(self, tmp_path):
        inside = tmp_path / "site"
        inside.mkdir()
        (tmp_path / "secret.csv").write_text(GOOD, encoding="utf-8")
        (inside / "data.csv").symlink_to(tmp_path / "secret.csv")

        assert told(inside, None)[0] == (
            "bank.yaml:30:3: error: 'data.csv' leads out of the site's folder. Copy the file into the site."
        )

    def test_an_unknown_placeholder_is_refused(self, tmp_path):
        assert told(tmp_path, None, site(file="{year}.csv")) == [
            "bank.yaml:30:3: error: '{year}' means nothing in a path. Known: {product}, {period}, {measure}, {as_of}."
        ]

    def test_the_path_tells_the_product(self, tmp_path):
        for product in ("card", "loan"):
            (tmp_path / product).mkdir()
            (tmp_path / product / "data.csv").write_text("period,amount\n2025-03,5\n", encoding="utf-8")

        found = read(tmp_path, None, site(file="{product}/data.csv", product=None))

        assert found.value("loan", "amount", "2025-03") == 5
        assert found.value("bank", "amount", "2025-03") == 10

    def test_data_may_call_a_product_by_its_codes(self, tmp_path):
        declared = site()
        products = declared.products | {"card": declared.products["card"].model_copy(update={"codes": ("0021", "CC")})}

        found = read(
            tmp_path,
            "product,period,amount\n0021,2025-01,1\n \uff23\uff23,2025-02,2\ncard,2025-03,3\nloan,2025-03,4\n",
            declared.model_copy(update={"products": products}),
        )

        assert list(found.row("card", "amount").values()) == [1, 2, 3]

    def test_the_path_tells_the_period(self, tmp_path):
        for period, amount in (("2025-01", 1), ("2025年2月", 2), ("202503", 3)):
            (tmp_path / period).mkdir()
            (tmp_path / period / "sales.csv").write_text(f"product,amount\ncard,{amount}\n", encoding="utf-8")

        found = read(tmp_path, None, site(file="{period}/sales.csv"))

        assert list(found.row("card", "amount").values()) == [1, 2, 3]

    def test_a_path_that_tells_no_period_is_told_once(self, tmp_path):
        (tmp_path / "Sep-25").mkdir()
        (tmp_path / "Sep-25" / "sales.csv").write_text("product,amount\ncard,1\nloan,2\n", encoding="utf-8")

        assert told(tmp_path, None, site(file="{period}/sales.csv")) == [
            "Sep-25/sales.csv: error: 'Sep-25' is not a period. "
            "A spreadsheet has shortened it; format the column as text and write 2025-09."
        ]

    def test_a_source_without_products_is_refused_unless_there_is_but_one(self, tmp_path):
        text = "period,amount\n2025-03,5\n"

        assert told(tmp_path, text, site(product=None)) == [
            "bank.yaml:30:3: error: the source does not tell which product a row is about. "
            "Name its column with 'product:', or put {product} into its path."
        ]
        one = site(product=None).model_copy(update={"products": {"card": site().products["card"]}})
        assert read(tmp_path, text, one).value("card", "amount", "2025-03") == 5

    def test_files_of_one_source_may_lack_each_others_columns(self, tmp_path):
        (tmp_path / "a.csv").write_text("product,period,amount\ncard,2025-03,5\n", encoding="utf-8")
        (tmp_path / "b.csv").write_text("product,cost,period\nloan,7,2025-03\n", encoding="utf-8")

        found = read(tmp_path, None, site(("amount", "cost"), file="*.csv"))

        assert found.value("card", "amount", "2025-03") == 5
        assert found.value("loan", "cost", "2025-03") == 7
        assert found.value("loan", "amount", "2025-03") == "not-applicable"

    def test_a_column_spelt_differently_in_one_file_is_doubted(self, tmp_path):
        (tmp_path / "a.csv").write_text("product,period,amount\ncard,2025-03,5\n", encoding="utf-8")
        (tmp_path / "b.csv").write_text("product,period,amounts\nloan,2025-03,7\n", encoding="utf-8")

        assert told(tmp_path, None, site(file="*.csv")) == [
            "b.csv:1: warning: the header has 'amounts', where other files of the source have 'amount'. "
            "Rename the column, or it stays unread."
        ]


class TestVintages:
    TEXT = (
        "product,period,as_of,amount\ncard,2025-01,2025-02-05,1\ncard,2025-01,2025-03-05,10\n"
        "card,2025-02,2025-03-05,2\nloan,2025-01,2025-02-05,5\n"
    )

    def test_the_newest_row_of_a_product_and_period_counts(self, tmp_path):
        found = read(tmp_path, self.TEXT, site(as_of="as_of"))

        assert found.value("card", "amount", "2025-01") == 10
        assert found.vintage("card", "amount", "2025-01") == "2025-03-05"
        assert found.vintage("loan", "amount", "2025-01") == "2025-02-05"
        assert found.vintage("bank", "amount", "2025-01") == "2025-03-05"
        assert found.vintage("card", "amount", "2025-03") is None

    def test_rows_delivered_after_the_day_of_the_report_are_left_out(self, tmp_path):
        found = read(tmp_path, self.TEXT, site(as_of="as_of"), dt.date(2025, 2, 28))

        assert found.value("card", "amount", "2025-01") == 1
        assert found.value("card", "amount", "2025-02") == "no-data"

    def test_two_rows_of_one_delivery_are_a_repeat(self, tmp_path):
        assert told(tmp_path, self.TEXT + "card,2025-02,2025-03-05,3\n", site(as_of="as_of")) == [
            "data.csv:6: error: a second row of product 'card' for 2025-02; the first is line 4. "
            "Delete one, or declare 'repeats: allow' if rows are records to be added up."
        ]

    def test_a_day_of_delivery_that_is_none_is_told(self, tmp_path):
        assert told(tmp_path, self.TEXT.replace("2025-02-05,5", "soon,5"), site(as_of="as_of")) == [
            "data.csv:5:14: error: 'soon' is no day of delivery. Write 2025-09, 2025-Q3, 2025-H2, 2025 or 2025-09-30."
        ]

    def test_the_newest_delivery_by_its_path_replaces_the_older_ones_whole(self, tmp_path):
        for day, rows in (("2025-02-05", "2025-01,1\n2025-02,2\n"), ("2025-03-05", "2025-01,10\n")):
            (tmp_path / day).mkdir()
            (tmp_path / day / "card.csv").write_text("period,amount\n" + rows, encoding="utf-8")
        declared = site(file="{as_of}/{product}.csv", product=None)

        newest, older = read(tmp_path, None, declared), read(tmp_path, None, declared, dt.date(2025, 3, 4))

        assert (newest.value("card", "amount", "2025-01"), newest.value("card", "amount", "2025-02")) == (10, "no-data")
        assert (older.value("card", "amount", "2025-01"), older.value("card", "amount", "2025-02")) == (1, 2)
        assert newest.vintage("card", "amount", "2025-01") == "2025-03-05"
        assert [file.path for fact in newest.series.sources for file in fact.files] == ["2025-03-05/card.csv"]

    def test_a_folder_that_is_no_day_is_told(self, tmp_path):
        (tmp_path / "latest").mkdir()
        (tmp_path / "latest" / "card.csv").write_text("period,amount\n2025-01,1\n", encoding="utf-8")

        (problem,) = [
            p for p in told(tmp_path, None, site(file="{as_of}/{product}.csv", product=None)) if "latest" in p
        ]

        assert problem.startswith("latest/card.csv: error: 'latest' in the path is no day of delivery.")


def test_months_after_the_report_are_left_out(tmp_path):
    found = read(tmp_path, GOOD + "card,2025-04,1000\n")

    assert found.value("card", "amount", "2025-Q1") == 6


def test_types_are_declared_and_ids_keep_their_zeros(tmp_path):
    text = "product,period,code,ok,day,rate,n\n" + "".join(
        f"card,2025-0{m},00{m},{ok},{day},{rate},{m}\n"
        for m, ok, day, rate in (
            (1, "true", "2025-01-05", "1e-3"),
            (2, "否", "2025/2/5", "0.25"),
            (3, "Y", "2025年3月5日", "4"),
        )
    )
    kinds = {"code": "text", "ok": "boolean", "day": "date", "rate": "float", "n": "integer"}
    sql = {
        "a": "sum(n) filter (where code = '003' and ok)",
        "b": "sum(rate)",
        "c": "count(*) filter (where day >= '2025-02-01')",
        "d": "count(*) filter (where not ok)",
    }
    declared = a_site(
        sources={"monthly": {"file": "data.csv", "product": "product", "columns": kinds}},
        measures={name: flow(expression, "count") for name, expression in sql.items()},
        indicators={name: an_indicator(name, "flow", unit="count") for name in sql},
        report={"period": "2025-03", "history": 3},
    )

    found = read(tmp_path, text, declared)

    assert found.value("card", "a", "2025-03") == 3
    assert found.value("card", "b", "2025-Q1") == pytest.approx(4.251)
    assert found.value("card", "c", "2025-Q1") == 2
    assert found.value("card", "d", "2025-02") == 1


def test_the_place_of_a_problem_is_a_place(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD.replace(",2\n", ",two\n"), encoding="utf-8")
    problems = Problems()
    with open_tables(site(), tmp_path, NOW, problems) as tables:
        assert dict(tables.tables) == {}

    assert problems.found[0].place == Place("data.csv", 3, 14)


def test_a_large_file_of_one_shape_is_read_whole(tmp_path):
    lines = [f"card,2025-{1 + n % 3:02d},{n % 7}.25" for n in range(30000)]
    (tmp_path / "data.csv").write_text("product,period,amount\n" + "\n".join(lines) + "\n", encoding="utf-8")

    found = read(tmp_path, None, site(repeats="allow"))

    assert found.value("card", "amount", "2025-Q1") == sum(n % 7 + 0.25 for n in range(30000))
    assert found.series.sources[0].rows == 30000
