"""Work that is done after the response has been sent."""

from collections.abc import Callable
from typing import Any, ParamSpec

from starlette.background import BackgroundTasks as StarletteBackgroundTasks

from straightway.telemetry.activity import activity

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
        super().add_task(func, *args, **kwargs)

    async def __call__(self) -> None:
        """Run the tasks."""
        run = activity.run_task
        for task in self.tasks:
            await (task() if run is None else run(task))
