"""A todo API: users keep their own list, and nobody else's."""

__version__ = "1.0.0"
