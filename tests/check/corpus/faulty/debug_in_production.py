from fastapi import FastAPI

DEBUG = True
app = FastAPI(title="Shop", debug=DEBUG)  # SW801
