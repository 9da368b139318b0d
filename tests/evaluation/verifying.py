"""The verifier as a bundle carries it, and what it says."""

import importlib.util
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import cultivar.evaluation

VERIFIER = Path(cultivar.evaluation.__file__).parent / "bundle_files" / "verify.py"


def loaded() -> ModuleType:
    """The file as a module; nothing else in the project may import it."""
    spec = importlib.util.spec_from_file_location("bundle_verifier", VERIFIER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier = loaded()


def unzipped(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return held.getvalue()


def failures(files: dict[str, bytes], **asked: Any) -> list[Any]:
    """All that the verifier says of these files."""
    try:
        return list(verifier.verify(verifier.Bundle(dict(files)), **asked)[1])
    except verifier.Wrong as bad:
        return [bad]


def run(bundle: Path, *more: str, program: Path = VERIFIER) -> subprocess.CompletedProcess[str]:
    """What ``python verify.py`` says: apart from this house, its packages and its folder."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", str(program), str(bundle), *more],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=bundle.parent,
        check=False,
    )
