from fastapi import APIRouter, Depends, HTTPException, Header

async def verify(x_key: str = Header()):
    if x_key != "k":
        raise HTTPException(403)


router = APIRouter(dependencies=[Depends(verify())])  # SW301


@router.get("/")
def index() -> str:
    return "in"
