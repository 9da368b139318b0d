"""Checkpoints signed without being asked for: at every full hour, and after each act that the public learns of."""

import logging

from django_tasks import task

from cultivar.jobs.queue import enqueue_once
from cultivar.ledger import keys, proofs, signing

logger = logging.getLogger(__name__)


@task
def sign_checkpoint() -> int | None:
    """Signs the ledger as it stands; gives the size signed, or None where there was nothing to sign.

    Running it again signs nothing twice. A ledger that contradicts what was signed is not signed: the alarm is
    recorded, and the job ends, for trying again would see the same.
    """
    if not wanted():
        return None
    try:
        signed = signing.sign()
    except signing.Contradiction as contradiction:
        logger.error("%s %s", contradiction.text.zh, contradiction.text.en)  # sizes, nobody's data
        return None
    return int(signed.split("\n", 2)[1])


def enqueue_checkpoint() -> None:
    """Lets a worker sign what this transaction adds, unless one is about to; nothing if it is rolled back."""
    enqueue_once(sign_checkpoint)


def wanted() -> bool:
    """Whether signing would add anything: entries, a key's signature, or the note kept beside the keys."""
    size, _ = proofs.head()
    last, kept = signing.latest(), signing.remembered() or ""
    if last is None:
        return size > 0 or bool(kept)
    if last.size != size or not kept.startswith(last.text):
        return True
    have = set(last.signatures.filter(witness=False).values_list("key_id", flat=True))
    return any(one.key_id.hex() not in have for one in keys.signers())
