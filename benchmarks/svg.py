"""Writing SVG: a few shapes, the same bytes for the same figures, readable on light and on dark pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"

# A page's colour scheme reaches pictures, too (CSS Media Queries 5, prefers-color-scheme).
STYLE = f"""
  text {{ font-family: {FONT}; fill: #1f2328; }}
  .quiet {{ fill: #59636e; }}
  .rule {{ stroke: #d1d9e0; stroke-width: 1; }}
  .ours {{ fill: #0969da; stroke: #0969da; }}
  .limit {{ fill: #9198a1; stroke: #9198a1; }}
  .fastapi {{ fill: #bc4c00; stroke: #bc4c00; }}
  .peer0 {{ fill: #8250df; stroke: #8250df; }}
  .peer1 {{ fill: #1a7f37; stroke: #1a7f37; }}
  .peer2 {{ fill: #9a6700; stroke: #9a6700; }}
  .peer3 {{ fill: #bf3989; stroke: #bf3989; }}
  .peer4 {{ fill: #0a7ea4; stroke: #0a7ea4; }}
  .peer5 {{ fill: #57606a; stroke: #57606a; }}
  .peer6 {{ fill: #a40e26; stroke: #a40e26; }}
  .bar {{ stroke: none; }}
  .line {{ fill: none; stroke-width: 2; stroke-linejoin: round; }}
  .strong {{ font-weight: 600; }}
  text.ours, text.limit, text.fastapi, text[class*="peer"] {{ stroke: none; }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #f0f6fc; }}
    .quiet {{ fill: #9198a1; }}
    .rule {{ stroke: #3d444d; }}
    .ours {{ fill: #4493f8; stroke: #4493f8; }}
    .limit {{ fill: #6e7681; stroke: #6e7681; }}
    .fastapi {{ fill: #f0883e; stroke: #f0883e; }}
    .peer0 {{ fill: #ab7df8; stroke: #ab7df8; }}
    .peer1 {{ fill: #3fb950; stroke: #3fb950; }}
    .peer2 {{ fill: #d29922; stroke: #d29922; }}
    .peer3 {{ fill: #db61a2; stroke: #db61a2; }}
    .peer4 {{ fill: #39c5cf; stroke: #39c5cf; }}
    .peer5 {{ fill: #b1bac4; stroke: #b1bac4; }}
    .peer6 {{ fill: #f85149; stroke: #f85149; }}
    .line {{ fill: none; }}
  }}
"""


@dataclass
class Drawing:
    """A picture that is being drawn; its size in pixels."""

    width: float
    height: float
    title: str
    parts: list[str] = field(default_factory=list[str])

    def text(
        self, x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, kind: str = ""
    ) -> None:
        """Write words, whose base line begins, has its middle or ends at a point."""
        self.parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" font-size="{size}" class="{kind}">'
            f"{escape(words)}</text>"
        )

    def bar(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """Draw a filled bar."""
        self.parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="2" class="{kind} bar"/>'
        )

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a line of a grid."""
        ends = f'x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}"'
        self.parts.append(f'<line {ends} class="rule"/>')

    def line(self, points: Iterable[tuple[float, float]], kind: str) -> None:
        """Draw a line through points, with a dot at each."""
        given = list(points)
        joined = " ".join(f"{_n(x)},{_n(y)}" for x, y in given)
        self.parts.append(f'<polyline points="{joined}" class="{kind} line" style="fill:none"/>')
        self.parts.extend(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="3" class="{kind}"/>' for x, y in given)

    def written(self) -> str:
        """Return the picture as the text of a file."""
        size = f'width="{_n(self.width)}" height="{_n(self.height)}"'
        box = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img">'
        body = "\n".join(self.parts)
        return f"{head}\n<title>{escape(self.title)}</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n"


def _n(value: float) -> str:
    """Write a coordinate to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
