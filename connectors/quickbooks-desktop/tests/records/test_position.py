"""Where a question stands, between two calls and between two versions."""

from subledger.ports import Query, Question
from subledger_quickbooks_desktop.position import Position, position_of


def question(text):
    """A question that stands at a text."""
    return Question(id=1, query=Query.LISTS, position=text)


def test_a_position_is_read_as_it_was_written():
    """Nothing of it is lost in the store."""
    position = Position(step=2, marks={"Bill": "2026-03-01"}, pending=(("Vendor", "80000001-1"),))
    assert position_of(question(position.text())) == position


def test_an_earlier_version_s_position_begins_the_question_again():
    """A server that is upgraded in the midst of an answer goes on with its sessions."""
    assert position_of(question('[2, "", "", 0, 0]')) == Position()
