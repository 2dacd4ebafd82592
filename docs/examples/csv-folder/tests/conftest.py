"""A folder for every test."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from folder import Folder


@pytest.fixture
def folder(tmp_path):
    """An empty folder of exports."""
    return Folder(tmp_path)
