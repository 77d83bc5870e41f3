from fastapi import FastAPI, HTTPException
from starlette.middleware.base import BaseHTTPMiddleware


class Guard(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        if "x-key" not in request.headers:
            raise HTTPException(status_code=401)  # SW604
        return await call_next(request)


app = FastAPI()
app.add_middleware(Guard)
