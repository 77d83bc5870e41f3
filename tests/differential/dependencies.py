"""Dependencies: functions, generators, classes and instances, that log what happens to them."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.differential.parameters import Parameter, parameters

SECURITY = (
    'OAuth2PasswordBearer(tokenUrl="token"{})',
    'APIKeyHeader(name="x-key"{})',
    'APIKeyQuery(name="key"{})',
    'APIKeyCookie(name="key"{})',
    "HTTPBearer({})",
    "HTTPBasic({})",
)


@dataclass(frozen=True)
class Dependency:
    """One dependency."""

    name: str
    form: str
    """function, generator, class, instance or scheme"""
    is_async: bool
    parameters: tuple[Parameter, ...]
    sub: tuple[tuple[str, str], ...]
    fails: str | None = None
    """What it raises, and when."""
    scheme: str = ""

    def text(self) -> str:
        """Return its definition."""
        if self.form == "scheme":
            return f"{self.name} = {self.scheme}"
        arguments = [each.text() for each in self.parameters]
        arguments += [f"{name}: Annotated[Any, {depends}]" for name, depends in self.sub]
        star = "*, " if arguments else ""
        names = [each.name for each in self.parameters] + [name for name, _ in self.sub]
        shown = "[" + ", ".join(f"show({each})" for each in names) + "]"
        signature = f"{star}{', '.join(arguments)}"
        prefix = "async " if self.is_async else ""
        match self.form:
            case "class":
                body = [f"class {self.name}:", f"    def __init__(self, {signature}):"]
                return "\n".join([*body, *self._log(8, shown), f"        self.shown = {shown}", *_STR])
            case "instance":
                body = [f"class {self.name}Class:", f"    {prefix}def __call__(self, {signature}):"]
                return "\n".join(
                    [
                        *body,
                        *self._log(8, shown),
                        f"        return {shown}",
                        "",
                        "",
                        f"{self.name} = {self.name}Class()",
                    ]
                )
            case "generator":
                return "\n".join(
                    [f"{prefix}def {self.name}({signature}):", *self._log(4, shown), *self._yield(shown)]
                )
        return "\n".join(
            [f"{prefix}def {self.name}({signature}):", *self._log(4, shown), f"    return {shown}"]
        )

    def _log(self, indent: int, shown: str) -> list[str]:
        lines = [f'EVENTS.append("{self.name}")']
        if self.fails == "before":
            lines.append(f'raise HTTPException(401, "{self.name}", headers={{"x-failed": "{self.name}"}})')
        if self.fails == "custom":
            lines.append(f'raise CustomError("{self.name}")')
        del shown
        return [" " * indent + each for each in lines]

    def _yield(self, shown: str) -> list[str]:
        name = self.name
        lines = [
            "try:",
            f"    yield {shown}",
            "except Exception as error:",
            f'    EVENTS.append("{name} saw " + type(error).__name__)',
            f'    raise HTTPException(409, "{name}") from error' if self.fails == "after" else "    raise",
            "finally:",
            f'    EVENTS.append("{name} closed")',
        ]
        return ["    " + each for each in lines]

    @st.composite
    @staticmethod
    def _uses(draw: st.DrawFn, self: "Dependency") -> str:
        options = draw(st.sampled_from(["", "", ", use_cache=False"]))
        if self.form == "generator":
            options += draw(st.sampled_from(["", "", ', scope="function"', ', scope="request"']))
        if "scope" not in options and draw(st.integers(0, 4)) == 0:
            return f'Security({self.name}, scopes=["{self.name}"]{options})'
        return f"Depends({self.name}{options})"

    def uses(self) -> st.SearchStrategy[str]:
        """Return how it may be depended on."""
        return Dependency._uses(self)


_STR = ("", "    def __str__(self):", "        return str(self.shown)")


@st.composite
def dependencies(draw: st.DrawFn, number: int, known: tuple[Dependency, ...]) -> Dependency:
    """Draw a dependency that may use those that are known."""
    name = f"dependency{number}"
    form = draw(
        st.sampled_from(["function", "function", "generator", "generator", "class", "instance", "scheme"])
    )
    scheme = ""
    if form == "scheme":
        template = draw(st.sampled_from(SECURITY))
        option = draw(st.sampled_from(["", "auto_error=False", 'scheme_name="Other"']))
        scheme = template.format(f", {option}" if option and not template.endswith("({})") else option)
        return Dependency(name, form, False, (), (), None, scheme)
    names = draw(st.lists(st.sampled_from(["a", "p", "x_token"]), max_size=2, unique=True))
    found = tuple(
        draw(parameters(each, draw(st.sampled_from(["query", "header", "cookie"])))) for each in names
    )
    sub = []
    for index, each in enumerate(draw(st.lists(st.sampled_from(known), max_size=2)) if known else []):
        sub.append((f"s{index}", draw(each.uses())))
    fails = draw(st.sampled_from([None] * 8 + ["before", "custom", "after"]))
    is_async = form != "class" and draw(st.booleans())
    return Dependency(name, form, is_async, found, tuple(sub), fails)
