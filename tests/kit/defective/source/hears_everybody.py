"""Webhooks that need no proof."""

import sound
from attrs import evolve


def judge(config, headers, body):
    """Believes everybody who sends something."""
    return sound.WebhookVerdict.RUN if body else sound.WebhookVerdict.REFUSED


TYPE = evolve(sound.SOURCE, webhook=judge)
register_sources = sound.plugin(TYPE)
REQUIRES = sound.REQUIRES
BREAKS = "test_a_webhook_call_without_proof_is_refused"


class Contract(sound.Contract):
    """Under the contract."""

    type = TYPE
