from fastapi import FastAPI

from shadowed_across_routers.routers import people, profile

app = FastAPI()
app.include_router(people.router, prefix="/people")
app.include_router(profile.router)  # the fault is where the route is declared
