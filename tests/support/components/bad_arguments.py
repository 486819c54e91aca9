"""Arguments that no component can use: working ones with a single place changed, derived from the TypedDicts."""

import copy
import inspect
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

import slipway
from tests.support.components.built_samples import CASES, SAMPLES

Step = str | int
Args = dict[str, Any]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def nested(levels: int, *, in_lists: bool) -> object:
    """A value in so many lists or mappings."""
    value: object = "x"
    for _ in range(levels):
        value = [value] if in_lists else {"a": value}
    return value


def circular() -> Args:
    """A mapping that holds itself."""
    value: Args = {}
    value["a"] = value
    return value


NUMBERS = [0, -1, 1, 3.5, 10**400, -(10**400), 2**63, float("inf"), float("nan"), 1e308]
TEXTS = [
    "", " ", "\n", "a\nb", "\0", "\ud800", "x" * 300, "x/" * 3000, "١٢", "é", "a b", "-", "*", "0.0.0.0/0", "10.0.0.5/8",
    "aws:team", "299-200", "alias/aws/sns", "arn:aws:s3:::a", "arn:aws:sns:eu-west-1:123456789012:a.fifo", "vpc-1", "00",
]  # fmt: skip
OTHERS = [True, [], {}, [None], [[]], [3], ["a", "a"], {"": "a"}, {3: "a"}, {"a": None}, b"a", object()]
DEEP = [nested(2000, in_lists=True), nested(2000, in_lists=False), circular()]
CATALOGUE: list[object] = [*NUMBERS, *TEXTS, *OTHERS, *DEEP]
GENERATED = st.one_of(
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=6
    ),
    st.dictionaries(st.text(max_size=6), st.text(max_size=6) | st.integers(), max_size=3),
)


@dataclass(frozen=True)
class Place:
    """An argument of a component, or an entry in one."""

    kind: str
    """Class of the component."""
    case: str
    """Sample with the other arguments."""
    steps: tuple[Step, ...]
    argument: str
    """Name of the innermost argument, which a sentence has to name."""

    @property
    def value(self) -> object:
        """The value in the sample; None where it has none."""
        value: Any = SAMPLES[self.case][self.kind]
        for step in self.steps:
            value = value.get(step) if isinstance(value, Mapping) else value[step]
        return value

    def changed(self, value: object) -> Args:
        """Arguments of the sample with this value here."""
        args = copy.deepcopy(SAMPLES[self.case][self.kind])
        inside: Any = args
        for step in self.steps[:-1]:
            inside = inside[step]
        inside[self.steps[-1]] = value
        return args


def places(kind: str, case: str) -> list[Place]:
    """All arguments of a component, the nested ones of its sample too."""
    found = _arguments(getattr(slipway, f"{kind}Args"), SAMPLES[case][kind], ())
    return [Place(kind, case, steps, argument) for steps, argument in found]


def _arguments(
    shape: type, values: Mapping[str, object], above: tuple[Step, ...]
) -> Iterator[tuple[tuple[Step, ...], str]]:
    required: frozenset[str] = vars(shape)["__required_keys__"]
    for key, hint in inspect.get_annotations(shape).items():
        yield (*above, key), key
        if values.get(key) is not None:
            yield from _entries(hint if key in required else typing.get_args(hint)[0], values[key], (*above, key), key)


def _entries(hint: Any, value: Any, steps: tuple[Step, ...], argument: str) -> Iterator[tuple[tuple[Step, ...], str]]:
    if typing.is_typeddict(hint):
        yield from _arguments(hint, value, steps)
        return
    if typing.get_origin(hint) is typing.Union:  # pulumi.Input
        hint = typing.get_args(hint)[0]
    entries = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield (*steps, step), argument
        yield from _entries(
            typing.get_args(hint)[-1] if typing.get_args(hint) else object, entry, (*steps, step), argument
        )


def near_misses(value: object) -> list[object]:
    """Values that look like a working one: a space more, other digits, an entry twice, a key renamed."""
    if isinstance(value, str):
        texts = [f" {value}", f"{value} ", f"{value}\n", value.translate(ARABIC), value.upper(), value * 2, value[:-1]]
        return [text for text in texts if text != value]
    if isinstance(value, bool):
        return [str(value), int(value)]
    if isinstance(value, int | float):
        return [str(value), value + 0.5, -value, value * 10**9]
    if isinstance(value, list):
        return [value + value, value[:1] * 60, tuple(value), dict.fromkeys(map(str, value), "a")]
    if isinstance(value, Mapping):
        keys = [
            "",
            "a b",
            "é",
            "x" * 200,
            3,
            *(f"{key}{end}" for key in value for end in ("-dead", "\n")),
            *map(str.upper, value),
        ]
        first = next(iter(value.values()), "a")
        return [{**value, key: first} for key in keys] + [{f"k{number}": first for number in range(60)}, list(value)]
    return []


ALL_PLACES = [place for kind, case in CASES for place in places(kind, case)]


@st.composite
def wrong(draw: st.DrawFn, spots: Sequence[Place]) -> tuple[Place, object]:
    """A place, and a value for it that is probably wrong."""
    place = draw(st.sampled_from(spots))
    misses = near_misses(place.value)
    choices = [st.sampled_from(CATALOGUE), GENERATED, *([st.sampled_from(misses)] if misses else [])]
    return place, draw(st.one_of(choices))
