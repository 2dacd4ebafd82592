"""A query statement read into its parts (Accounting API, "Query operations and syntax")."""

from __future__ import annotations

import re
from typing import NoReturn

from attrs import field, frozen

from subledger_quickbooks_online.simulator.company.faults import CompanyFault

_TOKEN = re.compile(
    r"\s*(?:(?P<STRING>'(?:\\.|[^'\\])*')|(?P<NUMBER>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<OPERATOR><=|>=|!=|[=<>*(),])|(?P<WORD>[A-Za-z_][\w.]*))"
)
_OPERATORS = frozenset({"=", "<", ">", "<=", ">=", "!="})
_TAIL = ("<EOF>", '"and"', '"orderby"', '"startposition"', '"maxresults"')
DEFAULT_PAGE = 100
GREATEST_PAGE = 1000


@frozen(kw_only=True)
class Token:
    """One word of a statement, with the column where it begins (from 1)."""

    kind: str
    text: str
    line: int
    column: int


@frozen(kw_only=True)
class Condition:
    """One comparison; `values` has one value, or several for IN."""

    path: str
    operator: str
    values: tuple[str, ...]


@frozen(kw_only=True)
class Query:
    """A statement; `fields` is empty for COUNT(*), which `is_count` tells."""

    entity: str
    fields: tuple[str, ...]
    is_count: bool = False
    conditions: tuple[Condition, ...] = ()
    orders: tuple[tuple[str, bool], ...] = ()
    start: int = 1
    page: int = DEFAULT_PAGE


def invalid(text: str) -> CompanyFault:
    """4001: the statement can be read but not answered."""
    return CompanyFault("4001", "Invalid query", f"QueryValidationError: {text}")


def parse(statement: str) -> Query:
    """Read a statement; raises 4000 where it cannot be read, 4001 for a wrong page."""
    return _Reader(tokens=_tokens(statement)).query()


def _tokens(statement: str) -> list[Token]:
    found = []
    place = 0
    text = statement.rstrip().removesuffix(";")
    while place < len(text.rstrip()):
        match = _TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            line, column = _where(text, start)
            letter = text[start]
            raise CompanyFault(
                "4000",
                "Error parsing query",
                f"QueryParserError: Lexical error at line {line}, column {column}."
                f'  Encountered: "{letter}" ({ord(letter)}), after : ""',
            )
        kind = match.lastgroup or ""
        line, column = _where(text, match.start(kind))
        found.append(Token(kind=kind, text=match[kind], line=line, column=column))
        place = match.end()
    line, column = _where(text, max(0, len(text) - 1))
    found.append(Token(kind="EOF", text="<EOF>", line=line, column=column))
    return found


def _where(text: str, place: int) -> tuple[int, int]:
    before = text[:place]
    return before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1


@frozen(kw_only=True)
class _Reader:
    """Recursive descent over the tokens."""

    tokens: list[Token]
    place: list[int] = field(factory=lambda: [0])

    def query(self) -> Query:
        """The whole statement."""
        self.expect("select")
        fields, is_count = self.selection()
        self.expect("from")
        entity = self.take("WORD", "<IDENTIFIER>").text
        conditions: list[Condition] = []
        if self.accept("where"):
            conditions.append(self.condition())
            while self.accept("and"):
                conditions.append(self.condition())
        orders: list[tuple[str, bool]] = []
        start, page = 1, DEFAULT_PAGE
        while self.next.kind != "EOF":
            if self.accept("orderby"):
                orders = self.orders()
            elif self.accept("order"):
                self.expect("by")
                orders = self.orders()
            elif self.accept("startposition"):
                start = self.number(None)
            elif self.accept("maxresults"):
                page = self.number(GREATEST_PAGE)
            else:
                self.fail(*_TAIL)
        return Query(
            entity=entity,
            fields=fields,
            is_count=is_count,
            conditions=tuple(conditions),
            orders=tuple(orders),
            start=start,
            page=page,
        )

    def selection(self) -> tuple[tuple[str, ...], bool]:
        """What follows SELECT."""
        if self.accept("count"):
            for mark in ("(", "*", ")"):
                self.expect(mark)
            return (), True
        fields = [self.one_field()]
        while self.accept(","):
            fields.append(self.one_field())
        return tuple(fields), False

    def one_field(self) -> str:
        """A property or the star."""
        if self.accept("*"):
            return "*"
        return self.take("WORD", '"*"', '"count"', "<IDENTIFIER>").text

    def condition(self) -> Condition:
        """A comparison."""
        path = self.take("WORD", "<IDENTIFIER>").text
        operator = self.next.text.casefold()
        if operator == "in":
            self.advance()
            self.expect("(")
            values = [self.literal()]
            while self.accept(","):
                values.append(self.literal())
            self.expect(")")
            return Condition(path=path, operator="in", values=tuple(values))
        if operator not in _OPERATORS and operator != "like":
            self.fail('"="', '"<"', '">"', '"<="', '">="', '"!="', '"in"', '"like"')
        self.advance()
        return Condition(path=path, operator=operator, values=(self.literal(),))

    def literal(self) -> str:
        """A text, a number, true, false or CURRENT_DATE."""
        token = self.next
        is_word = token.kind == "WORD" and token.text.casefold() in {
            "true",
            "false",
            "current_date",
        }
        if token.kind not in {"STRING", "NUMBER"} and not is_word:
            self.fail("<STRING_LITERAL>", "<INTEGER>", '"true"', '"false"')
        self.advance()
        if token.kind == "STRING":
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        return token.text.casefold()

    def orders(self) -> list[tuple[str, bool]]:
        """Properties, each with whether it descends."""
        found = []
        while True:
            path = self.take("WORD", "<IDENTIFIER>").text
            descending = self.accept("desc")
            if not descending:
                self.accept("asc")
            found.append((path, descending))
            if not self.accept(","):
                return found

    def number(self, greatest: int | None) -> int:
        """A position or the size of a page."""
        token = self.next
        text = token.text.strip("'")
        if not text.lstrip("-").isdigit():
            self.fail("<INTEGER>")
        self.advance()
        if int(text) < 1:
            raise invalid(f"value {text} is too small. Min allowed value is 1")
        if greatest is not None and int(text) > greatest:
            raise invalid(f"value {text} is too large. Max allowed value is {greatest}")
        return int(text)

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.place[0]]

    def advance(self) -> None:
        """Go past the next token."""
        self.place[0] += 1

    def accept(self, word: str) -> bool:
        """Go past the word if it comes next."""
        if self.next.kind != "STRING" and self.next.text.casefold() == word:
            self.advance()
            return True
        return False

    def expect(self, word: str) -> None:
        """Go past the word, which must come next."""
        if not self.accept(word):
            self.fail(f'"{word}"')

    def take(self, kind: str, *expected: str) -> Token:
        """The next token, which must be of this kind."""
        token = self.next
        if token.kind != kind:
            self.fail(*expected)
        self.advance()
        return token

    def fail(self, *expected: str) -> NoReturn:
        """Raise 4000 as the parser of QuickBooks words it."""
        token = self.next
        if token.kind == "EOF":
            seen = '"<EOF>"'
        elif token.kind == "OPERATOR":
            seen = f'" "{token.text}" "{token.text} ""'
        else:
            seen = f'" <{_KINDS[token.kind]}> "{token.text} ""'
        words = "\n    ".join(f"{word} ..." for word in expected)
        raise CompanyFault(
            "4000",
            "Error parsing query",
            f"QueryParserError: Encountered {seen} at line {token.line}, column {token.column}."
            f"\nWas expecting one of:\n    {words}\n    ",
        )


_KINDS = {"WORD": "IDENTIFIER", "STRING": "STRING_LITERAL", "NUMBER": "INTEGER"}
