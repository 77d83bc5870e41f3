from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()


async def get_session():
    async with AsyncSession() as session:
        yield session


async def transaction():
    session = AsyncSession()
    try:
        yield session
        await session.commit()
    finally:
        await session.close()


def before():
    session = AsyncSession()
    session.commit()
    yield session


@app.post("/a")
async def a(session: Annotated[AsyncSession, Depends(get_session)], other=Depends(before)) -> None:
    await session.commit()


@app.post("/b")
async def b(session: Annotated[AsyncSession, Depends(transaction, scope="function")]) -> None:
    session.add(1)
