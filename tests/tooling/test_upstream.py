"""What leaves FastAPI's source distribution, and what does not."""

import io
import tarfile
from pathlib import Path

from tests.conformance.upstream import lay_out


def packed(folder: Path, *names: str) -> Path:
    """Make an archive with the files of those names."""
    archive = folder / "sample.tar.gz"
    with tarfile.open(archive, "w:gz") as opened:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 1
            opened.addfile(member, io.BytesIO(b"x"))
    return archive


def test_only_what_the_tests_need_is_laid_out(tmp_path: Path):
    """Tests, their applications and settings are written; the library and the documentation are not."""
    archive = packed(
        tmp_path,
        "fastapi-1/tests/test_a.py",
        "fastapi-1/docs_src/app.py",
        "fastapi-1/pyproject.toml",
        "fastapi-1/fastapi/__init__.py",
        "fastapi-1/docs/en/docs/index.md",
        "fastapi-1/tests/../fastapi/routing.py",
        "fastapi-1/PKG-INFO",
    )

    lay_out(archive, tmp_path / "out")

    written = {
        str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file()
    }
    assert written == {"tests/test_a.py", "docs_src/app.py", "pyproject.toml"}


def test_folder_is_fresh(tmp_path: Path):
    """What an earlier run wrote beside the tests is gone."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "log.txt").write_text("left over")

    lay_out(packed(tmp_path, "fastapi-1/tests/test_a.py"), tmp_path / "out")

    assert not (tmp_path / "out" / "log.txt").exists()
