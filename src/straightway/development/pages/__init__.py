"""The development page as HTML: `layout.py` is what all parts have around them, each other module is one part."""
