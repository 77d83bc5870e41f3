"""ASGI: routes that look like Starlette's, the table that finds them, failures, middleware, lifespan."""
