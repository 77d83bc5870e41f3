"""Log lines are found with the request they belong to."""

import asyncio
import logging

import pytest

logger = logging.getLogger("tests.shop")


@pytest.fixture(autouse=True)
def talkative():
    """Let the loggers of these tests say everything."""
    logger.setLevel(logging.DEBUG)
    yield
    logger.setLevel(logging.NOTSET)


def test_lines_belong_to_their_request(app, develop):
    """On the loop, in a worker thread and in a task that the endpoint starts."""

    @app.get("/loop/{name}")
    async def on_loop(name: str):
        logger.warning("loop %s", name)
        await asyncio.create_task(deeper(name))

    async def deeper(name):
        logger.debug("task %s", name)

    @app.get("/thread/{name}")
    def in_thread(name: str):
        logger.info("thread %s", name)

    served = develop(app)
    served.client.get("/loop/a")
    served.client.get("/thread/b")

    thread, loop = served.records()
    assert [(each.level, each.logger, each.text) for each in loop.lines] == [
        ("WARNING", "tests.shop", "loop a"),
        ("DEBUG", "tests.shop", "task a"),
    ]
    assert [each.text for each in thread.lines] == ["thread b"]
    logger.warning("outside of a request")
    assert sum(len(each.lines) for each in served.records()) == 3


def test_a_logged_exception_is_told_in_a_line(app, develop):
    """Its type and message stand under the line."""

    @app.get("/")
    async def read():
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            logger.exception("no way")

    served = develop(app)
    served.client.get("/")

    (line,) = served.records()[0].lines
    assert line.text == "no way\nZeroDivisionError: division by zero"


def test_an_application_that_configures_logging_is_heard(app, develop):
    """It may throw away all handlers of the root logger: they are found missing with the next request."""

    @app.get("/")
    async def read():
        logger.warning("heard")

    served = develop(app)
    served.client.get("/")
    logging.getLogger().handlers.clear()
    served.client.get("/")

    assert [[each.text for each in record.lines] for record in served.records()] == [["heard"], ["heard"]]


def test_arguments_that_do_not_fit_break_nothing(app, develop):
    """The line is there all the same."""

    @app.get("/")
    async def read():
        logger.raiseExceptions = False
        logging.raiseExceptions = False
        try:
            logger.warning("%d cakes", "many")
        finally:
            logging.raiseExceptions = True
        return 1

    served = develop(app)

    assert served.client.get("/").json() == 1
    assert served.records()[0].lines[0].text == "%d cakes (its arguments do not fit)"


def test_closing_the_layer_detaches_it(app, develop):
    """A server that stops leaves no handler behind."""
    served = develop(app)
    served.client.get("/")
    before = len(logging.getLogger().handlers)

    served.layer.close()

    assert len(logging.getLogger().handlers) == before - 1
