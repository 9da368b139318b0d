"""The programme file that a document gives: well formed, and lacking exactly what people must fill in."""

from pathlib import Path

import pytest
from tests.policy.document.test_reading_documents import MEASURES, NOTICE

from cultivar.policy.document import read_document
from cultivar.policy.document.skeleton import skeleton
from cultivar.policy.problems import BadFile
from cultivar.policy.reading import read_programme
from cultivar.policy.source import read_text
from cultivar.procedure.calendar import load
from cultivar.procedure.linter import check

ROOT = Path(__file__).resolve().parents[3]
ISSUED = NOTICE + MEASURES


def made(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(skeleton(read_document(text)), "utf-8")
    return path


def test_what_is_certain_is_filled_in():
    data = read_text(skeleton(read_document(ISSUED)), Path("x.yaml")).data
    assert data["title"]["zh"] == "云岭省灯笼产业集群培育办法（试行）"
    assert data["document_number"] == "云灯发〔2030〕7号"
    assert data["issuer"]["zh"] == "云岭省灯笼厅"
    assert data["issued"] == "2030-12-01"
    assert data["in_force"] == {"from": "2031-01-01"}
    assert (data["status"], data["subject"]["kind"], data["version"]) == ("trial", "cluster", "2030-trial")
    assert [article["id"] for article in data["articles"]] == [f"a{number}" for number in range(1, 8)]
    assert [article["kind"] for article in data["articles"]][-2:] == ["declaratory", "declaratory"]
    assert data["articles"][2]["chapter"]["zh"] == "第二章 申报"
    assert set(data["bodies"]) == {"applicant", "province"}


def test_summaries_are_left_to_people():
    text = skeleton(read_document(ISSUED))
    data = read_text(text, Path("x.yaml")).data
    assert all(article["summary"] == {"zh": "TODO", "en": "TODO"} for article in data["articles"])
    assert "毛竹" not in text


def test_time_limits_stand_beside_their_article_with_their_place():
    text = skeleton(read_document(MEASURES))
    place = MEASURES.index("五个工作日")
    assert f"“五个工作日” [{place}-{place + 5}]" in text


def test_the_remaining_problems_of_form_are_the_to_dos(tmp_path):
    with pytest.raises(BadFile) as refused:
        read_programme(made(tmp_path, ISSUED))
    assert [problem.text.en.split("”")[0] for problem in refused.value.problems] == ["“region"]


def test_the_linter_then_asks_only_for_what_encodes_the_articles(tmp_path):
    path = made(tmp_path, ISSUED.replace("云岭", "贵州"))
    problems = check(path, load(ROOT / "calendars"))
    assert problems
    assert all("nothing in the file encodes it" in problem.text.en for problem in problems)


def test_articles_with_the_same_number_get_ids_of_their_own():
    data = read_text(skeleton(read_document(MEASURES.replace("第六条", "第五条"))), Path("x.yaml")).data
    ids = [article["id"] for article in data["articles"]]
    assert len(set(ids)) == len(ids)
