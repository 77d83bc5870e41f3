"""FastAPI-shaped views of Straightway's machinery, for packages that drive it by hand.

Applications need nothing of this. The `fastapi` distribution offers it under the names such packages import: routes
as they see them (`routes`), endpoints run without a route (`handlers`), dependencies solved for somebody else's
endpoint (`solving`), and fields read and written one at a time (`values`).
"""
