from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware as Cors

app = FastAPI(
    middleware=[
        Middleware(Cors, allow_origin_regex=".*", allow_credentials=True),  # SW701
    ]
)
