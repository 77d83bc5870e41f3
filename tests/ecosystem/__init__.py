"""Packages that are built on FastAPI, driven on the `fastapi` distribution; `make ecosystem`."""
