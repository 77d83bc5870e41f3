import os

from straightway import Straightway

app = Straightway(debug=os.environ.get("NO_SUCH_SETTING", "1") == "1", max_body_size=1000)  # SW801
