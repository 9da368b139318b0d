"""What the report on Shanxi's regulation says, written down by hand and held against the four files."""

import pytest
from tests.procedure.made import ROOT

from cultivar.policy.citation import number_text
from cultivar.policy.model import Programme
from cultivar.policy.reading import read_programme

PARTS = {"shanxi-chains": {"4"}, "shanxi-towns": {"5"}, "shanxi-zones": {"6"}, "shanxi-platforms": {"7", "8"}}
PARAGRAPHS = ["1", "2", "3", "4", "5", "6", "7", "8"]
RESOURCES = {"policies", "projects", "funds", "talent", "land"}


def programme(name: str) -> Programme:
    return read_programme(ROOT / f"programmes/{name}/2024.yaml").programme


@pytest.fixture(params=PARTS)
def part(request):
    return programme(request.param)


def test_the_four_files_cite_one_document():
    files = [programme(name) for name in PARTS]
    assert (
        len({(one.issuer.zh, one.issued, one.in_force.from_, one.region, one.source.en) for one in files})
        == 1
    )
    assert len({one.case_prefix for one in files}) == 4
    assert {one.subject.kind for one in files} == {"chain", "town", "zone", "platform"}


def test_every_paragraph_of_the_report_is_listed(part):
    whole = [article.number for article in part.articles if "." not in article.number]
    assert whole == PARAGRAPHS


def test_each_file_carries_out_its_own_paragraphs_and_no_other(part):
    carried_out = {
        article.number.partition(".")[0] for article in part.articles if article.kind != "declaratory"
    }
    assert carried_out == PARTS[part.programme]
    cited = {
        part.article[name].number.partition(".")[0]
        for procedure in part.procedures.values()
        for act in procedure.acts.values()
        for name in act.articles
    }
    assert cited == PARTS[part.programme]


def test_no_file_says_a_number_that_the_report_does_not_have(part):
    """The report names no threshold, weight, length of time, interval or day of the year."""
    assert not part.conditions
    assert not part.criteria
    assert not part.indicators
    assert not part.duties
    assert not part.targets
    for procedure in part.procedures.values():
        for act in procedure.acts.values():
            assert act.limit is None or (act.limit.set_by == "round" and act.limit.n is None)
            assert act.period is None or act.period.n is None


def test_each_file_says_that_the_year_and_the_laws_numbers_are_not_in_the_copy(part):
    points = {point.id: point for point in part.open_points}
    assert points["year-in-force"].readings[points["year-in-force"].chosen - 1].zh.startswith("2024年")
    assert "law-numbers" in points
    assert part.document_number is None


def test_nobody_reads_a_paragraph_of_the_report_as_an_article_of_the_law(part):
    cited = number_text("5.1", part.counted)
    assert (cited.zh, cited.en) == ("第五段(一)", "Paragraph 5(1)")


# --------------------------------------------------------------------------------------------------- chains


def test_resources_such_as_five_kinds_converge_and_the_government_alone_owes_them_and_the_system():
    chains = programme("shanxi-chains")
    kinds = chains.procedures["resource"].acts["call"].content["kind"].choices
    assert set(kinds) == RESOURCES | {"other"}, "the report says: such as"
    owed = {measure.id: measure.article for measure in chains.measures}
    assert owed == dict.fromkeys(RESOURCES, "p4.3") | {"chain-chief-system": "p4.2"}
    assert all(measure.by == ["government"] for measure in chains.measures)


def test_a_chief_calls_the_asked_deliver_and_the_government_decides():
    acts = programme("shanxi-chains").procedures["resource"].acts
    bodies = {name: act.body for name, act in acts.items()}
    assert bodies["call"] == bodies["confirm"] == bodies["escalate"] == "chain-chief"
    assert bodies["answer-department"] == bodies["deliver-department"] == "department"
    assert bodies["answer-local"] == bodies["deliver-local"] == "local-government"
    assert bodies["direct"] == bodies["not-support"] == "government"


def test_the_chain_rests_under_its_chief():
    chain = programme("shanxi-chains").procedures["chain"]
    assert chain.stages["running"].rests
    assert chain.acts["appoint-chief"].content["chiefs"].type == "experts"
    assert chain.acts["appoint-chief"].body == chain.acts["designate"].body == "government"
    assert chain.acts["designate"].grants == "key-chain"
    assert chain.acts["end"].body == "government"
    assert chain.acts["release-chief"].to is None, "others stay in office"
    assert chain.acts["release-last-chief"].to == "designated"
    assert chain.acts["appoint-chief"].content["chiefs"].most is None, "the report gives no number"
    lists = chain.acts["record-lists"].content
    assert set(lists) == {"map", "enterprises", "projects", "weak-links"}
    assert not any(spec.required for spec in lists.values()), "practice, not law"


# ---------------------------------------------------------------------------------------------------- towns


def test_the_government_designates_towns_in_a_tier_of_the_notice():
    towns = programme("shanxi-towns")
    designate = towns.procedures["selection"].acts["designate"]
    assert designate.body == "government"
    assert designate.content["tier"].type == "named"
    assert designate.content["tier"].among == "tiers"
    (tiers,) = (setting for setting in towns.round if setting.id == "tiers")
    assert (tiers.type, tiers.required) == ("names", True)


def test_the_four_ways_of_managing_towns_each_have_their_matter():
    towns = programme("shanxi-towns")
    assert towns.procedures["selection"].article == "p5.1"
    assert "p5.2" in towns.procedures["selection"].acts["designate"].articles
    assert towns.procedures["assessment"].article == "p5.3"
    assert towns.procedures["adjustment"].article == "p5.4"
    assert {"kept", "raised", "lowered"} <= set(towns.procedures["assessment"].stages)


def test_a_county_is_heard_before_its_designation_ends():
    towns = programme("shanxi-towns")
    acts = towns.procedures["adjustment"].acts
    assert acts["state"].body == "applicant"
    assert "hearing-over" in acts["submit-proposal"].needs
    assert acts["end-designation"].body == "government"
    assert acts["keep-designation"].four_eyes
    lowering = towns.procedures["assessment"].acts
    assert lowering["state"].body == "applicant"
    assert "lowering-heard" in lowering["submit-lowering"].needs
    assert lowering["propose-lower"].to == "hearing"


@pytest.mark.parametrize(
    ("name", "procedure"), [("shanxi-towns", "selection"), ("shanxi-platforms", "application")]
)
def test_nothing_is_refused_after_the_notice_without_an_upheld_objection(name, procedure):
    file = programme(name)
    assert "objection-upheld" in file.procedures[procedure].acts["refuse-after-notice"].needs
    assert file.guards["objection-upheld"].in_ == ["upheld"]


# ---------------------------------------------------------------------------------------------------- zones


def test_governments_at_or_above_county_level_determine_positions_and_leading_industries():
    zones = programme("shanxi-zones")
    assert zones.bodies["local-government"].zh == "县级以上人民政府"
    determine = zones.procedures["positioning"].acts["determine"]
    assert determine.body == "local-government"
    assert {"function", "industries"} <= set(determine.content)
    assert not determine.content["industries"].most, "the report gives no number of leading industries"


def test_demonstration_bases_are_supported_not_named():
    zones = programme("shanxi-zones")
    base = zones.procedures["demonstration-base"]
    assert base.about == "title"
    assert not any(act.grants for act in base.acts.values())
    assert {name for name, act in base.acts.items() if act.body == "province"} == {"give-opinion"}
    assert base.acts["support"].body == base.acts["not-support"].body == "local-government"
    assert base.acts["support"].four_eyes


# ------------------------------------------------------------------------------------------------ platforms


def test_who_creates_platforms():
    form = programme("shanxi-platforms").form_fields
    assert set(form["kind-of-applicant"].choices) == {"enterprise", "university", "institute"}


def test_low_zero_and_negative_carbon_and_transformation():
    platforms = programme("shanxi-platforms")
    fields = {field.id: [direction.id for direction in field.directions] for field in platforms.fields}
    assert fields["carbon-technology"] == ["low-carbon", "zero-carbon", "negative-carbon"]
    assert "transformation" in fields
    assert fields["platform"][0] == "innovation-centre"
    tasks = platforms.procedures["task"].acts["issue"].content["kind"].choices
    assert set(tasks) == {"generic", "low-carbon", "zero-carbon", "negative-carbon", "transformation"}


def test_who_owes_what_for_innovation_and_for_green_technology():
    measures = programme("shanxi-platforms").measures
    assert all("government" in measure.by for measure in measures if measure.article.startswith("p7"))
    assert all("local-government" in measure.by for measure in measures if measure.article.startswith("p8"))


def test_a_platform_is_recognised_and_a_green_project_supported():
    acts = programme("shanxi-platforms").procedures["application"].acts
    assert acts["recognise"].grants == "platform"
    assert acts["support"].grants == "green-project"
    assert "admitted-as-platform" in acts["recognise"].needs
    assert "admitted-as-project" in acts["support"].needs
