"""FastAPI's own tests, run on Straightway and compared with what is expected of them; `make conformance`."""
