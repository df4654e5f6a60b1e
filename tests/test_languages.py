import pytest

from kpisite.languages import Text


def test_a_text_speaks_the_language_it_is_asked_for():
    text = Text.of({"zh": "信用卡", "en": "Credit card"})

    assert text.in_("zh") == "信用卡"
    assert text.in_("en") == "Credit card"


def test_a_plain_text_serves_every_language():
    assert Text.of("KPI").in_("zh") == "KPI"
    assert Text.of("KPI").in_("fr") == "KPI"


def test_a_missing_language_falls_back_to_one_that_is_there():
    assert Text.of({"zh": "信用卡"}).in_("en") == "信用卡"
    assert Text().in_("en") == ""


@pytest.mark.parametrize("written", ["KPI", {"zh": "指标", "en": "Indicator"}, {"zh": "指标"}])
def test_a_text_can_be_written_down_again(written):
    assert Text.of(written).plain() == written


def test_the_order_of_languages_makes_no_difference():
    assert Text.of({"zh": "指标", "en": "Indicator"}) == Text.of({"en": "Indicator", "zh": "指标"})


@pytest.mark.parametrize(
    ("text", "said"), [(Text(), False), (Text.of(""), False), (Text.of({"zh": ""}), False), (Text.of("x"), True)]
)
def test_an_empty_text_says_nothing(text, said):
    assert bool(text) is said
