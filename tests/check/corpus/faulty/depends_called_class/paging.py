class Page:
    def __init__(self, size: int = 10) -> None:
        self.size = size
