"""qbXML in one import: build requests, write message sets, read answers whole or streamed."""

from subledger_quickbooks_desktop.wire.answers import AnswerStream, parse_answer
from subledger_quickbooks_desktop.wire.records import Answer, Record, Result, Row, lines, many
from subledger_quickbooks_desktop.wire.requests import build, message_set, status_enquiry

__all__ = [
    "Answer",
    "AnswerStream",
    "Record",
    "Result",
    "Row",
    "build",
    "lines",
    "many",
    "message_set",
    "parse_answer",
    "status_enquiry",
]
