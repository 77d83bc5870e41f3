import io

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile as StarletteUploadFile

from straightway.datastructures import Default, DefaultPlaceholder, UploadFile


def test_upload_file_accepts_what_starlette_parsed():
    """The value is the very object that Starlette's form parser made."""
    upload = StarletteUploadFile(io.BytesIO(b"x"))

    assert TypeAdapter(UploadFile).validate_python(upload) is upload


def test_upload_file_refuses_anything_else():
    """Text sent in place of a file is a validation error that says what came."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(UploadFile).validate_python("text")

    assert caught.value.errors()[0]["msg"] == ("Value error, Expected UploadFile, received: <class 'str'>")


def test_upload_file_can_be_validated_by_hand():
    """Code written for FastAPI calls the validator with Pydantic's two arguments."""
    upload = StarletteUploadFile(io.BytesIO(b"x"))

    assert UploadFile._validate(upload, {}) is upload
    with pytest.raises(ValueError, match="Expected UploadFile"):
        UploadFile._validate("text", {})


def test_upload_file_is_binary_data_in_the_schema():
    """OpenAPI 3.1 describes an upload by its media type."""

    class Form(BaseModel):
        attachment: UploadFile

    assert Form.model_json_schema()["properties"]["attachment"] == {
        "type": "string",
        "contentMediaType": "application/octet-stream",
        "title": "Attachment",
    }


@pytest.mark.anyio
async def test_upload_file_reads_and_writes():
    """The interface is awaitable and keeps the size."""
    upload = UploadFile(io.BytesIO(b"data"), size=4, filename="a.txt")

    await upload.seek(4)
    await upload.write(b" and more")
    await upload.seek(0)

    assert await upload.read() == b"data and more"
    assert upload.size == 13
    await upload.close()
    assert upload.file.closed


def test_placeholder_is_as_true_as_its_value():
    """Code may test a default without unwrapping it."""
    assert Default("a")
    assert not Default("")


def test_placeholder_equals_only_placeholders():
    """A default is never mistaken for the same value given by the user."""
    assert Default(1) == DefaultPlaceholder(1)
    assert Default(1) != Default(2)
    assert Default(1) != 1


def test_placeholder_shows_its_value():
    """Signatures show what the default is."""
    assert repr(Default(1)) == "Default(1)"
