"""PDF papers: a Typst template of this folder and data; what stands in the data is never read as markup."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import justmytype_intl_cjk  # type: ignore[import-untyped]
import typst

FOLDER = Path(__file__).with_name("typst")
# The Chinese sans that comes with the installation: papers look the same on every machine.
FONTS = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / "notosanssc"


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The paper of a template (its name without ending) with its data. The same data give the same bytes."""
    made = typst.compile(
        str(FOLDER / f"{template}.typ"),
        root=str(FOLDER),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        timestamp=0,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made
