import pytest


def pytest_addoption(parser):
    """Let the expected text of compiled endpoints be written anew."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write the golden files of the tests that have some, instead of comparing with them",
    )


@pytest.fixture
def update_golden(request):
    """Tell whether golden files are written instead of compared."""
    return request.config.getoption("--update-golden")
