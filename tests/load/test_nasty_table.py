"""Inputs as people deliver them, one by one: each is refused with its place, warned about, or repaired and counted.

The numbers are those of the list of nasty inputs in docs/how-to/awkward-files.md: 42 rows, each with a test here.
"""

import csv
import os
import re

import pytest

from kpisite.declare.yaml_source import read_yaml
from kpisite.errors import Problems
from kpisite.evaluate.address import find
from kpisite.evaluate.evaluate import evaluate
from kpisite.evaluate.explain import explain
from kpisite.load import source as reading
from kpisite.load.facts import LeftOut
from kpisite.load.tables import open_tables
from kpisite.measure.compute import measure
from kpisite.periods import month
from kpisite.publish.exports import guarded
from tests.conftest import ROOT, copy_site, kpisite
from tests.load.test_tables import GOOD, NOW, read, site, told
from tests.measure.small import a_site, an_indicator, figures, flow

AMOUNTS = [1, 2, 3]
LAUNCH = month(2025, 2)


def raw(folder, data, name="data.csv"):
    (folder / name).write_bytes(data)


def amounts(found):
    return list(found.row("card", "amount").values())


def fixes(found):
    return {fix.kind: fix.count for fact in found.series.sources for fix in fact.fixes}


def warned(folder, text, declared=None, as_of=NOW):
    """The warnings of a file that is read whole."""
    problems = told(folder, text, declared, as_of)
    assert not [problem for problem in problems if ": error: " in problem]
    return problems


def refused(folder, text, declared=None):
    """The errors of a file that is refused."""
    problems = told(folder, text, declared)
    errors = [problem for problem in problems if ": error: " in problem]
    assert errors
    return errors


def test_row_01_a_gb18030_file_is_decoded_and_its_encoding_logged(tmp_path):
    raw(tmp_path, GOOD.replace("card,", " card,").replace("2025-01", "2025年1月").encode("gb18030"))

    found = read(tmp_path, None)

    assert amounts(found) == AMOUNTS
    assert found.series.sources[0].files[0].encoding == "gb18030"
    assert fixes(found)["decoded"] == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_row_02_marks_and_unicode_text_of_excel_are_read(tmp_path, encoding):
    raw(tmp_path, GOOD.replace(",", "\t").encode(encoding))

    found = read(tmp_path, None)

    assert amounts(found) == AMOUNTS
    assert fixes(found) == {"decoded": 1, "delimiter": 1}


def test_row_03_what_is_neither_utf8_nor_gb18030_is_refused_with_line_and_offset(tmp_path):
    raw(tmp_path, GOOD.encode() + b"card,2025-03,\xff\xff\n")

    assert refused(tmp_path, None) == [
        "data.csv:5: error: neither UTF-8 nor GB18030: byte 0xff at offset 80. "
        "Declare the source's encoding, like 'encoding: big5'."
    ]


def test_row_04_big5_that_decodes_as_gb18030_is_suspected_by_its_header(tmp_path):
    raw(tmp_path, GOOD.replace("product", "產品").encode("big5"))

    (problem,) = refused(tmp_path, None, site(product="產品"))

    assert problem.endswith("It reads well as Big5: declare 'encoding: big5'.")
    assert amounts(read(tmp_path, None, site(product="產品", encoding="big5"))) == AMOUNTS
    raw(
        tmp_path,
        GOOD.replace("amount\n", "amount,產品\n").replace("\n", ",\n").replace("產品,\n", "產品\n").encode("big5"),
    )
    (problem,) = warned(tmp_path, None)
    assert "declare another, like 'encoding: big5'" in problem


def test_row_05_title_lines_above_the_header_are_told_with_the_line_that_has_it(tmp_path):
    assert refused(tmp_path, "零售产品月度经营数据表,,\n单位：元,,\n" + GOOD) == [
        "data.csv:1: error: the header lacks the column 'product', 'period'. Line 3 has it: declare 'skip: 2'."
    ]


@pytest.mark.parametrize("label", ["合计", "小 计", "总计", "Total", "GRAND TOTAL"])
@pytest.mark.parametrize("unknown", ["error", "warn", "ignore"])
def test_row_06_rows_of_sums_are_refused_unless_named_and_never_added_in(tmp_path, label, unknown):
    text = f"{GOOD}{label},2025-03,6\n"

    assert refused(tmp_path, text, site(unknown=unknown)) == [
        f"data.csv:5:1: error: '{label}' seems to be a row of sums. "
        f"Declare 'ignore_rows: [{label}]' to leave such rows out."
    ]
    found = read(tmp_path, text, site(unknown=unknown, ignore_rows=[label]))
    assert found.value("bank", "amount", "2025-03") == 3
    assert found.series.sources[0].files[0].left_out == (LeftOut("total-row", 1, (5,), label),)


def test_row_06_a_total_in_the_column_of_periods_and_a_note_are_left_out_by_name(tmp_path):
    text = f'{GOOD}card,合计,"x"\n"Source: core banking, 2025",,\n'

    found = read(tmp_path, text, site(ignore_rows=["合计", "Source:*"]))

    assert amounts(found) == AMOUNTS
    left = {one.label: (one.reason, one.rows, one.lines) for one in found.series.sources[0].files[0].left_out}
    assert left == {"合计": ("total-row", 1, (5,)), "Source: core banking, 2025": ("total-row", 1, (6,))}


def test_row_07_a_header_in_the_middle_is_refused_with_its_line(tmp_path):
    assert "data.csv:5: error: the header stands here again. " in refused(tmp_path, GOOD + GOOD)[0]


def test_row_08_line_ends_of_all_kinds_are_read_and_counted(tmp_path):
    raw(tmp_path, b"product,period,amount\r\ncard,2025-01,1\rcard,2025-02,2\ncard,2025-03,3\r\n")

    found = read(tmp_path, None)

    assert amounts(found) == AMOUNTS
    assert fixes(found) == {"newlines": 3}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_row_09_semicolons_and_tabs_are_read_where_the_header_then_matches(tmp_path, delimiter):
    found = read(tmp_path, GOOD.replace(",", delimiter))

    assert amounts(found) == AMOUNTS
    assert found.series.sources[0].files[0].delimiter == delimiter
    assert fixes(found) == {"delimiter": 1}


def test_row_09_a_full_width_comma_is_refused(tmp_path):
    (problem,) = refused(tmp_path, GOOD.replace(",", "，"))

    assert problem.endswith("The columns seem to be separated by '，': declare 'delimiter: \"，\"'.")


def test_row_10_two_columns_of_one_name_are_refused_both_named(tmp_path):
    (problem,) = refused(tmp_path, "product,period,amount,amount\ncard,2025-01,1,2\n")

    assert "the column 'amount' stands twice, as column 3 and 4" in problem


def test_row_11_an_unknown_column_is_warned_about_and_a_missing_one_refused(tmp_path):
    assert warned(
        tmp_path, "product,period,\uff21\uff2d\uff2f\uff35\uff2e\uff34 ,amount,amounts\ncard,2025-01,1,1,1\n"
    ) == ["data.csv:1: warning: nothing uses the columns 'AMOUNT', 'amounts'. Did you mean 'amount'?"]
    assert refused(tmp_path, GOOD.replace("period", "peroid")) == [
        "data.csv:1: error: the header lacks the column 'period'. Did you mean 'peroid'?"
    ]


def test_row_12_ragged_rows_and_open_quotes_are_refused_with_their_text(tmp_path):
    assert refused(tmp_path, GOOD + "card,2025-04\n")[0].startswith(
        "data.csv:5: error: this row has 2 fields, the header has 3: 'card,2025-04'."
    )
    assert refused(tmp_path, GOOD + '"card,2025-04,1\n') == [
        "data.csv:5: error: a quoted text is never closed: '\"card,2025-04,1'."
    ]


def test_row_13_the_same_row_twice_counts_once_with_a_warning(tmp_path):
    text = GOOD + "card,2025-03,3.0\ncard,2025-03,3\n"

    assert warned(tmp_path, text) == [
        "data.csv:5: warning: the same row of product 'card' for 2025-03 as line 4; it counts once. Delete one.",
        "data.csv:6: warning: the same row of product 'card' for 2025-03 as line 4; it counts once. Delete one.",
    ]
    found = read(tmp_path, None)
    assert amounts(found) == AMOUNTS
    assert fixes(found) == {"identical-rows": 2}
    assert found.series.sources[0].rows == 5


def test_row_14_two_rows_that_differ_are_refused_unless_the_last_is_declared_to_stand(tmp_path):
    text = GOOD.replace("card,2025-02,2\n", "card,2025-02,9\ncard,2025-02,5\n") + "card,2025-02,2\n"

    problems = refused(tmp_path, text)

    assert [problem.partition(" error:")[0] for problem in problems] == ["data.csv:4:", "data.csv:6:"]
    assert all("the first is line 3" in problem for problem in problems)
    found = read(tmp_path, text, site(repeats="last"))
    assert amounts(found) == AMOUNTS
    assert found.series.sources[0].files[0].left_out == (LeftOut("replaced", 2),)


def test_row_14_the_last_row_is_the_last_of_the_last_file(tmp_path):
    raw(tmp_path, (GOOD + "loan,2025-01,7\nloan,2025-01,8\n").encode(), "a.csv")
    raw(tmp_path, b"period,amount,product\n2025-01,9,loan\n2025-02,20,card\n", "b.csv")

    found = read(tmp_path, None, site(file="*.csv", repeats="last"))

    assert amounts(found) == [1, 20, 3]
    assert found.value("loan", "amount", "2025-01") == 9


def test_row_15_full_width_digits_another_minus_and_hard_spaces_are_read(tmp_path):
    found = read(
        tmp_path, GOOD.replace(",1\n", ",\uff11\n").replace(",2\n", ",\u22122\n").replace(",3\n", ",\u00a03\n")
    )

    assert amounts(found) == [1, -2, 3]
    assert fixes(found) == {"full-width": 3}


def test_row_16_thousands_are_read_and_wrong_groups_refused(tmp_path):
    found = read(tmp_path, GOOD.replace(",1\n", ',"1,234,567.89"\n'))

    assert amounts(found)[0] == 1234567.89
    assert fixes(found) == {"thousands": 1}
    assert refused(tmp_path, GOOD.replace(",1\n", ',"1,23"\n')) == [
        "data.csv:2:14: error: column 'amount': '1,23' is not a number. "
        "Is it a decimal comma? Thousands have three digits between commas."
    ]


def test_row_17_negatives_of_accountants_are_read(tmp_path):
    found = read(
        tmp_path, GOOD.replace(",1\n", ',"(1,000)"\n').replace(",2\n", ',"1,000-"\n').replace(",3\n", ",(3)\n")
    )

    assert amounts(found) == [-1000, -1000, -3]
    assert fixes(found) == {"negatives": 3, "thousands": 2}


def test_row_18_per_cent_is_a_hundredth(tmp_path):
    found = read(tmp_path, GOOD.replace(",1\n", ",12.5%\n").replace(",2\n", ",3％\n").replace(",3\n", ",100 %\n"))

    assert amounts(found) == [0.125, 0.03, 1]
    assert fixes(found) == {"full-width": 1, "percent": 3}


def test_row_19_a_column_in_per_cent_in_some_rows_only_is_refused_with_samples(tmp_path):
    text = GOOD.replace(",1\n", ",12.5%\n").replace(",2\n", ",0.125\n").replace(",3\n", ",12.5\n")

    assert refused(tmp_path, text) == [
        "data.csv:2:14: error: column 'amount' is in per cent in some rows only: '12.5%' (data.csv:2:14), "
        "'0.125' (data.csv:3:14), '12.5' (data.csv:4:14). Write all of them alike, "
        "or declare 'units: {amount: \"%\"}' if all are in per cent."
    ]
    assert amounts(read(tmp_path, text, site(units={"amount": "%"}))) == [0.125, 0.00125, 0.125]


def test_row_20_units_in_cells_and_headers_are_read_where_they_are_declared(tmp_path):
    text = GOOD.replace(",1\n", ",1.2万\n").replace(",2\n", ",3亿\n").replace(",3\n", ',"¥1,200"\n')

    found = read(tmp_path, text, site(units={"amount": "元"}))

    assert amounts(found) == [12000, 300000000, 1200]
    assert fixes(found) == {"thousands": 1, "units": 3}
    assert amounts(read(tmp_path, GOOD.replace("amount", "amount（万元）"), site(units={"amount": "万元"}))) == [
        10000,
        20000,
        30000,
    ]


def test_row_20_units_that_are_not_declared_or_stand_twice_are_refused(tmp_path):
    header = GOOD.replace("amount", "amount(万元)")

    assert "'1.2万' carries the unit 万" in refused(tmp_path, GOOD.replace(",1\n", ",1.2万\n"))[0]
    assert refused(tmp_path, header, site(columns={"amount": "decimal"})) == [
        "data.csv:1: error: the header gives 'amount' in 万元. Declare it: 'units: {amount: 万元}'."
    ]
    assert "the declaration in 元" in refused(tmp_path, header, site(units={"amount": "元"}))[0]
    (problem,) = refused(tmp_path, header.replace(",1\n", ",1.2万\n"), site(units={"amount": "万元"}))
    assert "'1.2万' carries a unit, and so does the column, declared in 万元. It would be counted twice" in problem
    assert "'斤' is no unit known here" in refused(tmp_path, GOOD, site(units={"amount": "斤"}))[0]


def monthly(values):
    return "product,period,amount\n" + "".join(f"card,2025-{m:02d},{v}\n" for m, v in enumerate(values, 1))


def test_row_21_a_jump_as_of_another_unit_is_warned_about(tmp_path):
    declared = a_site(
        measures={"amount": flow()},
        sources={"monthly": {"file": "data.csv", "product": "product"}},
        indicators={"amount": an_indicator("amount", "flow", unit="cny")},
        report={"period": "2025-06", "history": 6},
    )
    problems = Problems()
    raw(tmp_path, monthly([50000, 51000, 49000, 5.2, 50500, 50200]).encode())
    with open_tables(declared, tmp_path, NOW, problems) as tables:
        measure(declared, tables, problems)

    assert [str(problem) for problem in problems.found] == [
        "bank.yaml:20:3: warning: measure 'amount' of product 'card' is a 9,635th of its median in 2025-04. "
        "Has its unit changed?"
    ]


@pytest.mark.parametrize("mark", ["-", "—", "N/A", "#N/A", "无", ""])
def test_row_22_what_stands_for_missing_is_missing_and_never_zero(tmp_path, mark):
    assert amounts(read(tmp_path, GOOD.replace(",2\n", f",{mark}\n"))) == [1, "no-data", 3]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#VALUE!"])
def test_row_23_errors_of_spreadsheets_are_refused(tmp_path, error):
    assert refused(tmp_path, GOOD.replace(",2\n", f",{error}\n")) == [
        f"data.csv:3:14: error: column 'amount': '{error}' is a spreadsheet's error. "
        "Mend the spreadsheet and export it again."
    ]


@pytest.mark.parametrize("value", ["NaN", "inf", "1e400"])
@pytest.mark.parametrize("kind", ["decimal", "float"])
def test_row_24_what_is_no_finite_number_is_refused_unless_declared_missing(tmp_path, value, kind):
    text = GOOD.replace(",2\n", f",{value}\n")

    assert refused(tmp_path, text, site(columns={"amount": kind}))[0].startswith(
        "data.csv:3:14: error: column 'amount': "
    )
    assert amounts(read(tmp_path, text, site(columns={"amount": kind}, na=["", value]))) == [1, "no-data", 3]


def test_row_25_long_numbers_are_exact_and_longer_ones_refused(tmp_path):
    found = read(tmp_path, GOOD.replace(",1\n", ",9007199254740993\n"))

    assert amounts(found)[0] == float(9007199254740993)
    assert "has more than 26 digits" in refused(tmp_path, GOOD.replace(",1\n", f",{'9' * 30}\n"))[0]


def counted(sql, **source):
    """A site that counts accounts, which are texts."""
    return a_site(
        sources={"monthly": {"file": "data.csv", "product": "product", "repeats": "allow"} | source},
        measures={"n": flow(sql, unit="count")},
        indicators={"n": an_indicator("n", "flow", unit="count")},
        report={"period": "2025-03", "history": 3},
    )


def test_rows_25_and_26_ids_stay_texts_with_all_their_digits_and_zeros(tmp_path):
    ids = ["12345678901234567890", "12345678901234567891", "001", "1"]
    text = "product,period,account\n" + "".join(f"card,2025-03,{one}\n" for one in ids)

    found = read(tmp_path, text, counted("count(distinct account)"))

    assert found.value("card", "n", "2025-03") == 4
    one = read(tmp_path, text, counted("count(*) filter (where account = '001')"))
    assert one.value("card", "n", "2025-03") == 1


def test_row_27_what_a_spreadsheet_has_spoilt_is_refused(tmp_path):
    text = "product,period,account\ncard,2025-03,1.23E+11\n"

    assert refused(tmp_path, text, counted("count(distinct account)")) == [
        "data.csv:2:14: error: column 'account': '1.23E+11' is a number that a spreadsheet has shortened. "
        "Format the column as text, and export it again."
    ]
    for period in ("Sep-25", "9月25日", "9月25"):
        assert "ormat the column as text" in refused(tmp_path, GOOD.replace("2025-02", period))[0]


def test_row_28_a_period_that_lost_its_zero_is_refused(tmp_path):
    assert refused(tmp_path, GOOD.replace("2025-02", "2025.1")) == [
        "data.csv:3:6: error: '2025.1' is not a period. January or October? Write 2025-01 or 2025-10."
    ]


def test_row_29_a_day_that_could_be_a_month_is_refused_unless_declared(tmp_path):
    text = "product,period,amount\ncard,1/2/2025,5\n"

    assert "1/2/2025" in refused(tmp_path, text)[0]
    assert read(tmp_path, text, site(date_format="day-first")).value("card", "amount", "2025-02") == 5
    assert read(tmp_path, text, site(date_format="month-first")).value("card", "amount", "2025-01") == 5


def test_row_30_a_spreadsheets_serial_day_is_refused_unless_declared(tmp_path):
    text = "product,period,amount\ncard,45700,5\n"

    assert "serial" in refused(tmp_path, text)[0]
    assert read(tmp_path, text, site(date_format="excel-serial")).value("card", "amount", "2025-02") == 5


def test_row_31_the_future_is_warned_about_and_not_counted(tmp_path):
    assert warned(tmp_path, GOOD + "card,2025-09,1000\ncard,2025-10,1000\n") == [
        "bank.yaml:30:3: warning: 2 rows of data.csv from 2025-09 on lie in the future and do not count. "
        "Is the period right?"
    ]
    found = read(tmp_path, None)
    assert found.value("card", "amount", "2025-Q1") == 6
    assert found.series.sources[0].files[0].left_out == (LeftOut("later-period", 2),)


def test_row_31_rows_before_a_launch_are_warned_about_and_not_shown(tmp_path):
    declared = site()
    products = {
        id_: product.model_copy(update={"launched": LAUNCH}) if id_ == "card" else product
        for id_, product in declared.products.items()
    }
    declared = declared.model_copy(update={"products": products})

    assert warned(tmp_path, GOOD, declared) == [
        "site.yaml: warning: 1 row of 'card' in the source 'monthly' lie before its launch in 2025-02. "
        "They are not shown. Is the launch right?"
    ]
    found = read(tmp_path, GOOD + "loan,2025-01,7\nloan,2025-03,7\n", declared)
    assert amounts(found) == ["not-launched", 2, 3]
    assert found.value("bank", "amount", "2025-01") == 7


def test_row_32_months_and_quarters_in_one_column_are_refused_unless_the_grain_is_declared(tmp_path):
    text = GOOD + "card,2025-Q1,6\n"

    assert "'2025-Q1' is a quarter" in refused(tmp_path, text)[0]
    found = read(tmp_path, text, site(grain="month"))
    assert found.value("card", "amount", "2025-Q1") == 6
    assert found.series.sources[0].files[0].left_out == (LeftOut("other-period", 1, (), "2025-Q1"),)


def test_row_33_missing_months_have_a_reason_and_a_partial_newest_period_is_warned_about(tmp_path):
    text = GOOD.replace("card,2025-02,2\n", "") + "loan,2025-02,1\n"

    assert warned(tmp_path, text) == [
        "bank.yaml:30:3: warning: the newest period of the source 'monthly', 2025-03, has 1 of its 2 products. "
        "Has everything arrived?"
    ]
    assert amounts(read(tmp_path, None)) == [1, "no-data", 3]


def test_row_34_undeclared_products_are_refused_with_their_first_lines(tmp_path):
    text = GOOD + "".join(f"crad,2025-0{1 + n % 3},{n}\n" for n in range(7))

    assert refused(tmp_path, text) == [
        "data.csv:5:1: error: the product 'crad' is not declared (lines 5, 6, 7, 8, 9 and 2 more). Did you mean 'card'?"
    ]
    ignored = read(tmp_path, text, site(unknown="ignore"))
    assert amounts(ignored) == AMOUNTS
    assert ignored.series.sources[0].files[0].left_out == (LeftOut("unknown-product", 7, (5, 6, 7, 8, 9), "crad"),)


def test_row_35_a_product_without_data_is_warned_about(tmp_path):
    declared = site()
    products = declared.products | {"cash": declared.products["cash"].model_copy(update={"monitor": ("amount",)})}

    assert warned(tmp_path, GOOD, declared.model_copy(update={"products": products})) == [
        "site.yaml: warning: no source has a row of the product 'cash'. Its page will say that there are no data."
    ]


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "<script>alert(1)</script>", "{{ 7 * 7 }}", "**bold**"]
)
def test_row_39_hostile_texts_stay_texts(tmp_path, cell):
    text = "product,period,account\n" + f'card,2025-03,"{cell}"\n'

    found = read(tmp_path, text, counted("count(distinct account)"))

    assert found.value("card", "n", "2025-03") == 1


def test_row_39_what_a_spreadsheet_would_run_is_guarded_in_exports_and_kept_as_text_in_pages(tmp_path):
    public = built(tmp_path, "hostile-names")

    assert [guarded(text) for text in ("=1+1", "+1", "-1", "@x", "Li - Wang")] == [
        "'=1+1",
        "'+1",
        "'-1",
        "'@x",
        "Li - Wang",
    ]
    cells = {
        (name, cell)
        for path in (public / "2025-02" / "data").glob("*.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        for name, cell in row.items()
    }
    assert not [cell for name, cell in cells if cell[:1] in ("=", "+", "@", "\t", "\r")]
    page = (public / "2025-02" / "en" / "products" / "card" / "index.html").read_text(encoding="utf-8")
    assert "{{ 7*7 }}" in page
    assert "<script>alert" not in page


def test_row_40_nul_bytes_are_refused_with_their_line(tmp_path):
    raw(tmp_path, GOOD.encode() + b"card,2025-04,\x001\n")

    assert refused(tmp_path, None) == ["data.csv:5: error: a NUL byte stands in the file. It is no text file."]


def test_row_40_a_line_without_end_is_refused(tmp_path):
    raw(tmp_path, GOOD.encode() + b"1" * (9 << 20))

    assert refused(tmp_path, None) == ["data.csv:5: error: a line is longer than 4 MB. Is it a table of lines?"]


def test_row_40_folders_pipes_and_links_out_of_the_site_are_refused(tmp_path):
    inside = tmp_path / "site"
    (inside / "folder.csv").mkdir(parents=True)
    os.mkfifo(inside / "pipe.csv")
    (tmp_path / "secret.csv").write_text(GOOD, encoding="utf-8")
    (inside / "link.csv").symlink_to(tmp_path / "secret.csv")

    assert "'folder.csv' is a folder" in refused(inside, None, site(file="folder.csv"))[0]
    assert "'pipe.csv' is no regular file" in refused(inside, None, site(file="pipe.csv"))[0]
    assert "leads out of the site's folder" in refused(inside, None, site(file="link.csv"))[0]
    assert "is no path below the site's folder" in refused(inside, None, site(file="../secret.csv"))[0]


def test_row_40_a_file_that_changes_while_it_is_read_is_refused(tmp_path, monkeypatch):
    def stage_and_change(connection, staged, spec, parts):
        stage(connection, staged, spec, parts)
        raw(tmp_path, GOOD.encode() + b"card,2025-04,1\n")

    stage = reading.stage
    monkeypatch.setattr(reading, "stage", stage_and_change)

    assert refused(tmp_path, GOOD)[0].startswith("data.csv: error: the file changed while it was read. ")


def built(folder, case):
    """The site of a golden case, built."""
    root = copy_site(ROOT / "tests" / "sites" / case, folder / case)
    kpisite("build", "-q", "-f", root / "site.yaml")
    return root / "public"


def said(case):
    """What the authors of a broken site read, from the site itself."""
    done = kpisite("check", "-f", ROOT / "tests" / "broken" / case / "site.yaml", check=False)
    assert done.returncode == 1
    return done.stderr


ZEROS = """\
site: {title: Zeros, languages: [en]}
report: {period: 2025-02, history: 2}
sources: {monthly: {file: monthly.csv, product: product}}
lines: {retail: {name: Retail}}
families: {risk: {name: Risk, order: 1, perspective: internal}}
measures:
  losses: {source: monthly, kind: flow, unit: cny}
indicators:
  losses: {name: Losses, family: risk, formula: losses, unit: cny, decimals: 0, direction: lower, kind: flow}
products:
  card: {name: Card, line: retail, key: {losses: {weight: 100, target: 0, tolerance: 100}}}
  loan: {name: Loan, line: retail, key: {losses: {weight: 100, target: 0, tolerance: 100}}}
"""


def zeros(folder, text=ZEROS):
    """A site whose targets are zero."""
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    rows = "card,2025-01,0\ncard,2025-02,-50\nloan,2025-01,100\nloan,2025-02,251\n"
    (folder / "monthly.csv").write_text(f"product,period,losses\n{rows}", encoding="utf-8")
    return folder


def test_row_36_a_target_of_zero_has_no_attainment_is_judged_by_difference_and_warned_about_once(tmp_path):
    done = kpisite("build", "-f", zeros(tmp_path) / "site.yaml")

    assert [line for line in done.stderr.splitlines() if "no attainment" in line] == [
        "site.yaml:11:72: warning: the target of 'losses' is 0, like 1 more of its targets, and therefore has "
        "no attainment in per cent; it is judged by the difference, within its tolerance. "
        "If 0 is meant, say why in its 'rationale'; else set another target."
    ]
    with (tmp_path / "public" / "2025-02" / "data" / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["product"]: row for row in csv.DictReader(file) if row["period"] == "2025-01"}
    loss = rows["loan"]
    assert (loss["value"], loss["attainment"], loss["status"], loss["score"]) == ("100", "", "amber", "60")


def test_row_36_a_target_of_zero_with_a_rationale_is_meant(tmp_path):
    zeros(tmp_path, ZEROS.replace("target: 0,", "rationale: None is allowed, target: 0,"))

    assert "no attainment" not in kpisite("build", "-f", tmp_path / "site.yaml").stderr


def test_row_36_a_target_of_zero_without_a_tolerance_is_refused():
    assert "the target of 'csat' is 0 and has no tolerance" in said("zero-target")


def test_row_37_growth_from_less_than_nothing_is_missing_and_told_as_a_change(tmp_path):
    rows = "".join(f"card,{y}-{m:02d},{-10 if y == 2024 else 5}\n" for y in (2024, 2025) for m in range(1, 13))
    raw(tmp_path, f"product,period,amount\n{rows}".encode())
    declared = a_site(
        sources={"monthly": {"file": "data.csv", "product": "product"}},
        measures={"amount": flow()},
        indicators={"growth": an_indicator("100 * yoy(amount)"), "change": an_indicator("delta(amount)", "flow")},
        products={"card": {"name": "Card", "line": "retail", "monitor": ["growth"]}},
    )
    found = figures(tmp_path, declared)

    assert found.value("card", "growth", "2025-05") == "base-not-positive"
    assert found.value("card", "change", "2025-01") == 15
    report = evaluate(declared, found.series, version="v", title="v", as_of=NOW)
    told = explain(report, *find(report, "card/growth@2025-05")).arithmetic
    assert (told.change, told.changed) == ("5 - (-10)", 15)


@pytest.mark.parametrize(("of", "expected"), [(-5, "negative-denominator"), (0, "zero-denominator"), (5, 2)])
def test_row_37_a_share_of_less_than_nothing_is_missing(tmp_path, of, expected):
    declared = a_site(
        sources={"monthly": {"file": "data.csv", "product": "product"}},
        measures={"a": flow(), "b": flow()},
        indicators={
            "share": an_indicator("a / b"),
            "both": an_indicator("a / (b * -2)"),
            "half": an_indicator("b / -2"),
        },
        report={"period": "2025-02", "history": 2},
    )
    found = read(tmp_path, f"product,period,a,b\ncard,2025-01,10,5\ncard,2025-02,10,{of}\n", declared)

    assert found.value("card", "share", "2025-01") == 2
    assert found.value("card", "share", "2025-02") == expected
    assert found.value("card", "both", "2025-01") == "negative-denominator"
    assert found.value("card", "half", "2025-01") == -2.5


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("target-order", "content/products/card.md:8:5: error: the target number 3 of 'csat' has no 'from'."),
        ("target-overlap", "content/products/card.md:7:5: error: two targets of 'csat' rule in 2025-06;"),
        ("targets-csv-overlap", "targets/2025.csv:5:1: error: two targets of 'nps' of 'card' rule in 2025-02;"),
        ("anchor-order", "content/products/card.md:5:41: error: 'amber' (82) is not worse than 'target' (80)"),
    ],
)
def test_row_38_targets_that_contradict_themselves_are_refused(case, text):
    assert text in said(case)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("yaml-duplicate-key", "content/bank.yaml:12:5: error: the key 'family' stands here twice."),
        ("yaml-alias", "content/bank.yaml:9:14: error: the alias '*name' is not allowed."),
        ("yaml-tag", "content/bank.yaml:9:13: error: the tag '!family' is not allowed."),
        ("yaml-tab", "content/bank.yaml:11:1: error: a tab stands where YAML wants spaces."),
        ("yaml-too-deep", "content/bank.yaml:14:50: error: nested deeper than 40 levels."),
    ],
)
def test_row_41_strange_yaml_is_refused_with_its_position(case, text):
    assert text in said(case)


def test_row_41_words_that_yaml_once_took_for_truth_stay_texts():
    document = read_yaml("a: no\nb: off\nc: 007\nd: 1:30\ne: 2025-09\n", "site.yaml", Problems())

    assert document.value == {"a": "no", "b": "off", "c": "007", "d": "1:30", "e": "2025-09"}


def test_row_42_a_restated_month_is_warned_about_and_shown_in_history(tmp_path):
    config = zeros(tmp_path) / "site.yaml"
    kpisite("release", "2025-02", "-f", config)
    data = tmp_path / "monthly.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("loan,2025-01,100", "loan,2025-01,90"), encoding="utf-8")

    done = kpisite("build", "-f", config)

    (told,) = [line for line in done.stderr.splitlines() if "restated" in line]
    assert told.startswith(
        "site.yaml:12:3: warning: restated: 'losses' of 'loan' for 2025-01 in 2025-02-draft, "
        "the last from 100 to 90; no reason given."
    )
    page = tmp_path / "public" / "2025-02-draft" / "en" / "history" / "2025-02..2025-02-draft" / "index.html"
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))
    assert re.search("Restated figures .*Loan Losses Jan 2025 CNY 100 . watch CNY 90", shown)


def test_every_row_of_the_table_has_a_test_here():
    named = {int(n) for name in globals() for n in re.findall(r"\d\d", name) if name.startswith("test_row")}

    assert named == set(range(1, 43))
