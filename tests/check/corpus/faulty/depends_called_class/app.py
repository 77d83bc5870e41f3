from fastapi import FastAPI
from fastapi.params import Depends as Needs

from depends_called_class import paging

main = FastAPI()


@main.get("/")
def index(page=Needs(paging.Page())):  # SW301
    return page.size
