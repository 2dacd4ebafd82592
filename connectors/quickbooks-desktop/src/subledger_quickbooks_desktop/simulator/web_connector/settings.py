"""What differs from one Web Connector to the next, and what no public source settles."""

from attrs import frozen


@frozen(kw_only=True)
class Behaviour:
    """The user's choices, the version, and the open questions, each with a default.

    `close_after_*`: whether closeConnection follows a refusal (none, nvu, busy, postponed), a
    failed connection to QuickBooks, or a fault in sendRequestXML and later calls. The guide tells
    the first, logs of different versions disagree, so a server must bear both.
    `connection_errors`: how often connectionError may ask for another try before it gives up.
    Times are seconds.
    """

    version: str = "2.3.0.215"
    continue_after_warning: bool = True
    close_after_refusal: bool = True
    close_after_connection_error: bool = True
    close_after_fault: bool = False
    connection_errors: int = 2
    noop_seconds: float = 5.0
    call_timeout: float = 100.0
