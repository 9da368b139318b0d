"""The rules of the linter: what is said where one is broken, and what to do about it."""

from cultivar.policy.problems import Rule
from cultivar.policy.text import Text

UNKNOWN = Rule(
    "unknown-name",
    Text("没有名为“{name}”的{what}。", "There is no {what} named “{name}”."),
    Text("{shown}；请改名，或先写明它。", "{shown}; correct the name, or add it."),
)
TWICE = Rule(
    "id-twice",
    Text("“{name}”用了两次，编号要唯一。", "“{name}” is used twice; ids are unique."),
    Text("请给后一个换一个编号。", "Give the second one another id."),
)
NO_ARTICLE = Rule(
    "no-article",
    Text("“{name}”没有写依据哪一条。", "“{name}” cites no article."),
    Text("请在 article（或 articles）里写条款的编号。", "Name its article (or articles) by id."),
)
LEFT_OUT = Rule(
    "article-left-out",
    Text(
        "第 {number} 条是可执行条款，但没有任何一处用到它。",
        "Article {number} is executable and nothing in the file encodes it.",
    ),
    Text(
        "请写出它规定的行为、条件或义务；确实不产生程序的，改为 declaratory 或 discretion。",
        "Write the act, condition or duty that it demands; where none follows, make it declaratory or discretion.",
    ),
)
DRAFT_IN_FORCE = Rule(
    "draft-in-force",
    Text("征求意见稿没有施行日期。", "A draft is not in force."),
    Text("请删去 in_force，或改 status。", "Remove in_force, or change the status."),
)
NO_DATE = Rule(
    "no-date",
    Text("缺“{name}”。", "“{name}” is missing."),
    Text(
        "不是征求意见稿（draft）的，要写印发日期（issued）和施行日期（in_force）。",
        "What is not a draft says when it was issued and since when it is in force.",
    ),
)
NO_SUCH_READING = Rule(
    "no-such-reading",
    Text("只有 {count} 种读法，没有第 {chosen} 种。", "There are {count} readings, no number {chosen}."),
    Text("请改 chosen，从 1 数起。", "Correct chosen; it counts from 1."),
)
NO_CHOICES = Rule(
    "no-choices",
    Text("“{name}”要选一项，但没有选项。", "“{name}” asks for a choice and offers none."),
    Text("请写 choices。", "Give its choices."),
)
TABLE_COLUMNS = Rule(
    "table-columns",
    Text(
        "“{name}”的列和类型对不上：表（table）要写 columns，其他类型不写。",
        "“{name}”: a table gives its columns, and nothing else does.",
    ),
    Text("请补上或删去 columns，或改 type。", "Add or remove columns, or correct the type."),
)
TABLE_ROWS = Rule(
    "table-rows",
    Text(
        "表“{name}”的行数不对：least 要是整数，不大于 at_most；行数乘列数最多 {most}。",
        "The rows of table “{name}” cannot be: least is whole, not above at_most; rows times columns at most {most}.",
    ),
    Text("请改 least 或 at_most，或拆成两张表。", "Correct least or at_most, or make two tables of it."),
)
SUM_OF_WORDS = Rule(
    "sum-of-words",
    Text("列“{name}”不是数，不能合计。", "Column “{name}” holds no numbers to sum."),
    Text("请删去 sum，或改 type。", "Remove sum, or correct the type."),
)
FOLLOWS_WAY = Rule(
    "follows-way",
    Text(
        "“{name}”的 follows 和类型对不上：computed 恰好写一种算法，现有 {given} 种；其他类型不写。",
        "“{name}”: what is computed follows in exactly one way (this gives {given}), and nothing else does.",
    ),
    Text("请只写 {known} 中的一种。", "Give one of {known}."),
)
FOLLOWS_KIND = Rule(
    "follows-kind",
    Text(
        "“{name}”由“{other}”得不出来：那里要{wanted}。",
        "“{name}” cannot follow from “{other}”: it takes {wanted}.",
    ),
    Text("请换一项。", "Name another one."),
)
FOLLOWS_ROUND = Rule(
    "follows-round",
    Text("“{name}”绕一圈由自己得出。", "“{name}” follows from itself."),
    Text("请改 follows，让它最后落到填写的项上。", "Let follows end at entries that are typed."),
)
FOLLOWS_PERSONAL = Rule(
    "follows-personal",
    Text(
        "“{name}”由个人信息“{other}”得出，会把它露出来。",
        "“{name}” follows from the personal entry “{other}” and would give it away.",
    ),
    Text("请给它也写 personal: true，或换一项。", "Make it personal: true as well, or name another entry."),
)
FOLLOWS_UNIT = Rule(
    "follows-unit",
    Text("“{name}”是比率，单位要写 %。", "“{name}” is a ratio; its unit is %."),
    Text("请改 unit，或改算法。", "Correct the unit, or the way."),
)
WHERE_ASIDE = Rule(
    "where-aside",
    Text("“{name}”不看表里的行，where 没有用。", "“{name}” looks at no rows; where says nothing."),
    Text("请删去 where。", "Remove where."),
)
FROM_ROSTER = Rule(
    "from-roster",
    Text(
        "“{name}”不能取自企业名单：它要是数，indicator 要写了 computed。",
        "“{name}” cannot come from the roster: it must be a number whose indicator is computed.",
    ),
    Text("请删去 from_roster，或换一个指标。", "Remove from_roster, or name such an indicator."),
)
BOUNDS_OF_BAR = Rule(
    "bounds-of-bar",
    Text(
        "一条门槛恰好写一个界限，现有 {given} 个。", "A bar gives exactly one bound; this one gives {given}."
    ),
    Text(
        "请在 at_least、more_than、at_most、less_than 中只写一个；上下都有限的写成两条。",
        "Give one of at_least, more_than, at_most, less_than; a range is two bars.",
    ),
)
EXPIRED_BAR = Rule(
    "expired-bar",
    Text(
        "这条门槛在文件施行（{day}）前就已过期。",
        "This bar expired before the document came into force ({day}).",
    ),
    Text("请改期或删去。", "Correct the day or remove it."),
)
COMPUTED_WAY = Rule(
    "computed-way",
    Text(
        "“{name}”的 computed 恰好写一种算法，现有 {given} 种。",
        "The computed of “{name}” gives exactly one way; this one gives {given}.",
    ),
    Text("请只写 {known} 中的一种。", "Give one of {known}."),
)
COMPUTED_KIND = Rule(
    "computed-kind",
    Text(
        "“{name}”不能这样用：这里要{wanted}的数据项。",
        "“{name}” cannot stand here: a {wanted} measure is asked.",
    ),
    Text("请对照共用词表换一个。", "Choose another of the shared vocabulary."),
)
COMPUTED_UNIT = Rule(
    "computed-unit",
    Text(
        "“{name}”的单位写的是“{unit}”，这样算出来是“{wanted}”。",
        "“{name}” says its unit is “{unit}”; what is computed comes in “{wanted}”.",
    ),
    Text("请改 unit，或改算法。", "Correct the unit, or the way."),
)
COMPUTED_ASIDE = Rule(
    "computed-aside",
    Text("“{key}”在这种算法里没有用。", "“{key}” says nothing in this way of computing."),
    Text("请删去。", "Remove it."),
)
NO_CONDITION_EXAMPLE = Rule(
    "no-condition-example",
    Text("条件“{name}”还缺例子：{what}。", "Condition “{name}” lacks an example: {what}."),
    Text(
        "请在 examples 里补上，写明数值、判断和结果。",
        "Add it to its examples, with figures, judgement and outcome.",
    ),
)
CONDITION_EXAMPLE_SAYS = Rule(
    "condition-example-says",
    Text("“{case}”的例子要写 expect: {wanted}。", "An example of what {case} must say expect: {wanted}."),
    Text("请改 expect，或改 case。", "Correct expect, or case."),
)
CONDITION_EXAMPLE_FAILS = Rule(
    "condition-example-fails",
    Text(
        "例子写的是 {expect}，实际得出 {verdict}。", "The example says {expect}; it comes out as {verdict}."
    ),
    Text(
        "请核对数值、门槛和 judged_by，再改例子或条件。",
        "Check figures, bars and judged_by; correct one of them.",
    ),
)
POINTS = Rule(
    "points",
    Text("各项分值合计要为 100，现在是 {total}。", "The points must sum to 100; they sum to {total}."),
    Text(
        "请对照文件核对每项分值（points）。文件没有写分值的，不写 criteria，由批次通知定。",
        "Check each one's points against the document; where it gives none, leave criteria out: a round sets them.",
    ),
)
TARGET_UNIT = Rule(
    "target-unit",
    Text("目标的数值和单位要一起写。", "A target gives its value and its unit together."),
    Text("请补上 value 或 unit；没有数值的两个都不写。", "Add value or unit; without a figure give neither."),
)
NO_TRANSITION = Rule(
    "no-transition",
    Text(
        "取代旧版的文件要写在办案件怎样过渡。",
        "A version that supersedes another must say what becomes of cases in progress.",
    ),
    Text("请写 transition。", "Write transition."),
)
IN_FORCE_BACKWARDS = Rule(
    "in-force-backwards",
    Text("失效日期早于施行日期。", "It ceases to be in force before it comes into force."),
    Text("请核对 in_force 的 from 和 to。", "Check from and to of in_force."),
)
TITLE_NUMBER = Rule(
    "title-number",
    Text(
        "称号的编号“{number}”排不出来。",
        "No numbers can be made by “{number}”.",
    ),
    Text(
        "编号里要有顺序号 {{n}}，可以有年份 {{year}}，不能有别的花括号。",
        "It needs {{n}} for the count, may have {{year}}, and no other braces.",
    ),
)
NO_SUCH_DUE_DAY = Rule(
    "no-such-due-day",
    Text(
        "没有这一日，或只写了月日中的一个。", "There is no such day, or only one of month and day is given."
    ),
    Text(
        "请核对 due_month 和 due_day，两个一起写；2月29日不能用。",
        "Check due_month and due_day, and give both; 29 February is not there every year.",
    ),
)
TESTS_OF_GUARD = Rule(
    "tests-of-guard",
    Text(
        "前提“{name}”要恰好写一种判断，现有 {given} 种。",
        "Guard “{name}” makes {given} tests; it must make one.",
    ),
    Text(
        "请拆成几个前提，行为的 needs 里都写上；没有判断的，写一种。",
        "Split it into several guards, all named in the act's needs; where there is none, give a test.",
    ),
)
THAN = Rule(
    "than",
    Text(
        "前提“{name}”要写和哪个批次设置比。",
        "Guard “{name}” does not say which round setting it compares with.",
    ),
    Text("请写 than。", "Give than."),
)
SINCE_OF_WHAT = Rule(
    "since-of-what",
    Text(
        "“{name}”写了 since，但不是 done、not_done、at_least 或 settled。",
        "“{name}” gives since without done, not_done, at_least or settled.",
    ),
    Text("请删去 since。", "Remove since."),
)
SINCE = Rule(
    "since",
    Text(
        "前提“{name}”要写从哪个行为起算。",
        "Guard “{name}” does not say since which act it looks.",
    ),
    Text("请写 since，那个行为要有期间（period）。", "Give since; that act starts a period."),
)
COUNTS_NOTHING = Rule(
    "counts-nothing",
    Text("“{name}”没有可计的票。", "“{name}” has no ballots to count."),
    Text(
        "请在 counts 里写投票的行为，其内容要有 ballot 类型的一项。",
        "Let counts name the act that casts ballots; its content has an entry of type ballot.",
    ),
)
MAJORITY = Rule(
    "majority",
    Text("系统不会按“{choice}”计算多数。", "The house cannot count by the majority “{choice}”."),
    Text(
        "批次设置的选项只能是 half（过半数）、two-thirds（三分之二以上）。",
        "The choices of the round's setting may be half (more than half) and two-thirds (two thirds at least).",
    ),
)
UNUSED_GUARD = Rule(
    "unused-guard",
    Text("没有行为用到前提“{name}”。", "No act needs guard “{name}”."),
    Text("请删去，或写进行为的 needs。", "Remove it, or name it in an act's needs."),
)
NOTHING_OPENS = Rule(
    "nothing-opens",
    Text("没有一个行为能启动程序“{name}”。", "No act opens this procedure: {name}."),
    Text("请给第一个行为写 from: new。", "Let its first act say from: new."),
)
RESERVED = Rule(
    "reserved",
    Text(
        "行为不能叫“{name}”，这个名称由系统使用。", "No act may be called “{name}”: the house uses that name."
    ),
    Text("请换一个名称。", "Give it another id."),
)
PARENT = Rule(
    "parent",
    Text(
        "依附别案的程序（about: case）要写 parent，其他程序不写。",
        "A procedure about a case names its parent; no other does.",
    ),
    Text("请补上或删去 parent，或改 about。", "Add or remove parent, or change about."),
)
DESIGNATED = Rule(
    "designated",
    Text(
        "designated 只用于 about: subject，且文件要列出 designations。",
        "designated belongs to a procedure about a subject, and the file must list designations.",
    ),
    Text("请删去 designated，或补上 designations。", "Remove designated, or list the designations."),
)
OPENS_NOWHERE = Rule(
    "opens-nowhere",
    Text("启动程序的行为要写去哪个环节。", "An act that opens a case must say to which stage."),
    Text("请写 to。", "Give to."),
)
NO_PARENT = Rule(
    "no-parent",
    Text("“{name}”问上级案件，但这个程序没有上级。", "“{name}” asks the parent case; there is none."),
    Text(
        "请给程序写 about: case 和 parent，或不用这个前提。",
        "Give the procedure about: case and parent, or do without this guard.",
    ),
)
NO_PERIOD = Rule(
    "no-period",
    Text("“{act}”没有写期间（period）。", "“{act}” starts no period."),
    Text("请给它写 period，或换一个行为。", "Give it a period, or name another act."),
)
LIMIT_AFTER_NOTHING = Rule(
    "limit-after-nothing",
    Text("时限没有写从哪个行为起算。", "The limit does not say after which act it runs."),
    Text("请在 after 里写行为。", "Name the act in after."),
)
LIMIT_LENGTH = Rule(
    "limit-length",
    Text("时限没有写多长。", "A limit gives n, or says set_by: round."),
    Text(
        "文件写明的写 n；由批次通知定的写 set_by: round。",
        "Give n where the document states it; set_by: round where a notice does.",
    ),
)
PERIOD_LENGTH = Rule(
    "period-length",
    Text("期间要写 n 或 until，二选一。", "A period gives either n or until."),
    Text(
        "天数固定的写 n；由行为写明截止日的写 until。",
        "Give n where the length is fixed; until where the act names the last day.",
    ),
)
PERIOD_IN_THE_PAST = Rule(
    "period-in-the-past",
    Text(
        "期间截止的那一日（{field}）可以填成过去。",
        "The day that ends the period ({field}) could lie in the past.",
    ),
    Text("请给这一项写 when: future。", "Let that entry say when: future."),
)
UNREACHED = Rule(
    "unreached",
    Text("走不到环节“{name}”。", "Stage “{name}” cannot be reached."),
    Text("请让一个行为通向它（to），或删去。", "Let an act lead there (to), or remove it."),
)
FINAL_LEFT = Rule(
    "final-left",
    Text("“{name}”是终点，却还有后续行为。", "Stage “{name}” is final yet acts leave it."),
    Text("请删去 final，或改那些行为的 from。", "Remove final, or correct from of those acts."),
)
DEAD_END = Rule(
    "dead-end",
    Text("环节“{name}”没有出路。", "There is no way out of stage “{name}”."),
    Text("请写离开它的行为，或写 final。", "Write an act that leaves it, or say final."),
)
SHEET_BESIDE = Rule(
    "beside-a-sheet",
    Text(
        "评分表要恰好一份，旁边只能有一项各项理由（per-criterion）和文字。",
        "An act holds one score sheet; beside it stand reasons (per-criterion) once, and texts.",
    ),
    Text("请把其他内容移到别的行为。", "Move the rest to another act."),
)
SEALED_BY_ITSELF = Rule(
    "sealed-by-itself",
    Text("“{name}”由写它的行为自己启封，等于没有封存。", "“{name}” is unsealed by the act that says it."),
    Text(
        "请在 sealed_until 里写另一个、以后才办的行为。", "Name another act in sealed_until, one done later."
    ),
)
SEALED_GIVEN_AWAY = Rule(
    "sealed-given-away",
    Text(
        "“{name}”封不住：这个行为会转环节、须两人、公开或属不利行为，或这种类型会用在别处。",
        "“{name}” cannot be kept sealed: its act moves the case, takes two persons, publishes or is adverse, "
        "or a value of this type is used elsewhere.",
    ),
    Text(
        "请删去 sealed_until；封存的内容写成文字、选项、数或评分表，放进只作记录的行为。",
        "Remove sealed_until; seal texts, choices, numbers or score sheets, in an act that only records.",
    ),
)
WAITS_IN_VAIN = Rule(
    "waits-in-vain",
    Text("“{act}”不能从这个环节办理。", "“{act}” cannot be done from this stage."),
    Text("请把这个环节写进它的 from，或改 waits_for。", "Add this stage to its from, or correct waits_for."),
)
WAITS_FOR_NOTHING = Rule(
    "waits-for-nothing",
    Text("环节“{name}”没有写等谁办什么。", "Stage “{name}” does not say what it waits for."),
    Text(
        "请写 waits_for；不必有人办理的，写 rests: true。",
        "Say what this stage waits for (waits_for), or rests: true where nobody need act.",
    ),
)
EXAMPLE = Rule(
    "example",
    Text("例“{name}”不符：{problem}", "Example “{name}” fails: {problem}"),
    Text(
        "请核对规则和例子，改其中不对的一个。",
        "Check the rule and the example, and correct the one that is wrong.",
    ),
)
