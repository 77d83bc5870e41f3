from straightway import Straightway as Api

service = Api()
app = service


@service.api_route("/jobs/{name}", methods=["GET", "POST"])
def job(name: str) -> str:
    return name


@service.post("/jobs/restart")  # SW101
def restart() -> None: ...
