"""Files as LibreOffice saves them."""

import shutil
import subprocess
from pathlib import Path

import pytest


def resaved(folder: Path, path: Path, form: str) -> Path:
    """The file as LibreOffice opens it and saves it as `form`; the test skips where it is missing."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) ist nicht da")
    home = f"-env:UserInstallation=file://{folder}/profil"
    command = [office, home, "--headless", "--convert-to", form, "--outdir", str(folder / "neu"), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / "neu" / f"{path.stem}.{form}"
