"""Moments in the database: whole milliseconds since 1970 in UTC."""

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)


def to_ms(moment: dt.datetime) -> int:
    """Milliseconds since the epoch; ``moment`` is aware."""
    return (moment - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> dt.datetime:
    """The aware UTC datetime."""
    return _EPOCH + ms * _MILLISECOND
