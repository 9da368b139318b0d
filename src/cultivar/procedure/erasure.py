"""The one act that no programme file defines: personal values are destroyed where the law asks for it.

Article 47 of the Personal Information Protection Law (个人信息保护法) says when whoever keeps personal information must
delete it; where another law still asks for it to be kept, it is kept. The act stands in the record like every other,
under four eyes, by the body that answers for the whole region; it changes no stage, and what was done stays done.
"""

from functools import cache

from cultivar.policy.model import Programme
from cultivar.policy.model_parts import Said
from cultivar.policy.model_procedure import Act, ContentField, Procedure
from cultivar.policy.text import Text
from cultivar.procedure.record import ERASE

LAW = Text("《个人信息保护法》第四十七条", "Personal Information Protection Law, article 47")
NAME = Text("依法删除个人信息", "Erase personal information")

WHEN_OVER = frozenset({"purpose", "retention"})  # grounds that a matter still open does not give

_GROUNDS = {
    "purpose": (
        "目的已实现、不能实现或者不再需要",
        "its purpose is fulfilled, cannot be, or no longer needs it",
    ),
    "retention": ("保存期限已满", "the time for keeping it is over"),
    "consent": ("本人撤回同意", "the person withdrew consent"),
    "unlawful": ("处理违反法律或者约定", "it was handled against the law or an agreement"),
    "other": ("法律、行政法规规定的其他情形", "another case that a law or regulation names"),
}


def body_of(programme: Programme) -> str | None:
    """The part that answers for the whole region, whose people erase; None where the file has none."""
    return next((part for part, body in programme.bodies.items() if body.scope == "whole region"), None)


def act_in(programme: Programme, procedure: Procedure, act_id: str) -> Act:
    """An act by its id: one of the procedure, or this one."""
    if act_id != ERASE:
        return procedure.acts[act_id]
    part = body_of(programme)
    if part is None:
        raise LookupError(f"{programme.key} names nobody who erases")
    return act_by(part)


@cache
def act_by(part: str) -> Act:
    """The act as if the file said it, done by this part."""
    grounds = {
        name: Said(zh=f"第{number}项：{zh}", en=f"item {index}: {en}")
        for index, (number, (name, (zh, en))) in enumerate(
            zip("一二三四五", _GROUNDS.items(), strict=True), 1
        )
    }
    content = {
        "act": ContentField(zh="哪一步", en="Of which act", type="text", required=True, at_most=60),
        "entry": ContentField(zh="哪条记录", en="Which entry", type="whole", required=True, least=0),
        "fields": ContentField(zh="哪些内容", en="Which values", type="names", required=True, most=50),
        "law": ContentField(
            zh=f"依据：{LAW.zh}", en=f"Ground: {LAW.en}", type="choice", required=True, choices=grounds
        ),
        "reason": ContentField(
            zh="理由",
            en="Reasons",
            type="long-text",
            required=True,
            at_most=500,
            hint=Said(
                zh="理由会长期留在账本里，不要写出要删除的内容",
                en="This stays in the ledger: do not repeat what is erased",
            ),
        ),
    }
    return Act.model_validate(
        {
            "zh": NAME.zh,
            "en": NAME.en,
            "article": [],
            "by": part,
            "from": [],
            "four_eyes": True,
            "harm": True,
            "content": content,
            "consequence": Said(
                zh="内容和盐值一并销毁，不能恢复；账本只留承诺值和这次删除。",
                en="The values and their salts are destroyed for good; the ledger keeps the commitments and this act.",
            ),
        }
    )
