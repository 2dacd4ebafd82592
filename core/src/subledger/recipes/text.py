"""Text as documents in the books can hold it: one line, cut at a word."""


def one_line(text: str) -> str:
    """The text with every control character and run of spaces made one space, trimmed."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def cut(text: str, longest: int, more: str = "") -> str:
    """At most ``longest`` characters of the text, cut at a word, with ``more`` where it was cut."""
    if len(text) <= longest:
        return text
    room = longest - len(more)
    if room <= 0:
        return ""
    words, space, _ = text[: room + 1].rpartition(" ")
    return (words.rstrip() if space and words.strip() else text[:room]) + more
