from pydantic import BaseModel


class Customer(BaseModel):
    name: str
    hashed_password: str


class Order(BaseModel):
    customer: Customer
