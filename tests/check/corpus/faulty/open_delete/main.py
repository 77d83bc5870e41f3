from fastapi import FastAPI

from open_delete import articles

app = FastAPI()
app.include_router(articles.router, prefix="/articles")
