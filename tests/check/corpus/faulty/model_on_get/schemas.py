import pydantic


class Base(pydantic.BaseModel):
    limit: int = 10


class Search(Base):
    text: str
