"""Statuses of single requests: code, severity, text (QuickBooks SDK, status codes)."""

from __future__ import annotations

OK = "Status OK"
NO_MATCH = "A query request did not find a matching object in QuickBooks"
NOT_PROCESSED = "The request has not been processed."
_NO_RECORD = "Invalid argument.  The specified record does not exist in the list."
_WARN_FROM = 500
_ERROR_FROM = 1000


def severity(code: int) -> str:
    """Info, Warn or Error, by the range that the code is in."""
    if code < _WARN_FROM:
        return "Info"
    return "Warn" if code < _ERROR_FROM else "Error"


class RefusedError(Exception):
    """A request that was not carried out: nothing of it is in the books."""

    def __init__(self, code: int, message: str) -> None:
        """Keep the status that the answer will carry."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def caused(text: str, reason: str) -> str:
    """A status text that ends with the reason QuickBooks itself gave."""
    return f"{text}  QuickBooks error message: {reason}"


def incomplete(value: str) -> str:
    """Text of the warning 500: one of the objects asked for is not there."""
    return (
        "The query request has not been fully completed. There was a required element "
        f'("{value}") that could not be found in QuickBooks.'
    )


def invalid_id(value: str, field: str) -> RefusedError:
    """3000: an id that names nothing."""
    return RefusedError(3000, f'The given object ID "{value}" in the field "{field}" is invalid.')


def not_storable(name: str) -> RefusedError:
    """3090: a colon in a name."""
    return RefusedError(
        3090,
        caused(
            f'There was an error when storing "{name}" in the "Name" field.',
            "Names in this list cannot contain a colon. The colon is a special character used to "
            "indicate a parent/child relationship.",
        ),
    )


def name_in_use(name: str) -> RefusedError:
    """3100: the name is taken, maybe by another kind of entity."""
    return RefusedError(3100, f'The name "{name}" of the list element is already in use.')


def no_object(identity: str) -> RefusedError:
    """3120: the object that should be changed does not exist."""
    return RefusedError(
        3120, caused(f'Object "{identity}" specified in the request cannot be found.', _NO_RECORD)
    )


def bad_parent(name: str, plural: str) -> RefusedError:
    """3130: the parent does not exist."""
    return RefusedError(
        3130,
        caused(
            f'There is an invalid reference to a parent "{name}" in the {plural} list.', _NO_RECORD
        ),
    )


def bad_reference(kind: str, name: str, owner: str, reason: str = _NO_RECORD) -> RefusedError:
    """3140: an object named in the request does not exist."""
    return RefusedError(
        3140,
        caused(
            f'There is an invalid reference to QuickBooks {kind} "{name}" in the {owner}.', reason
        ),
    )


def missing(element: str) -> RefusedError:
    """3150: something that the schema cannot require is required."""
    return RefusedError(3150, f'There is a missing element: "{element}".')


def cannot_delete(identity: str, reason: str) -> RefusedError:
    """3160: something still depends on the object."""
    return RefusedError(
        3160, caused(f'Cannot delete the object specified by the id "{identity}".', reason)
    )


def in_use(identity: str) -> RefusedError:
    """3175: a person has the object open."""
    return RefusedError(
        3175,
        caused(
            f'The object "{identity}" specified in the request is in use.',
            "The transaction could not be locked. It is in use by another user.",
        ),
    )


def save_failed(owner: str, reason: str) -> RefusedError:
    """3180: QuickBooks refused to save."""
    return RefusedError(3180, caused(f"There was an error when saving a {owner}.", reason))


def stale(edit_sequence: str) -> RefusedError:
    """3200: the object was changed since it was read."""
    return RefusedError(3200, f'The provided edit sequence "{edit_sequence}" is out-of-date. ')


def bad_value(field: str, value: str, reason: str) -> RefusedError:
    """3210: a value that the books do not allow."""
    return RefusedError(
        3210, caused(f'The "{field}" field has an invalid value "{value}".', reason)
    )


def feature_off() -> RefusedError:
    """3250: the feature is switched off or not in this edition."""
    return RefusedError(
        3250, "This feature is not enabled or not available in this version of QuickBooks."
    )


def no_permission() -> RefusedError:
    """3260: the user of QuickBooks may not do this."""
    return RefusedError(3260, "Insufficient permission level to perform this action.")


def no_account(owner: str) -> RefusedError:
    """3270: a line has no account to post to."""
    return RefusedError(3270, f"Missing posting account in the {owner} line.")


def wrong_line_order(line: str) -> RefusedError:
    """3290: kept lines of a Mod must stand in their old order."""
    return RefusedError(
        3290, f'The transaction line "{line}" is placed in incorrect order in the request.'
    )


def dead_iterator(iterator: str) -> RefusedError:
    """3391: the iterator is not alive in this session."""
    return RefusedError(3391, f'The iteratorID "{iterator}" is not valid.')
