"""The addresses of the API: each endpoint asks for what it needs and calls one service."""
