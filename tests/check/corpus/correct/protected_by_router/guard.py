from fastapi import HTTPException, Request


class Guard:
    def __init__(self, right: str) -> None:
        self.right = right

    async def __call__(self, request: Request) -> None:
        if self.right not in request.headers:
            raise HTTPException(403)
