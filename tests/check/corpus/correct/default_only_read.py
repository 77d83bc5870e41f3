from fastapi import FastAPI

app = FastAPI()


def total(numbers: list[int] = []) -> int:
    return sum(numbers)


def extended(numbers: list[int] = []) -> list[int]:
    numbers = list(numbers)
    numbers.append(1)
    return numbers


@app.get("/")
def index() -> int:
    return total() + len(extended())
