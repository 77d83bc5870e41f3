import logging
import logging.config

from straightway import Straightway
from straightway.logs import get_request_id

logging.config.dictConfig(
    {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request": {"()": "straightway.logs.RequestIdFilter"}},
        "formatters": {"short": {"format": "%(request_id)s %(message)s"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "short", "filters": ["request"]}
        },
        "root": {"handlers": ["console"], "level": "INFO"},
    }
)

# Probes come every second, and nobody reads about them.
logging.getLogger("straightway.access").addFilter(lambda record: " /health " not in record.getMessage())

logger = logging.getLogger("shop")
app = Straightway()


@app.get("/orders/{order}")
def read_order(order: int) -> dict[str, str | int | None]:
    logger.info("order %d is read", order)
    return {"order": order, "ask_support_about": get_request_id()}


@app.get("/health")
def health() -> str:
    return "ok"
