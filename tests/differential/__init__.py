"""The same generated application on FastAPI and on Straightway: equal answers, side effects and documents.

`programs` writes applications as Python text, `requests` what they are asked, `comparing` runs both and compares;
`python -m tests.differential --examples 10000 --seed 1` does so as often as one likes.
"""
