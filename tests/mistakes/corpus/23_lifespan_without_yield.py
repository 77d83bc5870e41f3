# mistake: the lifespan is a function that does not yield
# asked: https://github.com/fastapi/fastapi/issues/2943
# remedy: asynccontextmanager
# trigger: start
from fastapi import FastAPI


async def lifespan(app: FastAPI):  # <-
    app.state.ready = True


app = FastAPI(lifespan=lifespan)  # <-
