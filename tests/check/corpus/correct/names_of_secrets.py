import os

from fastapi import FastAPI
from fastapi.security import APIKeyHeader, OAuth2PasswordBearer
from pydantic import SecretStr
from pydantic_settings import BaseSettings

API_KEY_NAME = "x-api-key"
API_KEY = "X-API-Key"
PASSWORD = "password_field"
TOKEN_SECRET_KEY = "SECRET_KEY"
RESET_PASSWORD = "https://shop.example/reset"
SECRET_KEY = os.environ["SHOP_SECRET"] if "SHOP_SECRET" in os.environ else os.urandom(16).hex()
oauth2 = OAuth2PasswordBearer(tokenUrl="token")
header = APIKeyHeader(name=API_KEY_NAME)
fake_secret = "8f42a73054b1749f"


class Settings(BaseSettings):
    secret_key: SecretStr | None = None
    password: str = ""
    api_key_header: str = "X-Key"


app = FastAPI()
