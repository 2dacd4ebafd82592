"""`requestid`: the same one again gives the first answer, and nothing is done twice.

After the REST API features page of the Accounting API: at most 50 characters, in a batch 36, and
there each item's bId (at most 10) is added to it. Only what succeeded is remembered.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from .call import Call
from .envelope import Payload
from .jsonform import from_json, to_json
from .refusals import bad_request_id, duplicate_request

LONGEST = 50
LONGEST_OF_BATCH = 36
LONGEST_OF_ITEM = 10


def once(call: Call, body: str, work: Callable[[], Payload], *, item: str = "") -> Payload:
    """Do the work and remember what it gave, or give what is remembered; all or nothing.

    `body` is what makes a request another one than the first of its id.
    """
    request_id = call.options.get("requestid", "")
    if not request_id:
        with call.company.transaction():
            return work()
    if len(request_id) > (LONGEST_OF_BATCH if item else LONGEST):
        raise bad_request_id(f"The requestid is too long: {request_id}")
    key, digest = request_id + item, sha256(body.encode()).hexdigest()
    with call.company.transaction():
        known = call.company.remembered(key)
        if known is not None and not _is_over(call, datetime.fromisoformat(known["at"])):
            if known["digest"] != digest and call.simulation.switches.repeated_request == "refuse":
                raise duplicate_request()
            payload: Payload = from_json(known["payload"])
            return payload
        payload = work()
        call.company.remember(
            key,
            {
                "at": call.simulation.now.isoformat(),
                "digest": digest,
                "payload": to_json(payload),
            },
        )
        return payload


def _is_over(call: Call, at: datetime) -> bool:
    life = call.simulation.switches.request_life
    return bool(life) and call.simulation.now - at >= timedelta(seconds=life)
