"""Values of competitors as their files have them."""

import pytest

from kpisite.errors import Problems
from kpisite.load.peers import read_peers
from kpisite.periods import parse
from tests.factories import a_site, an_indicator

HEADER = "product,indicator,period,competitor,value,source,as_of,definition_note,comparable,confidence\n"


def read(path, text, encoding="utf-8"):
    (path / "peers.csv").write_bytes(text.encode(encoding))
    site = a_site(
        {"card": {"monitor": ["it"]}}, {"it": an_indicator()},
        competitors={"file": "peers.csv", "names": {"peer-a": {"name": "A"}}},
    )  # fmt: skip
    problems = Problems()
    return read_peers(site, path, problems), [str(problem) for problem in problems.found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_values_are_read_with_their_source(encoding, tmp_path):
    row = 'card,it,2025年9月,peer-a,"1,234.5",公开季报,2025-12-20,口径不同，略,yes,A\n'

    peers, problems = read(tmp_path, HEADER + row, encoding)

    (value,) = peers.values
    assert problems == []
    assert (value.period, value.value, value.source, value.note) == (
        parse("2025-09"),
        1234.5,
        "公开季报",
        "口径不同，略",
    )
    assert [(source.source, source.rows) for source in peers.sources] == [("competitors", 1)]


def test_a_later_correction_is_no_repetition(tmp_path):
    rows = "card,it,2025-09,peer-a,1,,2025-12-20,,yes,A\ncard,it,2025-09,peer-a,2,,2025-12-21,,yes,A\n"

    peers, problems = read(tmp_path, HEADER + rows)

    assert (len(peers.values), problems) == (2, [])


def test_a_site_without_competitors_reads_nothing(tmp_path):
    site = a_site({"card": {}}, {"it": an_indicator()})

    assert read_peers(site, tmp_path, Problems()).values == ()


def test_a_value_between_our_own_is_told(tmp_path):
    rows = [f"card,it,{label},peer-a,1,,2025-12-20,,yes,A" for label in ("2025-Q1", "2025-03", "2025-04", "2025-05")]
    (tmp_path / "peers.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    site = a_site(
        {"card": {"monitor": ["it"]}}, {"it": an_indicator(cadence="quarter")},
        competitors={"file": "peers.csv", "names": {"peer-a": {"name": "A"}}},
    )  # fmt: skip
    problems = Problems()

    read_peers(site, tmp_path, problems)

    assert [str(problem) for problem in problems.found] == [
        "peers.csv:4: warning: the value of 'it' for 2025-04, like 1 more, is never compared: ours is due once a "
        "quarter. Deliver the value of a quarter, or of its last month."
    ]
