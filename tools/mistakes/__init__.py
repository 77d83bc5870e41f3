"""Common beginner mistakes, run on FastAPI and on Straightway, and what each of the two says about them."""
