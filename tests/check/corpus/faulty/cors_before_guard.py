from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"])  # SW702


@app.middleware("http")
async def guard(request: Request, call_next):
    if "x-key" not in request.headers:
        return JSONResponse({"detail": "no key"}, 401)
    return await call_next(request)
