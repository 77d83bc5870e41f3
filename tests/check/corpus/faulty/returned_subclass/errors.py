from fastapi import HTTPException


class NotFound(HTTPException):
    def __init__(self, what: str) -> None:
        super().__init__(404, f"no {what}")
