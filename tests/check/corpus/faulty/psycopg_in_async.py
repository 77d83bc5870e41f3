import psycopg2
from fastapi import FastAPI

app = FastAPI()


@app.get("/now")
async def now() -> str:
    with psycopg2.connect("dbname=shop") as connection:  # SW403
        return str(connection)
