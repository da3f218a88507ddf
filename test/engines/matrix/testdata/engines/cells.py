"""Rows and types as text that does not depend on who read them."""

import datetime
import decimal
import json
import math
import uuid


def plain(value):
    """A value as JSON has it; maps are lists of pairs."""
    if isinstance(value, Map):
        return sorted(([plain(k), plain(v)] for k, v in value.pairs), key=repr)
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(x) for x in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime) and value.tzinfo:
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return value


class Map:
    """A map, whose keys need not be text."""

    def __init__(self, pairs):
        self.pairs = pairs


def text(columns, rows):
    """A line of columns, each its name and type, and a line for each row."""
    lines = sorted(json.dumps([plain(value) for value in row], ensure_ascii=False) for row in rows)
    return "".join(line + "\n" for line in [json.dumps([f"{name} {kind}" for name, kind in columns]), *lines])
