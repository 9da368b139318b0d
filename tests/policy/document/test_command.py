"""``cultivar programmes read``: outline, JSON, skeleton, and its exit codes."""

import json

import pytest
from tests.policy.document.test_reading_documents import MEASURES

from cultivar.cli import main
from cultivar.policy.document import read_document


@pytest.fixture
def measures(tmp_path):
    path = tmp_path / "办法.txt"
    path.write_bytes(MEASURES.replace("第四条 ", "").encode())
    return path


def test_the_outline_names_articles_and_irregularities(measures, capsys):
    assert main(["programmes", "read", str(measures)]) == 0
    out = capsys.readouterr().out
    assert "第二章 申报" in out
    assert "article-number-missing" in out
    assert "7 条" in out
    assert "7 articles" in out


def test_json_is_the_document(measures, capsys):
    assert main(["programmes", "read", str(measures), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    text = measures.read_bytes().decode()
    assert {key: data[key] for key in ("title", "chapters", "articles", "warnings")} == {
        key: read_document(text).as_json()[key] for key in ("title", "chapters", "articles", "warnings")
    }
    assert data["source"] == {"kind": "text", "encoding": "utf-8", "characters": len(text)}


def test_a_skeleton_goes_to_a_file(measures, tmp_path, capsys):
    out = tmp_path / "new.yaml"
    assert main(["programmes", "read", str(measures), "--skeleton", "-o", str(out)]) == 0
    assert "id: a4" in out.read_text("utf-8")
    assert str(out) in capsys.readouterr().out


def test_no_articles_is_exit_code_one(tmp_path, capsys):
    path = tmp_path / "x.txt"
    path.write_text("灯笼很好。\n", "utf-8")
    assert main(["programmes", "read", str(path)]) == 1
    assert "no-articles" in capsys.readouterr().out


def test_what_cannot_be_read_is_exit_code_two(tmp_path, capsys):
    path = tmp_path / "x.docx"
    path.write_bytes(b"PK\x03\x04 nothing")
    assert main(["programmes", "read", str(path)]) == 2
    error = capsys.readouterr().err
    assert "不是完好的 Word 文件" in error
    assert "Not a sound Word file" in error
    assert "Traceback" not in error


def test_what_cannot_be_written_is_exit_code_two(measures, tmp_path, capsys):
    assert main(["programmes", "read", str(measures), "-o", str(tmp_path / "none" / "x")]) == 2
    assert "cannot be written" in capsys.readouterr().err
