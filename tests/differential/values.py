"""Types that parameters have, with texts that fit them, texts that do not, and defaults."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A type as it is written in an annotation."""

    annotation: str
    valid: tuple[str, ...]
    invalid: tuple[str, ...] = ("",)
    defaults: tuple[str, ...] = ("None",)
    """Expressions."""
    json: tuple[object, ...] = ()
    """Values that fit it in JSON; the valid texts do in most cases, too."""
    many: bool = False
    """A sequence, which is sent under a repeated key."""


NUMBERS = ("1", "0", "-7", " 3", "007", "1e2", "1.0")
SCALARS = (
    Kind("str", ("a", "", "é b", "null", "1"), (), ('"d"', '""'), json=("text", "")),
    Kind(
        "int",
        NUMBERS[:5],
        ("x", "1.5", "", "1e2", "99999999999999999999999999", "true"),
        ("5", "0"),
        json=(1, -3, 2.0),
    ),
    Kind("float", (*NUMBERS, "1.5", "-0.25"), ("x", "", "1,5"), ("1.5",), json=(1, 1.5)),
    Kind(
        "bool", ("true", "0", "on", "False", "yes"), ("2", "maybe", ""), ("True", "False"), json=(True, False)
    ),
    Kind("Decimal", ("1.50", "3", "-1e2"), ("x", ""), ('Decimal("1.5")',), json=("1.50", 3)),
    Kind("date", ("2026-11-28", "0"), ("2026-13-01", "x", ""), ("date(2026, 1, 2)",), json=("2026-11-28",)),
    Kind(
        "datetime",
        ("2026-11-28T01:02:03", "2026-11-28T01:02:03Z", "1700000000"),
        ("2026-11-28T25:00", ""),
        ("datetime(2026, 1, 2, 3)",),
        json=("2026-11-28T01:02:03+01:00",),
    ),
    Kind("time", ("01:02", "01:02:03.5"), ("25:00", ""), ("time(1, 2)",), json=("01:02:03",)),
    Kind("timedelta", ("P1DT2H", "3", "01:00:00"), ("x", ""), ("timedelta(seconds=3)",), json=("PT5S", 7)),
    Kind(
        "UUID",
        ("12345678-1234-1234-1234-123456789abc",),
        ("1234", ""),
        ("UUID(int=5)",),
        json=(str("0" * 32),),
    ),
    Kind("Colour", ("red", "blue"), ("green", ""), ("Colour.red",), json=("red",)),
    Kind("Level", ("1", "2"), ("3", "one", ""), ("Level.high",), json=(1,)),
    Kind('Literal["a", "b"]', ("a", "b"), ("c", ""), ('"a"',), json=("a",)),
    Kind("Literal[1, 2]", (), ("1", "3", ""), ("1",), json=(1,)),
    Kind("bytes", ("ab", ""), (), ('b"d"',), json=("ab",)),
    Kind("PurePosixPath", ("a/b",), (), ('PurePosixPath("d")',), json=("a/b",)),
    Kind("int | None", ("1",), ("x", ""), ("None", "3"), json=(1, None)),
    Kind("Optional[str]", ("a", ""), (), ("None",), json=("a", None)),
    Kind("int | str", ("1", "a"), (), ('"d"', "1"), json=(1, "a")),
    Kind("Annotated[int, Field(gt=2, lt=9)]", ("3",), ("2", "9", "x"), ("4",), json=(3,)),
    Kind(
        "Annotated[str, Field(min_length=2, pattern='^[a-c]+$')]",
        ("ab",),
        ("a", "xyz"),
        ('"abc"',),
        json=("ab",),
    ),
    Kind("Annotated[int, AfterValidator(doubled)]", ("3",), ("x",), ("4",), json=(3,)),
    Kind("EmailLike", ("a@b",), ("ab",), ('"x@y"',), json=("a@b",)),
    Kind("Json[list[int]]", ("[1, 2]", "[]"), ("[1", '["x"]'), ("[]",), json=("[1]",)),
    Kind("Any", ("a", "1"), (), ("None", "3"), json=(1, None, [1, {"a": None}])),
)
MANY = (
    Kind("list[int]", ("1", "2", "3"), ("x", ""), ("[1]", "[]"), json=([1, 2], [], ["3"]), many=True),
    Kind("list[str]", ("a", "", "b"), (), ("['d']",), json=(["a"], []), many=True),
    Kind("set[int]", ("1", "1"), ("x",), ("{1}",), json=([1, 1],), many=True),
    Kind("frozenset[str]", ("a", "a"), (), ("frozenset()",), json=(["a"],), many=True),
    Kind("tuple[int, str]", ("1", "2"), ("x",), ('(1, "d")',), json=([1, "a"], [1]), many=True),
    Kind("list[int] | None", ("1", "2"), ("x",), ("None",), json=([1], None), many=True),
    Kind("Optional[list[Colour]]", ("red",), ("x",), ("None",), json=(["red"],), many=True),
    Kind("list", ("a", "b"), (), ("[]",), json=([1],), many=True),
    Kind(
        "Annotated[list[int], Field(max_length=2)]",
        ("1", "2", "3"),
        ("x",),
        ("[]",),
        json=([1, 2, 3],),
        many=True,
    ),
)
OBJECTS = (
    Kind("dict[str, int]", (), (), ("{}",), json=({"a": 1}, {}, {"a": "x"})),
    Kind("dict", (), (), ("{}",), json=({"a": [None]}, [])),
    Kind("Point", (), (), ("None",), json=({"x": 1, "y": 2.5}, {"x": 1}, {"x": "x", "y": 1})),
    Kind("Pair", (), (), ("None",), json=({"left": 1, "right": "a"}, {"left": 1})),
    Kind("list[Point]", (), (), ("[]",), json=([{"x": 1, "y": 2}], [], [{"x": 1}])),
    Kind(
        "Cat | Dog",
        (),
        (),
        ("None",),
        json=({"kind": "cat", "lives": 9}, {"kind": "dog", "name": "Rex"}, {"kind": "cow"}),
    ),
    Kind(
        'Annotated[Cat | Dog, Field(discriminator="kind")]',
        (),
        (),
        ("None",),
        json=({"kind": "cat", "lives": 9}, {"kind": "dog"}, {"kind": "cow"}, {}),
    ),
)
HELPERS = """
class Colour(Enum):
    red = "red"
    blue = "blue"


class Level(IntEnum):
    low = 1
    high = 2


def doubled(value):
    return value * 2


def with_at(value):
    if "@" not in value:
        raise ValueError("no at")
    return value


EmailLike = Annotated[str, BeforeValidator(with_at)]


@dataclass
class Point:
    x: int
    y: float = 0.5


class Pair(TypedDict):
    left: int
    right: str


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = Field(9, description="How many are left")


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str = Field("Rex", alias="callName", examples=["Rex"])
"""
