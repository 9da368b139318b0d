"""Files that break one rule each: the tutorial's programme with pieces of text replaced, and what is said of them."""

from pathlib import Path
from typing import NamedTuple

from tests.conftest import ROOT

TUTORIAL = ROOT / "docs/tutorial/programme.yaml"
TEXT = TUTORIAL.read_text("utf-8")
DUTIES = "duties:\n"
FOLLOWS = "follows: {rows_of: courses, where: [state, running]}"
EXAMPLES = "examples:\n"


class Wrong(NamedTuple):
    """What to replace; the text on whose line the finding stands; its article, rule and words."""

    changes: list[tuple[str, str]]
    at: str
    article: str
    rule: str
    says: str


def change(old: str, new: str, *, at: str = "", article: str = "", rule: str, says: str) -> Wrong:
    return Wrong([(old, new)], at or new.strip("\n").split("\n")[0], article, rule, says)


def unknown(old: str, new: str, says: str, article: str, at: str = "") -> Wrong:
    return change(old, new, at=at, article=article, rule="unknown-name", says=says)


def told(block: str, until: str, *, more: str = "", kind: str = "text", rule: str, says: str) -> Wrong:
    """The act that tells something sealed, before the note."""
    act = block.replace("UNTIL", until).replace("MORE", more).replace("TYPE", kind)
    return change(NOTE_IT, act + NOTE_IT, at="          words: {", article="9", rule=rule, says=says)


def added(block: str, *, before: str = EXAMPLES, at: str, article: str, rule: str, says: str) -> Wrong:
    return Wrong([(f"\n{before}", f"\n{block}\n{before}")], at, article, rule, says)


GROUP = """groups:
  - {id: old, article: a2, zh: 老集群, en: Old clusters,
     baseline: {BASE: {value: "1", unit: {zh: 家, en: workshops}, year: 2025}}}
"""
DESIGNATION = "designations:\n  - {id: kiln, group: GROUP, article: a2, zh: 古窑, en: Old kiln}\n"
TARGET = """targets:
  - {id: more, article: a2, of: OF, indicator: INDICATOR, kind: level, UNIT by_year: 2030, zh: 更多, en: More}
"""
VALUE = 'value: "5", unit: {zh: 家, en: w},'
WHOLE_GROUP = GROUP.replace("BASE", "workshops")
CRITERIA = """criteria:
  - {id: skill, article: a7, points: 60, zh: 技艺, en: Skill}
  - {id: size, article: a7, points: 30, zh: 规模, en: Size}"""
SANCTION = "sanctions:\n  - {id: fraud, article: a10, opens: revoke, zh: 弄虚作假, en: Fraud}"
LIMIT = "limit: {n: 5, unit: working days, after: [submit, resubmit], first_day: next, on_expiry: remind and record}"
ACCEPT = (
    "      accept:\n        zh: 受理\n        en: Accept\n        article: a6\n        by: city.handler\n"
)
PERIOD = "period: {n: 5, unit: working days, first_day: counted"
UNTIL = "period: {until: until, first_day: counted"
CONTENT_UNTIL = "        content: {until: {zh: 截止, en: Last day, type: date, required: true}}\n        "
NOTE_IT = "      note:\n        zh: 阅存"
TELL = """      tell:
        zh: 说明
        en: Tell
        article: a9
        by: province.handler
        from: reported
MORE        content:
          words: {zh: 话, en: Words, type: TYPE, sealed_until: UNTIL}
"""
SHEETS = TELL.replace(", sealed_until: UNTIL", "").replace("TYPE", "score-sheet").replace("MORE", "") + (
    "          again: {zh: 又一份, en: Another, type: score-sheet}\n"
)


END = """      close-it:
        zh: 结
        en: End
        article: a9
        by: province
        from: new
        to: noted
"""
NOTE = "        from: reported\n        to: noted\n"
DECISION = "decision: {zh: 认定文号, en: Number of the decision, type: text, required: true, at_most: 40}"
BALLOT = (
    "        content: {choice: {zh: 意见, en: Vote, type: ballot, required: true}}\n"
    "        limit: {n: 5, unit: working days, after: [submit, resubmit]"
)
WINDOW = "  - {id: window, article: a5, type: window, required: true, zh: 申报时间, en: Application window}\n"
MOST = "  - {id: most, article: a5, type: choice, required: false, zh: 多数, en: Majority}\n"
MOST_OF = "          most: {zh: 多数, en: Majority, type: choice, choices: {all: {zh: 全体, en: all}}}\n"

WRONG: dict[str, Wrong] = {
    # ---- identity
    "a draft in force": change(
        "status: in force",
        "status: draft",
        at="in_force: {from",
        rule="draft-in-force",
        says="A draft is not in force",
    ),
    "a document that nobody issued": change(
        'issued: "2026-01-05"\n', "", at="status: in force", rule="no-date", says="“issued” is missing"
    ),
    "a successor that forgets cases": change(
        "status: in force",
        "supersedes: tutorial-workshops/0\nstatus: in force",
        rule="no-transition",
        says="what becomes of cases in progress",
    ),
    "in force backwards": change(
        'in_force: {from: "2026-02-01"}',
        'in_force: {from: "2026-02-01", to: "2026-01-01"}',
        rule="in-force-backwards",
        says="before it comes into force",
    ),
    # ---- ids and articles
    "an article twice": change(
        '{id: a10, number: "10"',
        '{id: a9, number: "10"',
        article="10",
        rule="id-twice",
        says="“a9” is used twice",
    ),
    "a form field twice": change(
        "{id: craft-text,", "{id: workshops,", article="3", rule="id-twice", says="“workshops” is used twice"
    ),
    "an unknown article": unknown(
        "id: window, article: a5", "id: window, article: a55", "no article named “a55”", ""
    ),
    "a section without article": change(
        "articles: [a3, a4]",
        "articles: []",
        at="  - id: basics",
        rule="no-article",
        says="“Basics” cites no article",
    ),
    "an act without article": change(
        "en: Accept\n        article: a6",
        "en: Accept\n        article: []",
        at="      accept:",
        article="7",
        rule="no-article",
        says="“Accept” cites no article",
    ),
    "an executable article that nothing encodes": change(
        'number: "2", kind: declaratory',
        'number: "2", kind: executable',
        article="2",
        rule="article-left-out",
        says="nothing in the file encodes it",
    ),
    "a reading that is not there": change(
        "chosen: 1", "chosen: 3", article="6", rule="no-such-reading", says="There are 2 readings"
    ),
    # ---- conditions
    "an unknown indicator of a condition": unknown(
        "indicators: [workshops]", "indicators: [shops]", "no indicator named “shops”", "4.1"
    ),
    "unknown evidence of a condition": unknown(
        "evidence: [workshop-list]", "evidence: [list]", "no evidence named “list”", "4.1"
    ),
    "an unknown condition of a field": unknown(
        "{id: craft-text, type: long-text, zh: 技艺传承说明, en: The craft in words, condition: craft",
        "{id: craft-text, type: long-text, zh: 技艺传承说明, en: The craft in words, condition: art",
        "no condition named “art”",
        "3",
    ),
    "an unknown indicator of a field": unknown(
        "        indicator: workshops\n", "        indicator: shops\n", "no indicator named “shops”", "3"
    ),
    "unknown evidence of a field": unknown(
        "type: evidence, evidence: workshop-list",
        "type: evidence, evidence: list",
        "no evidence named “list”",
        "3",
    ),
    "a field that offers no choice": change(
        "{id: craft-text, type: long-text",
        "{id: craft-text, type: choice",
        article="3",
        rule="no-choices",
        says="asks for a choice and offers none",
    ),
    "a table without columns": change(
        "      - {id: craft-text, type: long-text,",
        "      - {id: craft-text, type: table,",
        article="3",
        rule="table-columns",
        says="a table gives its columns",
    ),
    "a table of fewer than no rows": change(
        '        least: "0"\n        at_most: 30',
        '        least: "-1"\n        at_most: 30',
        at="      - id: courses\n",
        article="3",
        rule="table-rows",
        says="The rows of table “Courses” cannot be",
    ),
    "a table that is too large": change(
        "        at_most: 30",
        "        at_most: 334",
        at="      - id: courses\n",
        article="3",
        rule="table-rows",
        says="rows times columns at most 1000",
    ),
    "a column twice": change(
        "          - {id: apprentices,",
        "          - {id: name,",
        at="          - {id: name, type: whole",
        article="3",
        rule="id-twice",
        says="“name” is used twice",
    ),
    "a column that offers no choice": Wrong(
        [
            (", choices: {running: {zh: 在办, en: Running}, over: {zh: 已结业, en: Over}}}", "}"),
            (FOLLOWS, "follows: {rows_of: courses}"),
        ],
        "          - {id: state,",
        "3",
        "no-choices",
        "asks for a choice and offers none",
    ),
    "a sum of words": change(
        "zh: 名称, en: Name, at_most: 60}",
        "zh: 名称, en: Name, sum: true}",
        at="          - {id: name,",
        article="3",
        rule="sum-of-words",
        says="“Name” holds no numbers to sum",
    ),
    "a computed figure that follows from nothing": change(
        FOLLOWS,
        "follows: {where: [state, running]}",
        at="      - id: courses-running",
        article="3",
        rule="follows-way",
        says="exactly one way (this gives 0)",
    ),
    "a computed figure of two ways": change(
        FOLLOWS,
        "follows: {rows_of: courses, sum_of_column: [courses, apprentices]}",
        at="      - id: courses-running",
        article="3",
        rule="follows-way",
        says="exactly one way (this gives 2)",
    ),
    "rows of no table": unknown(FOLLOWS, "follows: {rows_of: lessons}", "no field named “lessons”", "3"),
    "rows of a number": change(
        FOLLOWS,
        "follows: {rows_of: workshops}",
        article="3",
        rule="follows-kind",
        says="cannot follow from “Workshops”: it takes a table",
    ),
    "a sum of a text": change(
        FOLLOWS,
        "follows: {sum_of: [workshops, craft-text]}",
        article="3",
        rule="follows-kind",
        says="cannot follow from “The craft in words”: it takes a number",
    ),
    "a sum of no column": unknown(
        FOLLOWS, "follows: {sum_of_column: [courses, hours]}", "no column named “hours”", "3"
    ),
    "a sum of a column of words": change(
        FOLLOWS,
        "follows: {sum_of_column: [courses, name]}",
        article="3",
        rule="follows-kind",
        says="cannot follow from “Name”: it takes a number",
    ),
    "rows chosen by a column of numbers": change(
        FOLLOWS,
        "follows: {rows_of: courses, where: [apprentices, running]}",
        article="3",
        rule="follows-kind",
        says="cannot follow from “Apprentices”: it takes a choice",
    ),
    "rows chosen by no choice": unknown(
        FOLLOWS, "follows: {rows_of: courses, where: [state, asleep]}", "no choice named “asleep”", "3"
    ),
    "a figure that follows from itself": change(
        FOLLOWS,
        "follows: {sum_of: [workshops, courses-running]}",
        article="3",
        rule="follows-round",
        says="“Courses under way” follows from itself",
    ),
    "rows chosen where none are looked at": change(
        FOLLOWS,
        "follows: {difference_of: [workshops, workshops], where: [state, running]}",
        article="3",
        rule="where-aside",
        says="looks at no rows",
    ),
    "a ratio in pieces": change(
        FOLLOWS,
        "follows: {ratio_of: [workshops, workshops]}",
        article="3",
        rule="follows-unit",
        says="is a ratio; its unit is %",
    ),
    "a figure that gives away what is personal": Wrong(
        [
            (FOLLOWS, "follows: {sum_of: [workshops, workshops]}"),
            (
                "        type: whole\n        zh: 作坊数\n",
                "        type: whole\n        personal: true\n        zh: 作坊数\n",
            ),
        ],
        "        follows: {sum_of",
        "3",
        "follows-personal",
        "would give it away",
    ),
    "words from the roster": change(
        "en: The craft in words, condition: craft, at_most: 800}",
        "en: The craft in words, condition: craft, at_most: 800, from_roster: true}",
        at="      - {id: craft-text",
        article="3",
        rule="from-roster",
        says="must be a number whose indicator is computed",
    ),
    "a bar on an unknown indicator": unknown(
        "bars: [{indicator: workshops", "bars: [{indicator: shops", "no indicator named “shops”", "4.1"
    ),
    "a bar of two bounds": change(
        'at_least: "20"}]',
        'at_least: "20", at_most: "30"}]',
        at="    bars: [",
        article="4.1",
        rule="bounds-of-bar",
        says="this one gives 2",
    ),
    "a bar that has expired": change(
        'at_least: "20"}]',
        'at_least: "20", until: "2025-12-31"}]',
        at="    bars: [",
        article="4.1",
        rule="expired-bar",
        says="expired before the document came into force (2026-02-01)",
    ),
    "a condition without a boundary": change(
        "      - {case: boundary, expect: open}\n",
        "",
        at="  - id: craft\n",
        article="4.2",
        rule="no-condition-example",
        says="lacks an example: one on the boundary",
    ),
    "an indicator computed in two ways": change(
        "computed: {count: all}",
        "computed: {count: all, total: revenue}",
        at="    computed: ",
        article="4.1",
        rule="computed-way",
        says="this one gives 2",
    ),
    "a measure that nobody knows": unknown(
        "computed: {count: all}", "computed: {count: kilns}", "no measure named “kilns”", "4.1"
    ),
    "a qualification that nobody knows": unknown(
        "computed: {count: all}", "computed: {qualified: giant}", "no qualification named “giant”", "4.1"
    ),
    "a count of a figure": change(
        "computed: {count: all}",
        "computed: {count: revenue}",
        at="    computed: ",
        article="4.1",
        rule="computed-kind",
        says="a yes-no measure is asked",
    ),
    "a ratio in workshops": change(
        "computed: {count: all}",
        "computed: {ratio: [rd-expense, revenue]}",
        at="    computed: ",
        article="4.1",
        rule="computed-unit",
        says="what is computed comes in “%”",
    ),
    "a sum of money in workshops": change(
        "computed: {count: all}",
        "computed: {total: revenue}",
        at="    computed: ",
        article="4.1",
        rule="computed-unit",
        says="what is computed comes in “10 000 yuan / 100 million yuan”",
    ),
    "ranks of what has none": change(
        "computed: {count: all}",
        "computed: {count: all, ranks: [national]}",
        at="    computed: ",
        article="4.1",
        rule="computed-aside",
        says="“ranks” says nothing",
    ),
    "an example with a strange figure": unknown(
        '{case: passes, figures: {workshops: "31"}',
        '{case: passes, figures: {workshops: "31", shops: "1"}',
        "no indicator named “shops”",
        "4.1",
    ),
    "an example that contradicts its case": change(
        '{case: passes, figures: {workshops: "31"}, expect: holds}',
        '{case: passes, figures: {workshops: "31"}, expect: fails}',
        article="4.1",
        rule="condition-example-says",
        says="must say expect: holds",
    ),
    "an example that comes out otherwise": change(
        '{case: fails, figures: {workshops: "19"}',
        '{case: fails, figures: {workshops: "21"}',
        article="4.1",
        rule="condition-example-fails",
        says="it comes out as holds",
    ),
    "points that do not sum": added(
        CRITERIA, at="criteria:", article="", rule="points", says="they sum to 90"
    ),
    # ---- groups, designations, targets
    "a baseline of nothing known": added(
        GROUP.replace("BASE", "shops"),
        at="     baseline: {",
        article="2",
        rule="unknown-name",
        says="no indicator named “shops”",
    ),
    "a designation of no group": added(
        WHOLE_GROUP + DESIGNATION.replace("GROUP", "new"),
        at="  - {id: kiln",
        article="2",
        rule="unknown-name",
        says="no group or designation named “new”",
    ),
    "a target for nobody known": added(
        TARGET.replace("OF", "all").replace("INDICATOR", "workshops").replace("UNIT", VALUE),
        at="  - {id: more",
        article="2",
        rule="unknown-name",
        says="no group or designation named “all”",
    ),
    "a target of nothing known": added(
        TARGET.replace("OF", "[]").replace("INDICATOR", "shops").replace("UNIT", VALUE),
        at="  - {id: more",
        article="2",
        rule="unknown-name",
        says="no indicator named “shops”",
    ),
    "a target without unit": added(
        TARGET.replace("OF", "[]").replace("INDICATOR", "workshops").replace("UNIT", 'value: "5",'),
        at="  - {id: more",
        article="2",
        rule="target-unit",
        says="its value and its unit together",
    ),
    # ---- titles, bodies, duties
    "titles that all have one number": change(
        'number: "SLZF-{year}-{n:02d}"',
        'number: "SLZF-{year}"',
        at="  workshop-cluster: {zh",
        article="7",
        rule="title-number",
        says="No numbers can be made by “SLZF-{year}”",
    ),
    "titles by an unknown hole": change(
        'number: "SLZF-{year}-{n:02d}"',
        'number: "SLZF-{month}-{n}"',
        at="  workshop-cluster: {zh",
        article="7",
        rule="title-number",
        says="“SLZF-{month}-{n}”",
    ),
    "an unknown player": unknown(
        "scope: own cases}",
        "scope: own cases, played_by: guild}",
        "no body named “guild”",
        "",
        at="  applicant: {zh",
    ),
    "an unknown debtor": unknown(
        "article: a10, kind: service", "article: a10, by: guild, kind: service", "no body named “guild”", "10"
    ),
    "hidden from nobody known": unknown(
        "hidden_from: [applicant]", "hidden_from: [press]", "no body named “press”", "8"
    ),
    "a duty of nobody known": unknown(
        "article: a9, by: applicant, opens", "article: a9, by: guild, opens", "no body named “guild”", "9"
    ),
    "a duty that opens nothing known": unknown(
        "opens: annual-report, every",
        "opens: yearly-report, every",
        "no procedure named “yearly-report”",
        "9",
    ),
    "a duty on no day": change(
        "due_month: 3, due_day: 31",
        "due_month: 2, due_day: 30",
        article="9",
        rule="no-such-due-day",
        says="no such day",
    ),
    "a duty on half a day": change(
        "due_month: 3, due_day: 31",
        "due_month: 3",
        article="9",
        rule="no-such-due-day",
        says="only one of month and day",
    ),
    "a ground that opens nothing known": added(
        SANCTION, at="  - {id: fraud", article="10", rule="unknown-name", says="no procedure named “revoke”"
    ),
    # ---- guards
    "a guard of two tests": change(
        "{over: publish, zh",
        "{over: publish, window: open, zh",
        article="7",
        rule="tests-of-guard",
        says="makes 2 tests",
    ),
    "a guard that compares with nothing": change(
        "{fact: title-held, zh", "{fewer: report, zh", article="9", rule="than", says="which round setting"
    ),
    "a guard that does not say since when all must have done it": change(
        "{fact: title-held, zh", "{settled: report, zh", article="9", rule="since", says="since which act"
    ),
    "a guard on an unknown setting": unknown(
        "{over: publish, zh",
        "{set: quorum, zh",
        "no round setting named “quorum”",
        "7",
        at="        needs: [notice-over",
    ),
    # ---- votes
    "values of names that nobody lists": unknown(
        DECISION,
        DECISION.replace("type: text", "type: values, of: sources"),
        "no field named “sources”",
        "7",
    ),
    "a document that the house does not know": unknown(
        DECISION,
        DECISION.replace("type: text", "type: document, document: horoscope"),
        "no document named “horoscope”",
        "7",
    ),
    "an entry needed with one that is not there": unknown(
        DECISION,
        DECISION.replace("at_most: 40", "at_most: 40, needed_when: {choice: disagree}"),
        "no field named “choice”",
        "7",
    ),
    "an act done once more after an unknown one": unknown(
        "        grants: workshop-cluster\n",
        "        grants: workshop-cluster\n        again_after: call\n",
        "no act named “call”",
        "7",
        at="        again_after: call",
    ),
    "a tally of an act without ballots": change(
        DECISION,
        "decision: {zh: 结果, en: Result, type: tally, counts: accept}",
        article="7",
        rule="counts-nothing",
        says="“Result” has no ballots to count",
    ),
    "a tally by a setting that is not there": Wrong(
        [
            ("        limit: {n: 5, unit: working days, after: [submit, resubmit]", BALLOT),
            (DECISION, "decision: {zh: 结果, en: Result, type: tally, counts: accept, quorum: quorum}"),
        ],
        "          decision: {zh: 结果",
        "7",
        "unknown-name",
        "no round setting named “quorum”",
    ),
    "a majority by which nothing is counted": Wrong(
        [
            ("        limit: {n: 5, unit: working days, after: [submit, resubmit]", BALLOT),
            (WINDOW, WINDOW + MOST),
            (
                "type: window, required: true}\n      close:",
                f"type: window, required: true}}\n{MOST_OF}      close:",
            ),
            (DECISION, "decision: {zh: 结果, en: Result, type: tally, counts: accept, majority: most}"),
        ],
        "          decision: {zh: 结果",
        "7",
        "majority",
        "cannot count by the majority “all”",
    ),
    "a guard that nothing needs": Wrong(
        [("        needs: title-held\n", "")],
        "  title-held: {fact",
        "",
        "unused-guard",
        "No act needs guard “title-held”",
    ),
    "an unknown guard": Wrong(
        [
            ("        needs: title-held\n", "        needs: held\n"),
            ("  title-held: {fact: title-held, zh: 没有有效的称号。, en: No valid title is held.}\n", ""),
        ],
        "        needs: held",
        "9",
        "unknown-name",
        "no guard named “held”",
    ),
    "a guard on a parent that is not there": change(
        "{over: publish, zh",
        "{over: publish, of: parent, zh",
        at="        needs: [notice-over",
        article="7",
        rule="no-parent",
        says="there is none",
    ),
    "a guard on an unknown act": unknown(
        "{over: publish, zh",
        "{over: notify, zh",
        "no act named “notify”",
        "7",
        at="        needs: [notice-over",
    ),
    "a guard on no period": change(
        "{over: publish, zh",
        "{over: submit, zh",
        at="        needs: [notice-over",
        article="7",
        rule="no-period",
        says="“submit” starts no period",
    ),
    "a guard on an unknown entry": unknown(
        "{over: publish, zh",
        "{chosen: recognise, field: choice, value: yes, zh",
        "no field named “choice”",
        "7",
        at="        needs: [notice-over",
    ),
    "a guard on an unknown choice": Wrong(
        [
            ("{over: publish, zh", "{chosen: recognise, field: decision, value: maybe, zh"),
            (
                DECISION,
                "decision: {zh: 决定, en: Decision, type: choice, required: true, choices: {yes: {zh: 是, en: yes}}}",
            ),
        ],
        "        needs: [notice-over",
        "7",
        "unknown-name",
        "no choice named “maybe”",
    ),
    "a guard on an unknown stage": unknown(
        "{running: publish, of: parent",
        "{in_stage: posted, of: parent",
        "no stage named “posted”",
        "8",
        at="        needs: notice-running",
    ),
    "a guard on an unknown procedure": unknown(
        "{none_of: objection, zh",
        "{none_of: protest, zh",
        "no procedure named “protest”",
        "7",
        at="        needs: [notice-over",
    ),
    "a guard on an unknown stage of another": unknown(
        "in: [upheld]", "in: [accepted]", "no stage named “accepted”", "7", at="        needs: [notice-over"
    ),
    "an unknown remedy": unknown(
        "{over: publish, zh",
        "{over: publish, remedy: wait, zh",
        "no act named “wait”",
        "7",
        at="        needs: [notice-over",
    ),
    "an unknown setting": unknown(
        "{fact: title-held, zh",
        "{fewer: report, than: reports, zh",
        "no round setting named “reports”",
        "9",
        at="        needs: title-held",
    ),
    "an unknown fact": unknown(
        "{fact: title-held, zh",
        "{fact: held, zh",
        "no fact named “held”",
        "9",
        at="        needs: title-held",
    ),
    # ---- procedures and acts
    "a procedure that nothing opens": change(
        "by: applicant\n        from: new\n        to: reported",
        "by: applicant\n        from: noted\n        to: reported",
        at="  annual-report:\n",
        article="9",
        rule="nothing-opens",
        says="No act opens this procedure: Annual report",
    ),
    "an act of the house's own": Wrong(
        [(ACCEPT, ACCEPT.replace("accept:", "erase:"))],
        "      erase:",
        "6",
        "reserved",
        "the house uses that name",
    ),
    "an unknown parent": unknown(
        "parent: recognition\n", "parent: recognise\n", "no procedure named “recognise”", "8"
    ),
    "a parent where none belongs": change(
        "about: title\n",
        "about: title\n    parent: recognition\n",
        at="  annual-report:\n",
        article="9",
        rule="parent",
        says="names its parent",
    ),
    "designated without designations": change(
        "about: title\n",
        "about: title\n    designated: true\n",
        at="    designated: true",
        article="9",
        rule="designated",
        says="must list designations",
    ),
    "an unknown body": unknown("by: city.handler", "by: town.handler", "no body named “town”", "6"),
    "an unknown post": unknown("by: city.handler", "by: city.scribe", "no post named “scribe”", "6"),
    "an act from nowhere": unknown(
        NOTE,
        NOTE.replace("reported", "[reported, shelf]"),
        "no stage named “shelf”",
        "9",
        at="        from: [reported, shelf]",
    ),
    "an act to nowhere": unknown(
        "from: submitted\n        to: returned",
        "from: submitted\n        to: backlog",
        "no stage named “backlog”",
        "6",
        at="        to: backlog",
    ),
    "an opening act that stays": change(
        "        from: new\n        to: reported\n",
        "        from: new\n",
        at="      report:",
        article="9",
        rule="opens-nowhere",
        says="must say to which stage",
    ),
    "an unknown title to grant": unknown(
        "grants: workshop-cluster", "grants: medal", "no title named “medal”", "7"
    ),
    "an unknown title to end": unknown(
        NOTE, NOTE + "        ends: medal\n", "no title named “medal”", "9", at="        ends: medal"
    ),
    "an act hidden from nobody known": unknown(
        NOTE,
        NOTE + "        hidden_from: [press]\n",
        "no body named “press”",
        "9",
        at="        hidden_from: [press]",
    ),
    "publishing what cannot be": unknown(
        "publishes: [title]", "publishes: [dossier]", "no thing that can be published named “dossier”", "7"
    ),
    "an entry seen by nobody known": unknown(
        "personal: true, seen_by: [province, auditor]",
        "personal: true, seen_by: [press]",
        "no body named “press”",
        "8",
        at="          name: {zh: 姓名",
    ),
    "names out of nowhere": unknown(
        DECISION,
        DECISION.replace("type: text", "type: named, among: names").replace(", at_most: 40", ""),
        "no round setting named “names”",
        "7",
    ),
    "an entry that offers no choice": change(
        DECISION,
        DECISION.replace("type: text", "type: choice"),
        article="7",
        rule="no-choices",
        says="offers none",
    ),
    # ---- time
    "a limit after nothing": change(
        LIMIT,
        LIMIT.replace("[submit, resubmit]", "[]"),
        article="6",
        rule="limit-after-nothing",
        says="after which act it runs",
    ),
    "a limit after an unknown act": unknown(
        LIMIT, LIMIT.replace("resubmit", "again"), "no act named “again”", "6"
    ),
    "a limit without length": change(
        LIMIT, LIMIT.replace("n: 5, ", ""), article="6", rule="limit-length", says="A limit gives n"
    ),
    "a period without length": change(
        PERIOD, PERIOD.replace("n: 5, ", ""), article="7", rule="period-length", says="either n or until"
    ),
    "a period until no entry": unknown(PERIOD, UNTIL, "no field named “until”", "7"),
    "a period into the past": change(
        PERIOD,
        CONTENT_UNTIL.lstrip() + UNTIL,
        at="        period: {until",
        article="7",
        rule="period-in-the-past",
        says="could lie in the past",
    ),
    # ---- stages
    "a stage that nothing reaches": change(
        "      noted: {",
        "      lost: {zh: 遗失, en: Lost, final: closed}\n      noted: {",
        at="      lost: {",
        article="9",
        rule="unreached",
        says="“Lost” cannot be reached",
    ),
    "a final stage that is left": change(
        "from: filed\n        to: upheld",
        "from: [filed, dismissed]\n        to: upheld",
        at="      dismissed: {zh",
        article="8",
        rule="final-left",
        says="“Dismissed” is final yet",
    ),
    "a dead end": change(
        NOTE,
        NOTE.replace("to: noted", "to: reported") + END,
        at="      reported: {zh",
        article="9",
        rule="dead-end",
        says="no way out of stage “Reported”",
    ),
    "a stage seen by nobody known": unknown(
        "seen_by: [province]}",
        "seen_by: [press]}",
        "no body named “press”",
        "5",
        at="      drafting: {zh: 拟通知",
    ),
    "waiting for an unknown act": unknown(
        "waits_for: note}", "waits_for: notice}", "no act named “notice”", "9", at="      reported: {zh"
    ),
    "waiting for an act of elsewhere": change(
        "waits_for: note}",
        "waits_for: [note, report]}",
        at="      reported: {zh",
        article="9",
        rule="waits-in-vain",
        says="“report” cannot be done from this stage",
    ),
    "a stage that waits for nothing": change(
        ", waits_for: note}",
        "}",
        at="      reported: {zh",
        article="9",
        rule="waits-for-nothing",
        says="does not say what it waits for",
    ),
    # ---- what is sealed, and sheets
    "a guard that looks since nothing": change(
        "{over: publish, zh: 公示期未满。",
        "{over: publish, since: publish, zh: 公示期未满。",
        at="  notice-over: {over",
        article="7",
        rule="since-of-what",
        says="gives since without done, not_done",
    ),
    "sealed until itself": told(
        TELL, "tell", rule="sealed-by-itself", says="unsealed by the act that says it"
    ),
    "sealed until an unknown act": told(TELL, "open-it", rule="unknown-name", says="no act named “open-it”"),
    "sealed and given away": told(
        TELL, "note", more="        harm: true\n", rule="sealed-given-away", says="cannot be kept sealed"
    ),
    "sealed files": told(TELL, "note", kind="files", rule="sealed-given-away", says="cannot be kept sealed"),
    "two score sheets": change(
        NOTE_IT,
        SHEETS + NOTE_IT,
        at="        content:\n          words: {",
        article="9",
        rule="beside-a-sheet",
        says="An act holds one score sheet",
    ),
    # ---- examples
    "an example that fails": change(
        'at: "2026-03-28"',
        'at: "2026-03-26"',
        at="  - name: {zh: 期满后可以认定",
        article="7",
        rule="example",
        says="fails: Expected allowed",
    ),
    "an example of no procedure": unknown(
        "acts: [start, submit]\n    try: {act: accept, as: city.handler}",
        "procedure: accepting\n    acts: [start, submit]\n    try: {act: accept, as: city.handler}",
        "no procedure named “accepting”",
        "",
        at="  - name: {zh: 受理在提交之后",
    ),
    "an example of an unknown body": unknown(
        "as: city.handler}", "as: town.handler}", "no body named “town”", "6"
    ),
    "an example of an unknown post": unknown(
        "as: city.handler}", "as: city.scribe}", "no post named “scribe”", "6"
    ),
    "an example of no act": unknown(
        "try: {act: accept, as: city.handler}",
        "try: {act: praise, as: city.handler}",
        "no act named “praise”",
        "",
        at="    try: {act: praise",
    ),
    "an example on an unknown procedure": unknown(
        "children: {objection: upheld}", "children: {protest: upheld}", "no procedure named “protest”", "7"
    ),
    "an example on an unknown stage": unknown(
        "children: {objection: upheld}", "children: {objection: posted}", "no stage named “posted”", "7"
    ),
    # ---- form
    "a key that is not known": change(
        "better: higher",
        "bettre: higher",
        article="4.1",
        rule="unknown-key",
        says="“bettre” is not known here",
    ),
    "a text in one language": change(
        "en: Workshops\n    unit",
        "unit",
        at="  - id: workshops\n",
        article="4.1",
        rule="missing",
        says="“en” is missing",
    ),
    "a code that is no text": change(
        'region: "520000"', "region: 520000", rule="not-text", says="“region” must be text"
    ),
    "an empty text": change(
        "zh: 陶瓷,",
        "zh: '',",
        at="  - {id: ceramics",
        article="3",
        rule="empty-text",
        says="must not be empty",
    ),
    "an id that is too long": change(
        "{id: lacquer,", "{id: " + "l" * 61 + ",", article="3", rule="long-text", says="is too long"
    ),
    "an id with a capital": change(
        "{id: lacquer,",
        "{id: Lacquer,",
        article="3",
        rule="wrong-pattern",
        says="not written as it must be: 'Lacquer'",
    ),
    "a day that is not there": change(
        'issued: "2026-01-05"',
        'issued: "2026-02-30"',
        rule="no-such-day",
        says="“issued” is no day of the calendar",
    ),
    "a word that is not offered": change(
        "better: higher", "better: more", article="4.1", rule="not-one-of", says="must be 'higher' or 'lower'"
    ),
    "a number in quotes": change(
        "limit: {n: 5,",
        'limit: {n: "5",',
        article="6",
        rule="not-a-number",
        says="“n” must be a whole number",
    ),
    "a length of nothing": change(
        "limit: {n: 5,", "limit: {n: 0,", article="6", rule="too-small", says="“n” is too small"
    ),
    "too many points": added(
        CRITERIA.replace("60", "1001"),
        at="  - {id: skill",
        article="7",
        rule="too-large",
        says="“points” is too large",
    ),
    "a yes in quotes": change(
        "four_eyes: true", 'four_eyes: "yes"', article="5", rule="not-yes-or-no", says="true or false"
    ),
    "a list that is none": change(
        "publishes: [title]",
        "publishes: title",
        article="7",
        rule="not-a-list",
        says="“publishes” must be a list",
    ),
    "a stage shown to nobody known": unknown(
        "waits_for: announce, seen_by: [province]",
        "waits_for: announce, seen_by: [provinces]",
        "There is no body named “provinces”",
        "5",
        at="      drafting: {zh: 拟通知",
    ),
    "one reading": change(
        ', {zh: 与受理同为5个工作日, en: "5 working days, as for the acceptance"}]',
        "]",
        at="    readings: [",
        article="6",
        rule="short-list",
        says="too few items",
    ),
    "a mapping that is none": change(
        "unit: {zh: 家, en: workshops}\n    better",
        "unit: workshops\n    better",
        article="4.1",
        rule="not-a-mapping",
        says="must be a mapping",
    ),
    "names of things that are none": change(
        "  applicant: {zh: 集群促进组织",
        "  applicant-: {zh: 集群促进组织",
        rule="wrong-pattern",
        says="not written as it must be",
    ),
}
SPOILED: dict[str, tuple[bytes, int, str, str]] = {
    "a list at the top": (b"- 1\n", 1, "not-a-mapping-at-the-top", "must be a mapping"),
    "an anchor": (b"a: 1\nb: &x [1]\n", 2, "anchor-or-alias", "No anchors"),
    "an alias": (b"a: 1\nb: *x\n", 2, "anchor-or-alias", "No anchors"),
    "an anchor on a key": (b"a: 1\n&x b: 2\n", 2, "anchor-or-alias", "No anchors"),
    "a tag": (b"a: 1\nb: !!python/name:os.system 1\n", 2, "tag", "No tags"),
    "a tag on a key": (b"a: 1\n!x b: 1\n", 2, "tag", "No tags"),
    "a key twice": (b"a: 1\nb: 1\na: 2\n", 3, "key-twice", "“a” is given twice"),
    "a key that is a list": (b"a: 1\n? [x]\n: 2\n", 2, "key-not-text", "A key must be text"),
    "a key of 201 characters": (b"a: 1\n" + b"k" * 201 + b": 2\n", 2, "key-too-long", "more than 200"),
    "two documents": (b"a: 1\n---\nb: 2\n", 2, "several-documents", "one document"),
    "an empty file": (b"", 1, "empty-file", "empty"),
    "a day without quotes": (b"a: 1\nb: 2026-05-07\n", 2, "unquoted", "Quote “2026-05-07”"),
    "GB18030": ("a: 1\n标题: 办法\n".encode("gb18030"), 2, "not-utf-8", "Not encoded in UTF-8"),
    "UTF-16": ("a: 1\n".encode("utf-16"), 1, "not-utf-8", "Not encoded in UTF-8"),
    "NUL": (b"a: 1\nb: x\0y\n", 2, "control-character", "U+0000"),
    "an escaped NUL": (b'a: 1\nb: "x\\0y"\n', 2, "control-character", "U+0000"),
    "a line separator": ("a: 1\nb: x\u2028y\n".encode(), 2, "control-character", "U+2028"),
    "a second byte order mark": ("a: 1\n\ufeffb: 2\n".encode(), 2, "control-character", "U+FEFF"),
    "an open bracket": (b"a: 1\nb: [1\n", 3, "not-yaml", "Not valid YAML"),
    "nesting": (b"a: 1\nb: " + b"[" * 5000, 2, "too-deep", "Nested deeper"),
}


def spoiled(wrong: Wrong, folder: Path) -> tuple[Path, str]:
    text = TEXT
    for old, new in wrong.changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "programme.yaml"
    path.write_text(text, "utf-8")
    return path, text


def line_of(text: str, at: str) -> int:
    assert at in text, at
    return text[: text.index(at)].count("\n") + 1
