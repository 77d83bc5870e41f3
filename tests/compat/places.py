"""Where the distribution is."""

from tools.environments import ROOT

DISTRIBUTION = ROOT / "compat" / "fastapi"
SOURCES = DISTRIBUTION / "src"
GENERATOR = ROOT / "compat" / "generate.py"
