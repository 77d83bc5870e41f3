"""Work that is done after the response has been sent."""

import re
from collections.abc import Callable
from typing import Any, ParamSpec

from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from straightway.errors import DeclarationTypeError, calling_place
from straightway.telemetry.activity import activity
from straightway.wording import kind_of_object, source_line

__all__ = ["BackgroundTasks"]

Parameters = ParamSpec("Parameters")


class BackgroundTasks(StarletteBackgroundTasks):
    """Collect what is to be called after the response has been sent; declare a parameter of this class.

    The tasks run one after the other in the order they were added; one that raises ends the series.
    Dependencies that close after the response are still open.
    """

    def add_task(
        self, func: Callable[Parameters, Any], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> None:
        """Have `func` called with these arguments, in a worker thread unless it is a coroutine function."""
        if not callable(func):
            raise _not_a_function(func)
        super().add_task(func, *args, **kwargs)

    async def __call__(self) -> None:
        """Run the tasks."""
        run = activity.run_task
        for task in self.tasks:
            await (task() if run is None else run(task))


def _not_a_function(given: object) -> DeclarationTypeError:
    place = calling_place()
    called = re.search(r"add_task\(\s*([\w.]+)\((.*)\)\s*\)", source_line(place.file, place.line))
    function, arguments = called.groups() if called else ("function", "arguments")
    return DeclarationTypeError(
        f"add_task() takes a function, not {kind_of_object(given)}, which is the result of calling one",
        at=place,
        instead=f"add_task({', '.join(filter(None, [function, arguments]))})",
    )
