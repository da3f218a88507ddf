"""Types of SQL engines, written as `row(a integer, b varchar)`, in Iceberg's words."""

import re


def parts(inside):
    """What commas outside of parentheses part."""
    found, depth = [""], 0
    for c in inside:
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0:
            found.append("")
        else:
            found[-1] += c
    return [part.strip() for part in found]


def word(kind, words):
    """The type in Iceberg's words; `words` are those of the engine's plain types."""
    head, _, inside = kind.partition("(")
    inside = inside.rpartition(")")[0]
    if head == "row":
        fields = [part.partition(" ") for part in parts(inside)]
        return "struct<" + ",".join(f"{name.strip(chr(34))}:{word(of, words)}" for name, _, of in fields) + ">"
    if head == "array":
        return f"list<{word(inside, words)}>"
    if head == "map":
        return "map<" + ",".join(word(part, words) for part in parts(inside)) + ">"
    if head == "decimal":
        return re.sub(r"\s", "", kind)
    return words.get(kind, kind)
