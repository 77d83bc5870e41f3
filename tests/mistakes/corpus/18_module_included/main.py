# mistake: the module is included in place of its router
# remedy: users.router
# trigger: import
import users
from fastapi import FastAPI

app = FastAPI()
app.include_router(users)  # <-
