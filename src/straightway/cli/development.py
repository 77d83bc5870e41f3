"""The development page around the application that `straightway dev` serves."""

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from straightway.cli.address import PUBLIC_URL
from straightway.cli.check import findings_in
from straightway.cli.discovery import Target
from straightway.cli.loading import ASGIApplication
from straightway.cli.messages import Failure, complain
from straightway.cli.settings import Settings
from straightway.development.guard import Audience, guard_of
from straightway.development.inspection import Inspection
from straightway.development.layer import DevelopmentLayer

if TYPE_CHECKING:
    from straightway.check.findings import Finding

__all__ = ["layer_around"]


def layer_around(application: ASGIApplication, settings: Settings) -> DevelopmentLayer:
    """Return the layer with the development page for an application; warn of routes that the page hides."""
    inspection = Inspection(application, partial(_checked, settings.target, application))
    for path in inspection.taken_paths():
        complain(
            f"warning: the route {path} is hidden by the development page. Rename it, or give --dev-page off."
        )
    audience: Audience = "network" if settings.page == "network" else "local"
    urls = [os.environ[name] for name in PUBLIC_URL if os.environ.get(name)]
    return DevelopmentLayer(application, inspection, guard_of(settings.host, audience, *urls))


def _checked(target: Target, application: object) -> "tuple[Sequence[Finding], int]":
    """Check the application; what went wrong then is for the page."""
    try:
        return findings_in(target, application)
    except Failure as failure:
        raise RuntimeError(failure.what) from failure
