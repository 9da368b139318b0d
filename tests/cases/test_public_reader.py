"""The programme reader leaves nothing out that an article carries."""

from tests import world as w

from cultivar.cases.programme_reader import read, way_to_title
from cultivar.cases.programmes import catalogue


def programme():
    return catalogue()[w.GUIZHOU].programme


def test_every_act_stands_under_each_of_its_articles():
    told = {(part.article.id, rule.code) for part in read(programme()) for rule in part.rules}
    for procedure in programme().procedures.values():
        for name, act in procedure.acts.items():
            assert {(article, name) for article in act.articles} <= told


def test_every_condition_duty_measure_sanction_and_open_point_is_told():
    parts = {part.article.id: part for part in read(programme())}
    for kind in (programme().conditions, programme().duties, programme().measures, programme().sanctions):
        for one in kind:
            assert one.id in [rule.code for rule in parts[one.article].rules]
    for point in programme().open_points:
        told = {known.question: known for known in parts[point.article].points}[point.question.text]
        assert [taken for _, taken in told.readings].index(True) == point.chosen - 1


def test_every_duty_says_that_nobody_is_reminded_yet():
    parts = {part.article.id: part for part in read(programme())}
    for duty in programme().duties:
        (told,) = [rule for rule in parts[duty.article].rules if rule.code == duty.id]
        assert "nobody is reminded yet" in " ".join(one.en for _, said in told.facts for one in said)


def test_what_this_file_reads_into_silence_is_told_at_its_article():
    told = {(point.article, point.id) for point in programme().open_points}
    assert {
        ("a6", "indicator-definitions"),
        ("a15", "course-of-review"),
        ("a11", "objection-not-taken-up"),
        ("a19", "date-in-force"),
    } <= told


def test_discretion_names_who_judges():
    for part in read(programme()):
        assert (part.judges is not None) == (part.article.kind == "discretion")


def test_the_way_to_the_title_follows_the_stepper():
    way = way_to_title(programme())
    assert [one.article for one in way] == ["a8", "a9", "a10", "a11", "a16", "a15"]
    assert way[3].names.zh == "厅务会、公示、认定"
