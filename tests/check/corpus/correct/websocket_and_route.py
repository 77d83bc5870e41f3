from fastapi import FastAPI, WebSocket

app = FastAPI()


@app.get("/chat/{room}")
def page(room: str) -> str:
    return room


@app.websocket("/chat/{room}")
async def chat(websocket: WebSocket, room: str) -> None:
    await websocket.accept()
    await websocket.send_text(room)
