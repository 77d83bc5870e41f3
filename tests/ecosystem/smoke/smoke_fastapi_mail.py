"""fastapi-mail: mail from endpoints, sent to a server that keeps it."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from fastapi import BackgroundTasks, FastAPI, UploadFile
from fastapi.testclient import TestClient
from fastapi_mail import ConnectionConfig, FastMail, MessageSchema, MessageType
from pydantic import BaseModel, EmailStr


class Keeper:
    """Keep what arrives."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take one mail."""
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"


class Invitation(BaseModel):
    """A body."""

    to: EmailStr
    name: str


def free_port() -> int:
    """Find a port; the controller connects to the one it is told, so that it cannot be 0."""
    with socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def box() -> Iterator[Controller]:
    """Run a mail server on a free port."""
    controller = Controller(Keeper(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def client(tmp_path: Path, box: Controller) -> TestClient:
    """Make an application that sends mail, at once or afterwards."""
    (tmp_path / "hello.html").write_text("<p>Hello {{ name }}</p>")
    sender = FastMail(
        ConnectionConfig(
            MAIL_USERNAME="",
            MAIL_PASSWORD="",
            MAIL_FROM="shop@example.org",
            MAIL_SERVER="127.0.0.1",
            MAIL_PORT=box.port,
            MAIL_STARTTLS=False,
            MAIL_SSL_TLS=False,
            USE_CREDENTIALS=False,
            TEMPLATE_FOLDER=tmp_path,
        )
    )
    app = FastAPI()

    @app.post("/later", status_code=202)
    async def later(invitation: Invitation, tasks: BackgroundTasks):
        message = MessageSchema(
            subject="Welcome",
            recipients=[invitation.to],
            template_body={"name": invitation.name},
            subtype=MessageType.html,
        )
        tasks.add_task(sender.send_message, message, template_name="hello.html")

    @app.post("/file")
    async def file(file: UploadFile):
        message = MessageSchema(
            subject="File",
            recipients=["ann@example.org"],
            body="see below",
            subtype=MessageType.plain,
            attachments=[file],
        )
        await sender.send_message(message)

    return TestClient(app)


def test_template_is_sent_in_the_background(client: TestClient, box: Controller):
    """The mail leaves after the answer, made from a template."""
    answer = client.post("/later", json={"to": "ann@example.org", "name": "Ann"})

    assert answer.status_code == 202
    (mail,) = box.handler.messages
    assert (mail["Subject"], parseaddr(mail["From"])[1]) == ("Welcome", "shop@example.org")
    assert parseaddr(mail["To"])[1] == "ann@example.org"
    html = next(part for part in mail.walk() if part.get_content_type() == "text/html")
    assert html.get_payload(decode=True).decode().strip() == "<p>Hello Ann</p>"


def test_upload_is_attached(client: TestClient, box: Controller):
    """An uploaded file leaves as an attachment."""
    content = bytes(range(256))

    client.post("/file", files={"file": ("f.bin", content, "application/octet-stream")})

    (mail,) = box.handler.messages
    attached = next(part for part in mail.walk() if part.get_filename() == "f.bin")
    assert attached.get_payload(decode=True) == content


def test_bad_address_sends_nothing(client: TestClient, box: Controller):
    """Validation comes first."""
    assert client.post("/later", json={"to": "ann", "name": "Ann"}).status_code == 422
    assert box.handler.messages == []
