"""Uploaded files beside a company file."""

import pytest

from subledger_quickbooks_online.simulator import NO_LIMITS, Simulation
from subledger_quickbooks_online.simulator.files import FolderFiles, StoredFile

FILE = StoredFile(data=bytes(range(256)), name="r.pdf", content_type="application/pdf")


def test_files_outlive_the_process(tmp_path):
    """A file that was stored is found by another process, until it is deleted."""
    folder = tmp_path / "company.files"
    FolderFiles(folder)["77", "1"] = FILE
    found = FolderFiles(folder)
    assert found["77", "1"] == FILE
    assert (list(found), len(found)) == ([("77", "1")], 1)
    del found["77", "1"]
    assert list(FolderFiles(folder)) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("key", [("77", "2"), ("77", "../1"), ("..", "1")])
def test_what_is_not_there(tmp_path, key):
    """Unknown files are not there, and no key leads out of the folder."""
    files = FolderFiles(tmp_path / "company.files")
    files["77", "1"] = FILE
    with pytest.raises(KeyError):
        files[key]
    with pytest.raises(KeyError):
        del files[key]
    assert files.pop(key, None) is None
    assert key not in files


def test_a_company_file_keeps_its_files(tmp_path):
    """A simulation of a company file keeps uploads beside it; one in memory touches no disk."""
    path = tmp_path / "company.sqlite"
    simulation = Simulation.open(path=str(path), switches=NO_LIMITS)
    simulation.files["77", "1"] = FILE
    simulation.close()
    again = Simulation.open(path=str(path), switches=NO_LIMITS)
    assert again.files["77", "1"] == FILE
    again.close()
    memory = Simulation.open()
    assert memory.files == {}
    memory.close()
