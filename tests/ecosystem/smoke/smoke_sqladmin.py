"""sqladmin: pages that show and change the tables of a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from sqladmin import Admin, BaseView, ModelView, action, expose
from sqladmin.authentication import AuthenticationBackend
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.responses import RedirectResponse


class Base(DeclarativeBase):
    """The tables."""


class Author(Base):
    """An author."""

    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author")

    def __str__(self) -> str:
        return self.name


class Book(Base):
    """A book of an author."""

    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author | None] = relationship(back_populates="books")


class AuthorAdmin(ModelView, model=Author):
    """What is shown of authors."""

    column_list = ("id", "name")
    column_searchable_list = ("name",)
    column_sortable_list = ("name",)

    @action(name="shout", label="Shout", add_in_list=True)
    async def shout(self, request: Request):
        with self.session_maker() as session:
            for author in session.scalars(select(Author)):
                author.name = author.name.upper()
            session.commit()
        return RedirectResponse(request.url_for("admin:list", identity=self.identity))


class BookAdmin(ModelView, model=Book):
    """What is shown of books."""

    column_list = ("title", "author")
    can_delete = False


class Report(BaseView):
    """A page of one's own."""

    name = "Report"

    @expose("/report", methods=["GET"])
    async def report(self, request: Request):
        from starlette.responses import PlainTextResponse

        return PlainTextResponse("all is well")


class Door(AuthenticationBackend):
    """One account."""

    async def login(self, request: Request) -> bool:
        form = await request.form()
        if (form["username"], form["password"]) != ("ann", "secret"):
            return False
        request.session["user"] = "ann"
        return True

    async def logout(self, request: Request) -> bool:
        request.session.clear()
        return True

    async def authenticate(self, request: Request) -> bool:
        return "user" in request.session


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Make an application with the pages and an endpoint on the same tables."""
    engine = create_engine(f"sqlite:///{tmp_path}/library.db")
    Base.metadata.create_all(engine)
    app = FastAPI()
    admin = Admin(app, engine, title="Library", authentication_backend=Door(secret_key="tests"))
    for view in (AuthorAdmin, BookAdmin, Report):
        admin.add_view(view)

    @app.get("/authors")
    def authors() -> list[str]:
        with Session(engine) as session:
            return list(session.scalars(select(Author.name).order_by(Author.id)))

    yield TestClient(app)
    engine.dispose()


@pytest.fixture
def inside(client: TestClient) -> TestClient:
    """Log in."""
    answer = client.post("/admin/login", data={"username": "ann", "password": "secret"})
    assert answer.url.path == "/admin/"
    return client


def add(client: TestClient, name: str) -> None:
    """Create an author through the form."""
    answer = client.post("/admin/author/create", data={"name": name, "save": "Save"}, follow_redirects=False)
    assert answer.status_code == 302, answer.text


def test_door_is_closed_without_login(client: TestClient):
    """Every page leads to the login, a wrong password stays there."""
    assert client.get("/admin/author/list").url.path == "/admin/login"

    wrong = client.post("/admin/login", data={"username": "ann", "password": "x"})

    assert wrong.status_code == 400
    assert client.get("/admin/").url.path == "/admin/login"


def test_pages_and_their_files_are_there(inside: TestClient):
    """The index has the title and the menu; styles and scripts are served."""
    page = inside.get("/admin/")

    assert page.status_code == 200
    assert "Library" in page.text
    assert "/admin/author/list" in page.text
    assert inside.get("/admin/statics/css/main.css").status_code == 200
    assert inside.get("/admin/report").text == "all is well"


def test_row_is_created_changed_and_deleted(inside: TestClient):
    """The forms write what the endpoint beside them reads."""
    add(inside, "Ada")
    add(inside, "Ben")
    assert inside.get("/authors").json() == ["Ada", "Ben"]
    assert "Ada" in inside.get("/admin/author/details/1").text

    form = inside.get("/admin/author/edit/1")
    assert 'value="Ada"' in form.text
    inside.post("/admin/author/edit/1", data={"name": "Adele", "save": "Save"})
    assert inside.get("/authors").json() == ["Adele", "Ben"]

    assert inside.delete("/admin/author/delete", params={"pks": "1"}).status_code == 200
    assert inside.get("/authors").json() == ["Ben"]
    assert inside.get("/admin/author/details/1").status_code == 404


def test_list_is_searched_and_sorted(inside: TestClient):
    """The list shows what the search finds."""
    for name in ("Ben", "Ada", "Cem"):
        add(inside, name)

    found = inside.get("/admin/author/list?search=Be").text
    ordered = inside.get("/admin/author/list?sortBy=name&sort=asc").text

    assert "Ben" in found
    assert "Cem" not in found
    assert ordered.index("Ada") < ordered.index("Ben") < ordered.index("Cem")


def test_relation_is_chosen_in_the_form(inside: TestClient):
    """A book gets its author; what a view forbids is forbidden."""
    add(inside, "Ada")

    inside.post("/admin/book/create", data={"title": "Engines", "author": "1", "save": "Save"})

    assert "Ada" in inside.get("/admin/book/list").text
    assert inside.delete("/admin/book/delete", params={"pks": "1"}).status_code == 403


def test_missing_value_is_reported(inside: TestClient):
    """A form without a needed value comes back and nothing is written."""
    answer = inside.post("/admin/author/create", data={"name": "", "save": "Save"})

    assert answer.status_code == 400
    assert inside.get("/authors").json() == []


def test_export_and_action(inside: TestClient):
    """Rows leave as CSV; an action of one's own runs."""
    add(inside, "Ada")

    export = inside.get("/admin/author/export/csv")
    assert export.text.splitlines()[1].split(",")[-1].strip() in {"Ada", "1"}
    assert "Ada" in export.text
    inside.get("/admin/author/action/shout?pks=1")
    assert inside.get("/authors").json() == ["ADA"]
