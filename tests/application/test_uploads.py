from typing import Annotated

import pytest

from straightway import BackgroundTasks, Depends, File, Form, HTTPException, Straightway, UploadFile
from straightway.errors import RequestValidationError
from straightway.responses import JSONResponse
from straightway.routing import APIRoute
from straightway.testclient import TestClient

SMALL = b"small"
BIG = b"0123456789abcdef" * 200_000  # 3.2 MB, more than is kept in memory


@pytest.fixture
def uploads():
    """Remember the uploads that an endpoint got, to look at them afterwards."""
    return []


@pytest.mark.parametrize(("content", "on_disk"), [(SMALL, False), (BIG, True)], ids=["small", "big"])
def test_big_upload_is_spooled(uploads, content, on_disk):
    """A big upload waits on disk, a small one in memory, and the endpoint reads either."""
    app = Straightway()

    @app.post("/")
    async def endpoint(file: UploadFile):
        uploads.append(file)
        return [file.filename, file.size, file.file._rolled, await file.read() == content]

    response = TestClient(app).post("/", files={"file": ("n.bin", content)})

    assert response.json() == ["n.bin", len(content), on_disk, True]
    assert uploads[0].file.closed


def test_files_are_closed_after_background_tasks(uploads):
    """Background tasks may still read an upload; it is closed when they are done."""
    read = []
    app = Straightway()

    def task(file):
        read.append((file.file.closed, file.file.read()))

    @app.post("/")
    def endpoint(files: list[UploadFile], tasks: BackgroundTasks):
        for each in files:
            uploads.append(each)
            tasks.add_task(task, each)

    TestClient(app).post("/", files=[("files", ("a", SMALL)), ("files", ("b", BIG))])

    assert read == [(False, SMALL), (False, BIG)]
    assert [each.file.closed for each in uploads] == [True, True]


def test_files_are_open_while_dependencies_are_left(uploads):
    """The code after a dependency's `yield` may still read an upload."""
    seen = []
    app = Straightway()

    def dependency(file: UploadFile):
        yield
        seen.append(file.file.closed)
        uploads.append(file)

    app.post("/", dependencies=[Depends(dependency)])(lambda: None)

    TestClient(app).post("/", files={"file": ("n", SMALL)})

    assert seen == [False]
    assert uploads[0].file.closed


def test_files_are_closed_after_a_failure(uploads):
    """An endpoint that fails leaves no file open."""
    app = Straightway()

    @app.post("/")
    def endpoint(file: UploadFile):
        uploads.append(file)
        raise HTTPException(418)

    assert TestClient(app).post("/", files={"file": ("n", BIG)}).status_code == 418
    assert uploads[0].file.closed


def test_files_of_an_invalid_form_are_closed(uploads):
    """A form that does not validate is handed to the exception handler, and its files are closed in the end."""
    app = Straightway()

    @app.post("/")
    def endpoint(file: UploadFile, number: Annotated[int, Form()]): ...

    @app.exception_handler(RequestValidationError)
    def handler(request, error):
        uploads.append(error.body["file"])
        return JSONResponse(error.body["number"], 422)

    response = TestClient(app).post("/", files={"file": ("n", BIG)}, data={"number": "x"})

    assert (response.status_code, response.json()) == (422, "x")
    assert uploads[0].file.closed


def test_bytes_of_a_file_leave_it_readable(uploads):
    """The same file may be taken whole as bytes and piecemeal as an upload."""
    app = Straightway()

    @app.post("/")
    async def endpoint(content: Annotated[bytes, File(alias="file")], file: Annotated[UploadFile, File()]):
        uploads.append(file)
        return content == await file.read()

    assert TestClient(app).post("/", files={"file": ("n", BIG)}).json() is True
    assert uploads[0].file.closed


@pytest.mark.parametrize("own_handler", [False, True], ids=["compiled", "request_response"])
def test_files_are_open_in_exception_handlers(uploads, own_handler):
    """A handler may read the upload that was refused; it is closed when the handler's response has been sent."""
    app = Straightway()

    class Wrapped(APIRoute):
        def get_route_handler(self):
            return super().get_route_handler()

    if own_handler:
        app.router.route_class = Wrapped

    @app.exception_handler(RequestValidationError)
    async def read_it(request, error):
        uploads.append(error.body["file"])
        return JSONResponse((await uploads[0].read()).decode(), 422)

    @app.post("/")
    async def endpoint(file: UploadFile, count: Annotated[int, Form()]):
        """Never called."""

    response = TestClient(app).post("/", files={"file": ("n", SMALL)}, data={"count": "many"})

    assert (response.status_code, response.json()) == (422, "small")
    assert uploads[0].file.closed


def test_files_are_closed_where_an_exception_has_no_handler(uploads):
    """What nobody answers leaves no file open."""
    app = Straightway()

    @app.post("/")
    async def endpoint(file: UploadFile):
        uploads.append(file)
        raise ValueError

    TestClient(app, raise_server_exceptions=False).post("/", files={"file": ("n", SMALL)})

    assert uploads[0].file.closed
