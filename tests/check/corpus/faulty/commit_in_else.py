from typing import Annotated

from fastapi import Depends, FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

app = FastAPI()


async def unit_of_work():
    async with AsyncSession() as session:
        try:
            yield session
        except BaseException:
            await session.rollback()
            raise
        else:
            await session.commit()  # SW302


@app.put("/rows/{row}")
async def change(row: int, session: Annotated[AsyncSession, Depends(unit_of_work)]) -> None:
    print(row, session)
