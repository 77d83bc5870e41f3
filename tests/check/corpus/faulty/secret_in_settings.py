from fastapi import FastAPI
from pydantic_settings import BaseSettings

app = FastAPI()


class Settings(BaseSettings):
    title: str = "Shop"
    jwt_secret_key: str = "8f42a73054b1749f"  # SW703
