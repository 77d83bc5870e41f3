from pydantic import BaseModel

from straightway import Straightway

app = Straightway()


class Recipe(BaseModel):
    name: str
    flour: float


@app.post("/recipes/for/{guests}")
def scale(guests: int, recipe: Recipe, spare: int = 0) -> Recipe:
    return Recipe(name=recipe.name, flour=recipe.flour * (guests + spare))
