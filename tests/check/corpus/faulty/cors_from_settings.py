import os

from straightway import Straightway
from straightway.middleware.cors import CORSMiddleware

app = Straightway()
app.add_middleware(CORSMiddleware, allow_origins=os.environ.get("NO_SUCH_ORIGINS", "*").split(","), allow_credentials=True)  # SW701
