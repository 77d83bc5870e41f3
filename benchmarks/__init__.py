"""How much time the framework takes for a request: Straightway, FastAPI and hand-written handlers in one process."""
