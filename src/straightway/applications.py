"""The application class, under the name FastAPI gives its module."""

from straightway.application import Straightway as Straightway
