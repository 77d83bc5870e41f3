from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/parse/{text}")
def parse(text: str) -> int:
    try:
        return int(text)
    except Exception:
        raise HTTPException(500)
    except ValueError:  # SW602
        raise HTTPException(400)
