from fastapi import FastAPI

app = FastAPI()


class Mailer:
    @staticmethod
    async def send(text: str) -> None:
        print(text)


async def notify(text: str) -> None:
    print(text)


@app.post("/orders")
async def order(text: str) -> str:
    notify(text)  # SW404
    return text
