"""What a server imports: `straightway run`, or `uvicorn todo.main:app`."""

from todo.application import create_app
from todo.settings import Settings

app = create_app(Settings())
