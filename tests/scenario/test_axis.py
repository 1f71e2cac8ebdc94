import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commission_opt.errors import UsageError
from commission_opt.scenario.axis import Axis, make_axis, parse_axis, parse_values
from samples import many


def test_an_axis_from_its_text() -> None:
    axis = parse_axis("budget[region=NW|NEY, fund=tuition ,year=2028-2030] *= 0.8:1.2:0.1")
    assert axis == Axis(
        name="budget[fund=tuition,region=NEY|NW,year=2028|2029|2030]",
        field="budget",
        operator="*=",
        values=(0.8, 0.9, 1.0, 1.1, 1.2),
        filters=(
            ("fund", ("tuition",)),
            ("region", ("NEY", "NW")),
            ("year", ("2028", "2029", "2030")),
        ),
    )
    assert axis.target == f"{axis.name}*="


def test_text_and_parts_give_the_same_axis() -> None:
    parts = make_axis("fill", "+=", [0.01, -0.02], {"group": ["nursing"], "region": ["A,B"]}, "F")
    assert parts.name == "F"
    assert parts.field == "fill_rate"
    assert parts.filters == (("group", ("nursing",)), ("region", ("A,B",)))
    text = parse_axis("fill_rate[group=nursing|nursing]+=0.01,-0.02", "F")
    assert (text.values, text.operator, text.filters[0]) == (
        parts.values,
        parts.operator,
        parts.filters[0],
    )


@pytest.mark.parametrize(
    ("text", "operator", "values"),
    [
        ("demand*=1.1", "*=", (1.1,)),
        ("demand+=-5,5", "+=", (-5, 5)),
        (" demand = 7", "=", (7,)),
        ("demand[profession=a=b]*=2", "*=", (2,)),
        ("model.discount_rate=0.01:0.03:0.01", "=", (0.01, 0.02, 0.03)),
    ],
)
def test_operators(text: str, operator: str, values: tuple[float, ...]) -> None:
    axis = parse_axis(text)
    assert (axis.operator, axis.values) == (operator, values)


def test_neutral_values() -> None:
    assert parse_axis("demand*=1").is_neutral(1.0)
    assert not parse_axis("demand*=1").is_neutral(0.0)
    assert parse_axis("demand+=0").is_neutral(0.0)
    assert not parse_axis("demand=1").is_neutral(1.0)


def test_what_an_axis_says() -> None:
    assert parse_axis("demand*=1").says(1.05) == "demand × 1.05"
    assert parse_axis("demand+=1", "need").says(-2) == "need − 2"
    assert parse_axis("demand+=1").says(2) == "demand + 2"
    assert parse_axis("demand=1").says(1 / 3) == "demand = 0.333333333333"


def test_an_axis_can_be_a_key_and_travel() -> None:
    axis = parse_axis("demand[region=N]*=1,2")
    assert pickle.loads(pickle.dumps(axis)) == axis
    assert {axis: 1}[parse_axis("demand[region=N]*=1,2")] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("demand", "is not an axis; write, for example"),
        ("demand-=1", r"no operator; write 'demand\+=-1'"),
        ("demand[region=N] -= 2,0.5", r"write 'demand\[region=N\]\+=-2,-0.5'"),
        ("demand/=4", r"write 'demand\*=0.25'"),
        ("demand/=0", r"no operator; write \*= instead"),
        ('demand[region="N]*=1', "begins with a quote that does not end it"),
        ('demand[region="N"x]*=1', "begins with a quote that does not end it"),
        ("demand[region=N, x]*=1", r"'x' is not a filter; .* in double quotes"),
        ("*=1", "nothing is named to vary"),
        ("dmand*=1", "nothing called 'dmand' to vary; did you mean demand"),
        ("xyzzy*=1", "there are budget, demand, .* and model.KEY"),
        ("leaver*=1", "did you mean leavers or leaver_rate or early_leaver_rate"),
        ("model.=1", "nothing called 'model.'"),
        ("demand[regoin=N]*=1", "cannot be filtered by 'regoin'; did you mean region"),
        ("demand[fund=x]*=1", "cannot be filtered by 'fund'; there are profession, group, region"),
        ("demand[region]*=1", "'region' is not a filter; write KEY=CODE"),
        ("demand[region=N,M]*=1", "'M' is not a filter; .* with a bar"),
        ("demand[region=N,region=M]*=1", "'region' is there twice; write KEY=CODE|CODE"),
        ("demand[region=]*=1", "'region' has no code"),
        ("budget[fund=*]*=1", "'fund' has no code; leave it out for all of them"),
        ("demand[region=*]*=1", "'region' has no code; leave it out for all of them"),
        ("demand[year=28]*=1", "'28' is not a year; write 2028"),
        ("demand[year=2030-2028]*=1", "ends before it starts; write 2028-2030"),
        ("demand*=", "a value is empty"),
        ("demand*=1,1.0", "the value 1 is there twice"),
        ("model.discount_rate[year=2028]=1", "is one number, so it takes no filter"),
    ],
)
def test_wrong_axes(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_axis(text)


@pytest.mark.parametrize(
    ("operator", "values", "message"),
    [
        ("-=", [1.0], "'-=' is no operator; write one of"),
        ("=", [], "there is no value"),
        ("=", [float("inf")], "must be a finite number"),
    ],
)
def test_wrong_parts(operator: str, values: list[float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make_axis("demand", operator, values)


UGLY = st.text(
    st.sampled_from(list("ab,|[]=\"*+-:'\\ é(;\n")) | st.characters(exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
).filter(lambda code: code == code.strip() and code != "*")


@many
@given(
    st.sampled_from(["course", "region", "provider", "group"]),
    st.lists(UGLY, min_size=1, max_size=3, unique=True),
    UGLY,
    st.sampled_from(["*=", "+=", "="]),
    st.integers(-5, 5),
)
def test_every_code_reads_back_as_it_is_written(
    key: str, codes: list[str], profession: str, operator: str, value: int
) -> None:
    axis = make_axis("max_intake", operator, [value], {key: codes, "profession": [profession]})
    again = parse_axis(f"{axis.target}{value}")
    assert again == axis
    assert dict(again.filters) == {key: tuple(sorted(codes)), "profession": (profession,)}


@many
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_whatever_stands_in_brackets_is_read_or_refused_in_words(inner: str) -> None:
    try:
        axis = parse_axis(f"max_intake[{inner}]+=1")
    except UsageError:
        return
    assert parse_axis(f"{axis.target}1") == axis


@pytest.mark.parametrize("code", ["a=b", "a]b", "[a]", 'a "b" c', "a (b)", "x.y", "a'b"])
def test_codes_without_comma_or_bar_need_no_quotes(code: str) -> None:
    axis = parse_axis(f"max_intake[course={code}]+=10")
    assert axis.filters == (("course", (code,)),)
    assert axis.target == f"max_intake[course={code}]+="


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1", (1.0,)),
        ("0.9, 1,1.1e0", (0.9, 1.0, 1.1)),
        ("−1,+2", (-1.0, 2.0)),
        ("0.8:1.2", (0.8, 1.2)),
        ("2:2", (2.0,)),
        ("0.1:0.3:0.1", (0.1, 0.2, 0.3)),
        ("0:1:0.4", (0.0, 0.4, 0.8, 1.0)),
        ("0.1:1.05:0.3", (0.1, 0.4, 0.7, 1.0, 1.05)),
        ("1:-0.5:-1", (1.0, 0.0, -0.5)),
        ("1:1.05:0.3", (1.0, 1.05)),
        ("3:1:-1", (3.0, 2.0, 1.0)),
        ("1:1:0.5", (1.0,)),
    ],
)
def test_lists_and_ranges(text: str, values: tuple[float, ...]) -> None:
    assert parse_values(text) == values


def test_a_fine_range_passes_through_the_decimals_as_written() -> None:
    values = parse_values("0.80:1.20:0.01")
    assert len(values) == 41
    assert values == tuple(float(f"{n / 100:.2f}") for n in range(80, 121))


def test_a_step_with_rounded_digits_reaches_its_stop() -> None:
    assert len(parse_values("0:1:0.33333333334")) == 4
    assert parse_values("0.9:1.0:0.0333333") == (0.9, 0.9333333, 0.9666666, 1.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "'a' is not a number; write digits and a point"),
        ("1,,2", "a value is empty"),
        ("5%", "'5%' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("nan", "'nan' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1:2:3:4", "is no range; write START:STOP:STEP"),
        ("1:2,3", "is no range"),
        ("1:2:0", "must not be 0"),
        ("1:2:-0.1", "steps of -0.1 do not lead from 1 to 2; turn the sign"),
        ("0:1:1e-7", "has 10,000,001 values, more than 100,000"),
    ],
)
def test_wrong_values(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_values(text)
