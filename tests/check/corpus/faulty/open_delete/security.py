from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer

oauth2 = OAuth2PasswordBearer(tokenUrl="token")


def whoami(token: Annotated[str, Depends(oauth2)]) -> str:
    return token


Caller = Annotated[str, Depends(whoami)]
