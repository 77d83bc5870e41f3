from fastapi import FastAPI, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.middleware.gzip import GZipMiddleware

app = FastAPI()
ORIGINS = ["http://localhost:3000", "https://*.example.com"]


@app.middleware("http")
async def guard(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-time"] = "1"
    return response


app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True, allow_methods=["*"], allow_headers=["*"])
app.add_middleware(GZipMiddleware)


@app.middleware("http")
async def timing(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-timing"] = "1"
    return response


public = FastAPI()
public.add_middleware(CORSMiddleware, allow_origins=["*"])


@public.middleware("http")
async def rewritten(request: Request, call_next):
    response = await call_next(request)
    return Response(b"".join([each async for each in response.body_iterator]), headers=dict(response.headers))
