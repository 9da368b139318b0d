"""The checker looks at guides too."""

from pathlib import Path

from tests.conftest import ROOT, Cultivar

GUIDE = ROOT / "guides" / "test-machine.yaml"


def test_all_files_are_programmes_and_guides(cultivar: Cultivar):
    done = cultivar("programmes", "check")
    assert done.returncode == 0, done.stdout
    files = [*(ROOT / "programmes").rglob("*.yaml"), *(ROOT / "guides").glob("*.yaml")]
    assert f"Files checked: {len(files)}; no problems" in done.stdout


def test_a_guide_is_known_by_its_first_key(cultivar: Cultivar, tmp_path: Path):
    text = GUIDE.read_text("utf-8")
    path = tmp_path / "any-name.yaml"
    path.write_text(text, "utf-8")
    assert cultivar("programmes", "check", str(path)).returncode == 0
    path.write_text(text.replace("measured: anisotropy}", "measured: strength}", 1), "utf-8")
    done = cultivar("programmes", "check", str(path))
    assert done.returncode == 1
    line = next(n for n, line in enumerate(text.splitlines(), 1) if "id: extensometer" in line)
    assert f"any-name.yaml:{line}: " in done.stdout
    assert "no row answers this case" in done.stdout
