from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

app = FastAPI()
engine = create_async_engine("sqlite+aiosqlite://")


async def get_session():
    async with AsyncSession(engine) as session:
        yield session


@app.get("/")
async def index(session: Annotated[AsyncSession, Depends(get_session)]) -> int:
    result = await session.execute(select(text("1")))
    async with engine.connect() as connection:
        await connection.execute(text("2"))
    return int(result.scalar_one())
