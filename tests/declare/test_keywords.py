import inspect
from typing import TypedDict

import pytest

from straightway.declare.keywords import refuse_unknown_keywords, spell_out


class Options(TypedDict, total=False):
    """What the functions below accept."""

    title: str
    description: str


def test_known_keywords_pass():
    """Nothing happens when all keywords are known."""
    refuse_unknown_keywords("make", ["title"], {"title", "description"})


def test_misspelt_keyword_is_refused_with_advice():
    """The nearest known keyword is named."""
    with pytest.raises(TypeError) as caught:
        refuse_unknown_keywords("make", ["titel"], {"title", "description"})

    assert caught.value.args == ("make() got an unexpected keyword argument 'titel'; did you mean 'title'?",)


def test_outlandish_keyword_is_refused_without_advice():
    """A guess that is no help is not made."""
    with pytest.raises(TypeError) as caught:
        refuse_unknown_keywords("make", ["zzz"], {"title"})

    assert caught.value.args == ("make() got an unexpected keyword argument 'zzz'",)
    assert caught.value.instead == "leave zzz=... out; make() takes title"


def test_spelled_out_signature_shows_each_option():
    """The option bag is replaced by its keywords, behind the parameters written out."""

    @spell_out(Options, {})
    def make(first, *, own=1, **options): ...

    assert list(inspect.signature(make).parameters) == ["first", "own", "title", "description"]
    assert inspect.signature(make).parameters["title"].kind is inspect.Parameter.KEYWORD_ONLY
    assert inspect.signature(make).parameters["title"].annotation is str


def test_spelled_out_signature_does_not_require_options():
    """Tools that bind arguments to the signature may leave every option out."""

    @spell_out(Options, {})
    def make(first, **options): ...

    assert inspect.signature(make).bind(1).arguments == {"first": 1}


def test_spelled_out_signature_shows_what_an_option_means_that_is_not_given():
    """Defaults come from the table; what is not in it is None."""

    @spell_out(Options, {"title": "Item"})
    def make(**options): ...

    defaults = {each.name: each.default for each in inspect.signature(make).parameters.values()}
    assert defaults == {"title": "Item", "description": None}
