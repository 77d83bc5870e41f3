"""Parameters of endpoints and dependencies: how they are declared, and under which keys they are sent."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.differential.values import MANY, OBJECTS, SCALARS, Kind

PLACES = ("query", "header", "cookie", "path", "form", "file", "body")
MARKERS = {
    "query": "Query",
    "header": "Header",
    "cookie": "Cookie",
    "path": "Path",
    "form": "Form",
    "file": "File",
    "body": "Body",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function."""

    name: str
    place: str
    kind: Kind
    style: str
    default: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    """What a client sends it under."""
    fields: tuple[tuple[str, Kind], ...] = ()
    """The keys of a model that is spread over the place."""

    def text(self) -> str:
        """Return it as it stands in a signature."""
        marker, annotation = MARKERS[self.place], self.kind.annotation
        options = ", ".join(f"{name}={value}" for name, value in self.options)
        end = "" if self.default is None else f" = {self.default}"
        if self.style == "plain":
            return f"{self.name}: {annotation}{end}"
        if self.style == "annotated":
            return f"{self.name}: Annotated[{annotation}, {marker}({options})]{end}"
        arguments = ", ".join(filter(None, [self.default, options]))
        return f"{self.name}: {annotation} = {marker}({arguments})"


@dataclass(frozen=True)
class Group:
    """A model whose fields are parameters."""

    name: str
    fields: tuple[tuple[str, Kind, str | None, str | None], ...]
    """Name, type, default, alias."""
    extra: str | None = None

    def text(self) -> str:
        """Return the class."""
        lines = [f"class {self.name}(BaseModel):"]
        if self.extra:
            lines.append(f'    model_config = {{"extra": "{self.extra}"}}')
        for name, kind, default, alias in self.fields:
            given = [each for each in (default, alias and f'alias="{alias}"') if each]
            lines.append(
                f"    {name}: {kind.annotation}" + (f" = Field({', '.join(given)})" if given else "")
            )
        return "\n".join(lines)


NAMES = st.sampled_from(["a", "b", "item_id", "x_token", "limit", "q"])
ALIASES = st.sampled_from(["al", "x-alias", "camelCase", "with space", "ä"])
DOCUMENTED = st.sampled_from(
    [
        ("description", '"What it is"'),
        ("title", '"A title"'),
        ("deprecated", "True"),
        ("include_in_schema", "False"),
        ("examples", '["an example"]'),
        ("json_schema_extra", '{"x-more": 1}'),
    ]
)


@st.composite
def parameters(draw: st.DrawFn, name: str, place: str) -> Parameter:
    """Draw a parameter that is a value of its own."""
    kind = draw(_kinds(place))
    default = None if place in {"path", "file"} else draw(st.none() | st.sampled_from(kind.defaults))
    styles = ["annotated", "default"]
    if (place == "query" and kind in SCALARS) or (place == "body" and kind in OBJECTS):
        styles.append("plain")
    style = draw(st.sampled_from(styles))
    options = [] if style == "plain" else draw(st.lists(DOCUMENTED, max_size=1))
    keys: tuple[str, ...] = (name.replace("_", "-") if place == "header" else name,)
    if style != "plain" and place != "path":
        keys = draw(_aliased(options, keys, place))
    if place == "body" and style != "plain":
        options += draw(st.sampled_from([[], [], [("embed", "True")]]))
    if kind.annotation == "int" and style != "plain":
        options += draw(st.sampled_from([[], [("ge", "2")], [("lt", "100"), ("multiple_of", "5")]]))
    return Parameter(name, place, kind, style, default, tuple(options), keys)


@st.composite
def _aliased(draw: st.DrawFn, options: list, keys: tuple[str, ...], place: str) -> tuple[str, ...]:
    match draw(
        st.sampled_from(["none", "none", "none", "alias", "validation alias", "choices", "underscores"])
    ):
        case "alias":
            alias = draw(ALIASES)
            options.append(("alias", f'"{alias}"'))
            return (alias,)
        case "validation alias":
            alias = draw(ALIASES)
            options.append(("validation_alias", f'"{alias}"'))
            return (alias,)
        case "choices" if place != "file":
            first, second = draw(st.lists(ALIASES, min_size=2, max_size=2, unique=True))
            options.append(("validation_alias", f'AliasChoices("{first}", "{second}")'))
            return (first, second)
        case "underscores" if place == "header":
            options.append(("convert_underscores", "False"))
            return (keys[0].replace("-", "_"),)
    return keys


def _kinds(place: str) -> st.SearchStrategy[Kind]:
    match place:
        case "path" | "cookie":
            return st.sampled_from(SCALARS)
        case "file":
            return st.sampled_from(
                [
                    Kind(each, ("content", ""))
                    for each in ("UploadFile", "bytes", "UploadFile | None", "bytes | None")
                ]
                + [Kind(each, ("one", "two"), many=True) for each in ("list[UploadFile]", "list[bytes]")]
            )
        case "body":
            return st.sampled_from([*OBJECTS, *OBJECTS, *SCALARS, *MANY])
    return st.sampled_from([*SCALARS, *MANY])


@st.composite
def grouped(draw: st.DrawFn, name: str, place: str, class_name: str) -> tuple[Parameter, Group]:
    """Draw a parameter that is a model spread over its place, and the model."""
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    kinds = st.sampled_from([*SCALARS, *MANY] if place != "cookie" else SCALARS)
    fields = []
    for each in names:
        kind = draw(kinds)
        fields.append(
            (each, kind, draw(st.none() | st.sampled_from(kind.defaults)), draw(st.none() | ALIASES))
        )
    aliases = [alias for _, _, _, alias in fields if alias]
    if len(set(aliases)) < len(aliases):  # one key for two fields is nobody's model
        fields = [(each, kind, default, None) for each, kind, default, _ in fields]
    group = Group(class_name, tuple(fields), draw(st.sampled_from([None, None, "forbid", "allow"])))
    sent = tuple(
        (alias or (each.replace("_", "-") if place == "header" else each), kind)
        for each, kind, _, alias in fields
    )
    optional = draw(st.sampled_from([False, False, True]))
    annotation = f"{class_name} | None" if optional else class_name
    default = "None" if optional else None
    return Parameter(name, place, Kind(annotation, ()), "annotated", default, fields=sent), group
