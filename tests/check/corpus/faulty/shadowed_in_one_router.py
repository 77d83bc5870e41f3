import fastapi as fa

router = fa.APIRouter(prefix="/v1")
app = fa.FastAPI()


@router.put("/files/{path:path}")
async def put_file(path: str) -> str:
    return path


@router.put("/files/{folder}/{name}")  # SW101
async def put_in_folder(folder: str, name: str) -> str:
    return folder + name


app.include_router(router)
