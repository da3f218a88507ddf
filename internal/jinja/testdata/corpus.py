"""Writes corpus.json: templates with what Python's jinja2 makes of them.

    pip install jinja2==3.1.6 && python3 corpus.py

Each entry has the template, its variables if they are not the ones of VARS,
and either the output or the name of the exception. The Go test compares with
the file alone; Python is needed to change it only.
"""

import itertools
import json
import pathlib
import signal

from jinja2 import DictLoader
from jinja2.sandbox import SandboxedEnvironment

from features import F, FILES
from programs import programs

VARS = {
    "n": 7, "f": 2.5, "neg": -3, "zero": 0, "big": 12345678901234567890, "t": True, "no": False, "nil": None,
    "s": "Hello World", "empty": "", "uni": "Žluťoučký kůň 東京 ß", "quote": "it's", "both": "it's \"so\"",
    "lines": "one\ntwo\n\nthree", "num": "42", "dec": "3.75", "blank": "  pad\t",
    "xs": [3, 1, 2], "words": ["b", "A", "c", "a"], "mixed": [1, "a", None, 2.0, True],
    "nested": [[1, 2], [3, [4]]], "nothing": [],
    "d": {"b": 1, "a": 2, "c": {"x": [1, 2]}}, "nodict": {},
    "users": [
        {"name": "Ann", "age": 31, "city": {"name": "Oslo"}, "on": True},
        {"name": "bob", "age": 25, "city": {"name": "Rome"}, "on": False},
        {"name": "Cid", "age": 31, "city": {"name": "oslo"}, "on": True},
    ],
}

T = []


def add(*templates):
    T.extend(templates)


def each(pattern, *choices):
    """Adds the pattern with every combination of the choices for its @1, @2, …"""
    for combo in itertools.product(*choices):
        text = pattern
        for i, c in enumerate(combo, 1):
            text = text.replace(f"@{i}", c)
        T.append(text)


VALUES = ["n", "f", "neg", "zero", "big", "t", "nil", "s", "empty", "num", "xs", "words", "mixed", "nested",
          "nothing", "d", "nodict", "undef", "(1, 'a')", "(1,)", "()", "range(3)", "d.items()", "-0.0", "1e20", "1e-7"]

# Printing.
each("{{ @1 }}", VALUES + ["quote", "both", "uni", "lines", "[quote, both, uni, lines, blank]", "[1.0, 1e16, 1e15, 123456789.123, 0.1, 1e-5, 1e100]",
                           "{1: 2, 'a': [None, True], (1, 2): {}}", "[[], {}, ()]", "'\\x00\\x1f\\x7f\\xa0\\u200b'", "['\\x00\\x1f\\x7f\\xa0\\u200b\\\\']",
                           "d.keys()", "d.values()", "d", "range(1, 9, 2)", "users", "0x1F", "0b101", "0o17", "1_000", "1_0.5e1_0", "007", "1.", "1.e5", ".5",
                           "'a' 'b' \"c\"", "'a\\'b'", "'a\\nb'", "'\\u00e9\\U0001F600\\101\\q'", "'\\x4'", "True", "true", "none", "None", "NONE", "false is false"])
# Operators on everything.
each("{{ @1 @2 @3 }}", ["n", "f", "s", "xs", "t", "nil", "undef", "(1, 2)", "d", "big", "neg"],
     ["+", "-", "*", "/", "//", "%", "**", "~"], ["2", "0", "-3", "1.5", "'x'", "[1]", "(3,)", "undef", "True", "nil"])
each("{{ @1 @2 @3 }}", ["n", "f", "s", "xs", "t", "nil", "undef", "(1, 2)", "d"],
     ["==", "!=", "<", ">=", "in", "not in"], ["2", "7", "2.5", "'Hello World'", "[3, 1, 2]", "(1, 3)", "undef", "True", "nil", "d"])
add("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 3 > 2 == 2 }} {{ 1 == 1.0 == True }} {{ 1 in [1] in [[1]] }}",
    "{{ not n }} {{ not not n }} {{ not n == 7 }} {{ not 1 in [1] }}", "{{ n and s }} {{ n and zero }} {{ zero or s }} {{ nil or empty or 'x' }} {{ undef or 1 }}",
    "{{ n or 1/0 }}", "{{ zero and 1/0 }}", "{{ 2 ** 3 ** 2 }} {{ -2 ** 2 }} {{ 2 ** -1 }} {{ 10 ** 20 }}", "{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 % -3 }} {{ 7 // -2 }} {{ -7.5 // 2 }} {{ -7.5 % 2 }} {{ 7.5 % -2 }}",
    "{{ 9223372036854775807 + 1 }} {{ -9223372036854775808 - 1 }} {{ 9223372036854775807 * 9223372036854775807 }} {{ 4611686018427387904 * 2 }} {{ -9223372036854775808 * -1 }}",
    "{{ big // 7 }} {{ big % 7 }} {{ big / 7 }} {{ -big // 7 }} {{ -big % 7 }} {{ big == big + 1 }} {{ big > n }} {{ big < 1e30 }}",
    "{{ 1 + 2 ~ 'a' }} {{ 'a' ~ 1 + 2 }} {{ 1 ~ 2 * 3 }} {{ 'a' ~ none ~ true ~ 1.0 ~ [1] }}", "{{ 'yes' if t }} {{ 'yes' if no }}|{{ 'a' if no else 'b' if no else 'c' }}",
    "{{ ('a' if t else 'b') ~ 'c' }}", "{{ 1 if }}", "{{ (1 if no) + 1 }}", "{{ +n }} {{ -n }} {{ --n }} {{ -f }} {{ +t }} {{ -t }} {{ -'a' }}", "{{ -s|length }}", "{{ -xs|first }}",
    "{{ 1,2 }} {{ 1, }} {{ (1) }} {{ () }} {{ (1,2,) }}", "{{ [1,2,] }} {{ [,] }}", "{{ {} }} {{ {'a':1,} }} {{ {'a' 1} }}", "{{ {[1]: 2} }}", "{{ {1: 'a', 1.0: 'b', true: 'c'} }}",
    "{{ 'a' in 'abc' }} {{ '' in '' }} {{ 1 in d }} {{ 'a' in d }} {{ ['x'] in [['x']] }} {{ 'b' in d.keys() }} {{ 1 in d.values() }} {{ ('b', 1) in d.items() }} {{ 2 in range(3) }}",
    "{{ 1 in 'a' }}", "{{ 1 in 1 }}", "{{ none in [none] }} {{ undef in [undef] }}", "{{ [1, 2] < [1, 3] }} {{ (1, 'a') < (1, 'b') }} {{ [1] < [1, 0] }} {{ [1, 'a'] < [1, 2] }}", "{{ 'a' < 'B' }} {{ 'é' > 'z' }}",
    "{{ n is n }}", "{{ 0.1 + 0.2 }} {{ 1/3 }} {{ 2/1 }} {{ 1e308 * 10 }} {{ 5 // 2.0 }} {{ 1e16 }} {{ 123456789012345678.0 }}", "{{ 1.0 }} {{ 100.0 }} {{ 1e3 }}", "{{ 5 / 0 }}", "{{ 5.0 // 0 }}", "{{ 5 % 0 }}", "{{ 0 ** -1 }}")

# Attributes, items, slices.
each("{{ @1 }}", ["d.a", "d['a']", "d.c.x[1]", "d.c['x'].0", "d.missing", "d.missing.more", "d['missing']['more']", "undef.x", "undef['x']", "undef()", "nil.x", "nil.x.y", "n.x", "xs.0", "xs[0]",
                   "xs[-1]", "xs[5]", "xs[5].x", "xs['a']", "s[0]", "s[-1]", "s[99]", "nested.1.1.0", "nested[1][1][0]", "users[0].city.name", "users.0.name", "(1, 2)[1]", "range(5)[2]", "range(5)[-1]",
                   "d.items", "d.keys() | list", "{'items': 1}.items", "{'items': 1}['items']", "{'keys': 5}.keys() | list", "d[1]", "d[[1]]", "xs[1.0]", "xs[True]", "s.upper", "x.y.z", "{1: 'a'}[1.0]", "{1: 'a'}.1", "d[nil]"])
each("{{ @1[@2] }}", ["xs", "s", "(1, 2, 3, 4)", "range(6) | list", "undef", "n", "d"],
     ["1:", ":1", ":", "::2", "::-1", "-2:", ":-1", "1:2", "5:", "2:1", "-100:100", "2:0:-1", "::0", "1:2:3", "'a':", "nil:2"])
each("{{ (range(6) | list)[@1] }}", ["::3", "5:0:-2", "-1:-4:-1", ":2:-1", "2::-1", ":-1:2", "10::-1"])

# Filters.
for f in ["abs", "capitalize", "count", "length", "d", "default('x')", "default('x', true)", "first", "last", "float", "float(9.5)", "int", "int(5)", "join", "join('-')", "list", "lower", "upper",
          "title", "trim", "max", "min", "sum", "sort", "sort(reverse=true)", "unique | list", "string", "reverse | list", "replace('l', 'L')", "round", "round(1)", "wordcount", "items | list", "indent", "center(9)",
          "tojson", "map('upper') | list", "select | list", "reject | list", "attr('x')", "batch(2) | list", "slice(2) | list", "dictsort", "truncate(5)"]:
    each("{{ @1 | " + f + " }}", VALUES)
each("{{ @1 | int }} {{ @1 | float }}", ["'0x1A'", "' 12 '", "'-5'", "'+5'", "'1_000'", "'_1'", "'1__0'", "'1e3'", "'abc'", "'12.9'", "-12.9", "'inf'", "'nan'", "''", "true", "[1]", "'١٢'", "'1.'", "'.5'", "'- 5'", "'--5'", "'0'", "'007'"])
each("{{ @1 | int(0, @2) }}", ["'0x1A'", "'0b11'", "'0o17'", "'ff'", "'11'", "'z'", "'077'", "12.5"], ["2", "8", "16", "0", "36"])
each("{{ @1 | round(@2) }}", ["2.5", "3.5", "2.675", "-2.5", "1234.5678", "0.5", "1e300", "15", "25", "-15", "true", "0.05"], ["0", "1", "2", "-1", "-2", "0, 'ceil'", "1, 'floor'", "-1, 'ceil'", "1, 'x'"])
each("{{ lines | indent(@1) }}", ["", "2", "2, true", "2, true, true", "'> '", "'> ', true", "width=1, first=true", "0", "2, blank=true"])
each("{{ @1 | replace(@2) }}", ["s", "'aaaa'", "n", "''"], ["'a', 'b'", "'a', 'b', 2", "'', '-'", "7, 8", "'l', ''", "'a', 'b', count=1", "'a'", "'', '-', 3"])
each("{{ users | @1 }}", ["map(attribute='name') | list", "map(attribute='city.name') | join(',')", "map(attribute='nope') | list", "map(attribute='nope', default='-') | list", "map('length') | list", "sort(attribute='age') | map(attribute='name') | join",
                          "sort(attribute='name') | map(attribute='name') | join", "sort(attribute='name', case_sensitive=true) | map(attribute='name') | join", "sort(attribute='age,name', reverse=true) | map(attribute='name') | join",
                          "sort(attribute='city.name') | map(attribute='name') | join", "selectattr('on') | map(attribute='name') | list", "rejectattr('on') | map(attribute='name') | list", "selectattr('age', '>', 30) | list | length",
                          "selectattr('age', 'equalto', 25) | first", "rejectattr('age', 'eq', 25) | map(attribute='name') | join('/')", "selectattr('nope') | list", "selectattr('nope', 'defined') | list", "selectattr('name', 'in', ['Ann']) | list | count",
                          "sum(attribute='age')", "sum('age', 100)", "max(attribute='age')", "min(attribute='name')", "max(attribute='name', case_sensitive=true)", "unique(attribute='age') | map(attribute='name') | list",
                          "unique(attribute='city.name') | map(attribute='name') | list", "unique(true, 'city.name') | map(attribute='name') | list", "join(', ', attribute='name')", "map(attribute='age') | sum", "map(attribute='age') | select('odd') | list",
                          "selectattr()", "map()", "map(attribute='name', foo=1)", "selectattr('age', 'nope')", "map('nope') | list", "map('default', 'x') | list | length", "sort(attribute='nope')", "map(attribute=0) | list", "first | items | list", "map('attr', 'name') | list"])
each("{{ words | @1 }}", ["sort", "sort(true)", "sort(case_sensitive=true)", "unique | list", "unique(true) | list", "min", "max", "min(true)", "max(case_sensitive=true)", "map('upper') | join", "map('replace', 'a', 'x') | join", "select('in', ['a', 'b']) | list",
                          "reject('equalto', 'a') | list", "select('lower') | list", "reverse | join", "batch(3) | map('join') | join('|')", "batch(3, '-') | list", "slice(3) | list", "slice(3, '-') | list", "slice(9) | list", "first ~ words | last", "join(words)", "list is sameas words",
                          "length", "join(1)", "join(none)", "map('int') | list", "map('indent', 2, true) | list", "map('trim', 'a') | list", "batch(0) | list", "map(1) | list", "map(undef) | list"])
each("{{ d | @1 }}", ["dictsort", "dictsort(by='key')", "dictsort(reverse=true)", "length", "list", "join(',')", "items | list", "first", "last", "sort", "tojson", "tojson(indent=2)", "string", "map('upper') | list", "reverse | list", "default('x')"])
each("{{ {'B': 2, 'a': 1, 'C': 0} | dictsort(@1) }}", ["", "true", "by='value'", "false, 'value', true", "by='x'"])
each("{{ @1 | tojson }}", ["'<a & \\'b\\'>'", "uni", "[1.0, 1e20, none, true]", "{'b': {'x': 1}, 'a': []}", "{1: 2}", "(1, 2)", "'\\n\\t\\x00\\x7f'", "undef", "range(3)", "{'a': 1, 2: 3}", "[]", "'😀'"])
each("{{ @1 | tojson(@2) }}", ["[1, [2, {}], {'a': []}]", "{}", "1"], ["2", "0", "indent=4"])
each("{{ @1 | title }}|{{ @1 | capitalize }}|{{ @1.title() }}|{{ @1.capitalize() }}|{{ @1.swapcase() }}|{{ @1 | upper }}|{{ @1.casefold() }}", ["s", "uni", "quote", "'foo-bar (baz) [qux] {x} <y>'", "'1st o\\'clock'", "'ǆ ŉ'", "'ab3cd _ef'"])
each("{{ @1 | truncate(@2) }}", ["'foo bar baz qux'", "'foobarbazqux'"], ["9", "9, true", "11", "11, false, '...', 0", "9, false, ''", "2", "5, end='!', leeway=0", "3, leeway=-1"])
each("{{ 'a' | center(@1) }}|{{ 'ab' | center(@1) }}|{{ 'abc'.center(@1, '*') }}", ["1", "4", "5", "6", "7", "8"])
add("{{ s | lower | title | replace('W', 'w') }}", "{{ s|upper|length }}", "{{ (1, 2) | join('+') }}", "{{ 'abc' | join('-') }}", "{{ [1, [2]] | join(',') }}", "{{ undef | join }}", "{{ none | default('x') }} {{ none | default('x', true) }} {{ undef.x | default('y') }}",
    "{{ undef | default }} {{ undef | d(1) + 2 }} {{ d.nope | default([]) }}", "{{ '%s-%05d' | format('a', 42) }}", "{{ '%(a)s' | format(a=1) }}", "{{ '%s' | format(1, a=2) }}", "{{ s | nope }}", "{% if false %}{{ s | nope }}{% endif %}ok", "{% if true %}{{ s | nope }}{% endif %}",
    "{{ s | nope if false else 'ok' }}", "{{ 'x' if true else s | nope }}", "{% for x in [] %}{{ x | nope }}{% endfor %}", "{% if false %}{% for x in xs %}{{ x | nope }}{% endfor %}{% endif %}", "{{ s is nope }}", "{% if false %}{{ 1 is nope }}{% endif %}",
    "{{ [1, 2, 3] | sum(start=10) }} {{ [[1], [2]] | sum(start=[]) }}", "{{ ['a'] | sum }}", "{{ ['a'] | sum(start='') }}", "{{ [1, 'a'] | sort }}", "{{ [[2, 'b'], [1, 'z']] | sort }}", "{{ [none, 1] | min }}", "{{ [] | first }}|{{ [] | last }}|{{ [] | min }}", "{{ ([] | first).x }}",
    "{{ xs | map('string') | last }}", "{{ xs | reverse | first }}", "{{ 'abc' | reverse }}", "{{ d | reverse | list }}", "{{ n | reverse }}", "{{ 'a b  c' | wordcount }} {{ 'a-b_c, d' | wordcount }}", "{{ '  x ' | trim }}| {{ 'xxaxx' | trim('x') }} | {{ '\u2003 a' | trim }}",
    "{{ 1 | string + 'a' }}", "{{ s | attr('upper') is callable }}", "{{ s | attr('nope') is defined }}", "{{ d | attr('a') is defined }}", "{{ xs | list | first }} {{ xs|sort|join('') }}", "{{ xs | select('gt', 1) | list }} {{ xs | reject('odd') | list }} {{ mixed | select | list }} {{ mixed | select('string') | list }}",
    "{{ xs | select('nope') | list }}", "{{ 5 | default }}", "{{ f | int }} {{ '3.9' | int }} {{ true | int }} {{ none | int }} {{ [] | int(3) }}", "{{ undef | int }}", "{{ undef | float }}", "{{ 'abc' | list }}", "{{ 'abc' | first }}{{ 'abc' | last }}", "{{ d | first }}", "{{ xs | unique }}" if False else "{{ xs | unique | first }}",
    "{{ 'a' | default(b, true) }}", "{{ x | default(y) }}", "{{ 'Ab' | lower() }}", "{{ 'Ab' | lower(1) }}", "{{ 'a' | replace('a') }}", "{{ 'a' | join(d='x', e=1) }}", "{{ 1 | abs(2) }}", "{{ -5 | abs }}", "{{ (-5) | abs }} {{ -2.5|abs }}", "{{ 'a' | abs }}", "{{ 'x' is filter }} {{ 'upper' is filter }} {{ 'odd' is test }} {{ 'x' is test }}")

# Tests.
for t in ["boolean", "callable", "defined", "even", "false", "float", "integer", "iterable", "lower", "mapping", "none", "number", "odd", "sequence", "string", "true", "undefined", "upper", "divisibleby 3", "divisibleby(0)", "eq 7", "ne 7", "lt 7", "ge(7)", "in [7, 's']",
          "sameas none", "equalto true", "greaterthan 1", "lessthan 'z'", "== 7", "not none", "escaped"]:
    each("{{ @1 is " + t + " }}", VALUES[:19] + ["'abc'", "'ABC'", "'aB1'", "'12'"])
add("{{ 4 is divisibleby 2 and 3 is odd }}", "{{ 4 is divisibleby 2 is odd }}", "{{ n is not defined }} {{ undef is not defined }}", "{{ n is defined and n > 3 }}", "{{ n is not even }}", "{{ 1 is in [1, 2] }} {{ 1 is not in [1, 2] }}", "{{ n is eq(7) }} {{ n is eq 7 if true }}", "{{ x is defined or 'no' }}", "{{ d.nope is defined }} {{ d.a is defined }}",
    "{{ undef.x is defined }}", "{{ n is eq n + 1 }}", "{{ 'a' is string and 'b' }}", "{{ n is number ~ 'x' }}", "{{ xs is sequence and xs is not string and xs is not mapping }}", "{{ (1, 2) is eq (1, 2) }}", "{{ n is lt 8 else }}", "{{ not n is none }}", "{{ range is callable }} {{ loop is defined }}", "{{ n is foo.bar }}",
    "{{ n is divisibleby n }} {{ 9 is divisibleby xs[0] }} {{ 'a' is in 'abc' }}")

# Methods.
for m in ["upper()", "lower()", "strip()", "lstrip()", "rstrip()", "strip('Hd ')", "strip(none)", "split()", "split(' ')", "split('l')", "split('l', 1)", "split(none, 1)", "split(sep='o')", "split(maxsplit=1)", "split('')", "rsplit('l', 1)", "rsplit(none, 1)", "rsplit()", "splitlines()", "splitlines(true)",
          "startswith('He')", "startswith(('x', 'H'))", "startswith(1)", "endswith('d')", "endswith('')", "replace('l', 'L')", "replace('l', 'L', 1)", "replace('', '.')", "find('o')", "find('z')", "find('o', 5)", "find('o', 5, 6)", "rfind('o')", "index('z')", "index('W')", "count('l')", "count('')", "title()", "isdigit()",
          "isalpha()", "isalnum()", "isspace()", "islower()", "isupper()", "istitle()", "isnumeric()", "isdecimal()", "isidentifier()", "isascii()", "zfill(14)", "zfill(2)", "center(20, '*')", "ljust(14, '.')", "rjust(14)", "rjust(14, '..')", "partition(' ')", "partition('z')", "rpartition('o')", "rpartition('z')", "partition('')",
          "removeprefix('Hello')", "removesuffix('ld')", "expandtabs(4)", "join(['a', 'b'])", "join('xyz')", "join([1])", "join(undef)", "nope()", "upper(1)", "format()", "encode", "replace(1, 2)", "replace('a')"]:
    each("{{ @1." + m + " }}", ["s", "empty", "uni", "'  pad a\\tb\\n'", "'42'", "'a,b,,c'", "'-7'"])
each("{% set l = [3, 1, 2, 1] %}{% set r = l.@1 %}{{ r }} {{ l }}", ["append(4)", "append([5])", "extend([7, 8])", "extend('ab')", "extend(l)", "extend(1)", "insert(0, 9)", "insert(-1, 9)", "insert(99, 9)", "pop()", "pop(0)", "pop(-2)", "pop(9)", "remove(1)", "remove(9)", "index(2)", "index(9)", "count(1)", "sort()",
                                                                "sort(reverse=true)", "sort(true)", "reverse()", "copy()", "clear()", "nope()", "append()", "append(1, 2)"])
each("{% set o = {'b': 1, 'a': [2]} %}{% set r = o.@1 %}{{ r }} {{ o }}", ["get('b')", "get('z')", "get('z', 5)", "get(['b'])", "get()", "pop('b')", "pop('z')", "pop('z', 0)", "popitem()", "setdefault('b', 9)", "setdefault('z', 9)", "setdefault('z')", "update({'b': 2, 'c': 3})", "update(c=4)", "update([('x', 1)], y=2)",
                                                                      "update([1])", "update(none)", "keys()", "values()", "items()", "copy()", "clear()", "a.append(3)", "nope()", "b.x", "items() | list", "keys() | sort"])
add("{% set a = [1] %}{% set b = a %}{% do b.append(2) %}{{ a }}", "{% set d2 = dict(d) %}{% do d2.update(a=9) %}{{ d.a }} {{ d2.a }}", "{% do xs.append(9) %}{{ xs }}", "{% set x = [] %}{% for i in range(3) %}{% do x.append(i) %}{% endfor %}{{ x }}", "{% set _ = d.update({'z': 1}) %}{{ d.z }}",
    "{% set l = [] %}{% do l.append(l) %}{{ l }}", "{% set o = {} %}{% do o.update(a=o) %}{{ o }}", "{% for k in nodict %}{% endfor %}{% for k in d %}{% do d.update({k ~ k: 1}) %}{% endfor %}", "{% for x in xs %}{% if x == 3 %}{% do xs.append(5) %}{% endif %}{{ x }}{% endfor %}", "{{ (1, 2, 1).count(1) }} {{ (1, 2).index(2) }} {{ (1, 2).append(3) }}",
    "{{ xs.append(4) }} {{ xs }}", "{{ d.items() | list }} {{ d.keys() | list }} {{ d.values() | list }}", "{{ dict(a=1, b=2) }} {{ dict([('x', 1)]) }} {{ dict({'a': 1}, b=3) }} {{ dict() }}", "{{ dict(1) }}", "{{ f.is_integer() }} {{ (2.0).is_integer() }} {{ n.bit_length() }}", "{{ d.keys() == ['b', 'a', 'c'] }}", "{{ 'x'.join(d) }} {{ 'x'.join(words) }} {{ ', '.join(words | sort) }}",
    "{{ 'abc'.upper().lower().title() }}", "{{ [1, 2, 3].index(4) }}", "{{ 'a'.__class__ }}", "{{ ''.__class__.__mro__ }}", "{{ xs.__len__() }}")

# Formatting.
each("{{ '@1' % @2 }}", ["%s", "%r", "%d", "%5.2f", "%-6s|", "%06d", "%+d", "% d", "%x", "%X", "%#x", "%o", "%e", "%g", "%G", "%c", "%.3s", "%5s|", "%%", "%i", "%u", "%.0f", "%#o", "%10.4e|", "%08.3f", "%z", "%"], ["n", "f", "s", "nil", "(5,)", "(5, 6)", "true", "-3.99", "[1]", "'a'", "undef", "big", "1e10", "1e-10", "0"])
add("{{ '%s %s' % ('a', 1) }}", "{{ '%s %s' % 'a' }}", "{{ '%(x)s %(y)05d' % {'x': 1, 'y': 2} }}", "{{ '%(x)s' % {'y': 2} }}", "{{ '%(x)s' % 1 }}", "{{ 'x' % {'y': 2} }}", "{{ 'x' % [] }}", "{{ '%*d' % (5, 42) }} {{ '%.*f' % (1, 2.55) }} {{ '%-*d|' % (5, 42) }}", "{{ '%s' % (1, 2) }}", "{{ '%s' % [(1, 2)] }}", "{{ '%d%%' % 50 }}", "{{ '%ld' % 5 }}", "{{ '%s' % {} }}", "{{ '%.2f %.2f' % (2.675, 1.005) }}")
each("{{ '@1'.format(@2) }}", ["{}", "{0}", "{:>8}|", "{:<8}|", "{:^9}|", "{:*^9}|", "{:08}", "{:+}", "{:,}", "{:_}", "{:.2f}", "{:10.3f}|", "{:d}", "{:x}", "{:#b}", "{:e}", "{:g}", "{:%}", "{!r}", "{!s:>5}|", "{:=+6}", "{:s}", "{:.2}", "{:c}", "{:n}", "{:Z}", "{", "}", "{{}}", "{1}", "{a}", "{:05.1f}", "{:,.2f}", "{:#x}", "{:o}"], ["n", "f", "s", "nil", "true", "1234567.891", "-42", "[1]", "undef", "big"])
add("{{ '{} {}'.format(1, 'a') }} {{ '{1} {0}'.format(1, 'a') }} {{ '{a} {b}'.format(a=1, b=2) }}", "{{ '{} {0}'.format(1) }}", "{{ '{0[a]} {1.x}'.format(d, d) }}", "{{ '{0[1]} {0[0]}'.format(xs) }}", "{{ '{:{}}|{:{w}}|'.format('a', 5, 'b', w=4) }}", "{{ '{{{}}}'.format(1) }}", "{{ '{:>{w}}'.format(1, w=5) }}", "{{ '{0:*>5}'.format('é') }}", "{{ '{}'.format(*[1]) }} {{ '{a}'.format(**{'a': 2}) }}")

# Statements.
add("{% if n > 5 %}a{% elif n > 3 %}b{% else %}c{% endif %}", "{% if no %}a{% elif n == 7 %}b{% else %}c{% endif %}", "{% if no %}a{% elif no %}b{% elif no %}c{% endif %}|", "{% if undef %}a{% else %}b{% endif %}", "{% if [] %}a{% endif %}{% if '' %}b{% endif %}{% if {} %}c{% endif %}{% if 0.0 %}d{% endif %}{% if ' ' %}e{% endif %}",
    "{% if 1, 2 %}x{% endif %}", "{% if %}{% endif %}", "{% if n", "{% if n %}", "{% endif %}", "{% else %}", "{% if n %}{% endfor %}", "{% foo %}", "{% %}", "{%%}", "{{ }}", "{{", "{{ n", "{{ n %}", "{% if n }}", "{{ n }", "{# x", "{# x #}", "a{# x\ny #}b", "{{ '}}' }} {{ \"%}\" }} {{ '{{' }}", "{ { n } }", "{n}", "{{{n: 1}}}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ {'a': {}} }}",
    "{{ n }}{{ n }}", "}}{{ n }}", "%}", "{{ n ! }}", "{{ n $ }}", "{{ 'abc }}", "{{ n; }}", "{{ n. }}", "{{ n.1a }}", "{{ 1a }}", "{{ a b }}", "{{ (1 }}", "{{ [1 }}", "{{ 1] }}", "{{ (1] }}", "{{ f(a=1, 2) }}", "{{ f(**d, *xs) }}", "{{ f(a=1, a=2) }}", "{{ range(*[1, 3]) | list }}", "{{ range(*undef) }}", "{{ dict(**d) }}", "{{ dict(**1) }}", "{{ range(1, 2, ) | list }}", "{{ range(,) }}", "{{ n() }}", "{{ s.upper()() }}",
    "{{ range(5) | list }} {{ range(2, 5) | list }} {{ range(5, 0, -2) | list }} {{ range(0) | list }}", "{{ range() }}", "{{ range('a') }}", "{{ range(1, 2, 0) }}", "{{ range(1000000) }}", "{{ 1 if n else }}", "{{ n if }}", "{{ not }}", "{{ n not }}", "{{ n is }}", "{{ n | }}", "{{ | upper }}", "{{ n not in xs }} {{ 3 not in xs }}")
add("{% for x in xs %}{{ x }},{% endfor %}", "{% for x in [] %}a{% else %}empty{% endfor %}", "{% for x in xs if x > 1 %}{{ loop.index }}:{{ x }} {% else %}none{% endfor %}", "{% for x in xs if x > 9 %}{{ x }}{% else %}none{% endfor %}", "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in d %}{{ k }}{% endfor %}", "{% for c in s %}{{ c }}.{% endfor %}", "{% for x in n %}{% endfor %}",
    "{% for x in nil %}{% endfor %}", "{% for x in undef %}{{ x }}{% else %}e{% endfor %}", "{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}{{ b }} {% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in [1] %}{% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for (a, b) in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}", "{% for a, in [(1,)] %}{{ a }}{% endfor %}",
    "{% for x in xs %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}", "{% for x in xs %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}", "{% for x in xs %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for x in xs %}{{ loop.cycle() }}{% endfor %}", "{% for x in [1, 1, 2] %}{{ loop.changed(x) }} {% endfor %}",
    "{% for x in xs %}{% if loop.first %}[{% endif %}{{ x }}{% if not loop.last %}, {% else %}]{% endif %}{% endfor %}", "{% for x in xs | sort %}{{ x }}{% endfor %}", "{% for x in xs | map('string') %}{{ loop.length }}{{ x }}{{ loop.last }} {% endfor %}", "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}", "{% for x in (1, 2) %}{{ x }}{% endfor %}", "{% for x in xs %}{% for y in xs %}{{ x }}{{ y }}{{ loop.index }} {% endfor %}{{ loop.index }}|{% endfor %}",
    "{% for x in xs %}{% set outer = loop %}{% for y in words %}{{ outer.index }}{{ y }}{% endfor %}{% endfor %}", "{% for x in xs %}{{ x }}{% endfor %}{{ x }}", "{% set x = 'out' %}{% for x in xs %}{{ x }}{% endfor %}{{ x }}", "{% for x in xs %}{% set y = x %}{% endfor %}{{ y }}|", "{% set y = 0 %}{% for x in xs %}{% set y = y + x %}{{ y }}{% endfor %}{{ y }}", "{% for loop in xs %}{{ loop }}{% endfor %}", "{% for x in xs %}{{ loop }}{% endfor %}" if False else "{% for x in xs %}{{ loop.nope }}{% endfor %}",
    "{% for x in xs if loop.first %}{% endfor %}", "{% for x in xs recursive %}{{ x }}{% endfor %}", "{% for x in nested recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}d{{ loop.depth }}{% endif %}{% endfor %}", "{% for x in xs %}{{ loop(xs) }}{% endfor %}", "{% for x in xs | reverse %}{{ x }}{{ loop.length }}{% endfor %}", "{% for i in range(3) %}{{ i }}{% endfor %}", "{% for x in xs %}{% endfor %}|", "{% for x xs %}{% endfor %}", "{% for x in %}{% endfor %}", "{% for in xs %}{% endfor %}",
    "{% for 1 in xs %}{% endfor %}", "{% for x.y in xs %}{% endfor %}", "{% for none in xs %}{% endfor %}", "{% for x in xs %}", "{% for x in xs %}{% else %}{% else %}{% endfor %}", "{% for x in xs: %}{{ x }}{% endfor %}", "{% if n: %}x{% endif %}", "{% for x in users if x.on %}{{ x.name }}{{ loop.length }}{% endfor %}", "{% for x in xs if x is odd %}{{ loop.revindex }}{% endfor %}", "{% for a, b in d.items() | sort %}{{ a }}{% endfor %}" if False else "{% for a, b in d | dictsort %}{{ a }}{% endfor %}",
    "{% for x in xs if x > n else 3 %}{% endfor %}", "{% for x in xs if x > 1 if x < 3 %}{{ x }}{% endfor %}", "{% for x in (xs if n else []) %}{{ x }}{% endfor %}", "{% for x in xs if n else [] %}{{ x }}{% endfor %}")
add("{% set x = 1 %}{{ x }}", "{% set x, y = 1, 2 %}{{ x }}{{ y }}", "{% set x, y = [1, 2] %}{{ x }}{{ y }}", "{% set x, y = 1 %}", "{% set x, y = [1] %}", "{% set x = 1, 2 %}{{ x }}", "{% set (x, y) = (1, 2) %}{{ y }}", "{% set x %}a{{ n }}b{% endset %}{{ x }}{{ x | length }}", "{% set x | upper %}a{{ n }}b{% endset %}{{ x }}", "{% set x | replace('a', 'b') | upper %}a{% endset %}{{ x }}",
    "{% set x %}{% set y = 1 %}{% endset %}{{ y }}|", "{% if t %}{% set x = 1 %}{% endif %}{{ x }}", "{% if no %}{% set x = 1 %}{% endif %}{{ x }}|", "{% set n = n + 1 %}{{ n }}", "{% set x = x %}{{ x }}|", "{% set ns = namespace(a=1) %}{% set ns.a = 2 %}{{ ns.a }}", "{% set ns = namespace() %}{% for x in xs %}{% set ns.total = (ns.total or 0) + x %}{% endfor %}{{ ns.total }}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a }}{{ ns.b }}{{ ns.c }}|",
    "{% set ns = namespace(a=1) %}{{ ns['a'] }}", "{% set d.x = 1 %}", "{% set undef.x = 1 %}", "{% set ns = namespace(l=[]) %}{% for x in xs %}{% do ns.l.append(x) %}{% endfor %}{{ ns.l }}", "{% set none = 1 %}", "{% set 1 = 1 %}", "{% set x.y.z = 1 %}", "{% set x[0] = 1 %}", "{% set = 1 %}", "{% set x %}", "{% set x = %}", "{% set x 1 %}", "{% set ns = namespace() %}{% set ns.x %}hi{% endset %}{{ ns.x }}", "{% set a = b = 1 %}",
    "{% set ns = namespace(a=1) %}{% macro m() %}{% set ns.a = 5 %}{% endmacro %}{{ m() }}{{ ns.a }}", "{% set x = 1 if no %}{{ x }}|", "{% set a, b = b, a %}{{ a }}{{ b }}|", "{% set ns = namespace(x=1, y=2) %}{{ ns }}")
add("{% macro m() %}hi{% endmacro %}{{ m() }}", "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c=4) }} {{ m(b=5, a=6) }}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}|", "{% macro m(a) %}{{ a.x }}{% endmacro %}{{ m() }}|", "{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "{% macro m(a) %}{% endmacro %}{{ m(b=2) }}", "{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m() %}{{ varargs }} {{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}", "{% macro m(a) %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m() }}{{ m(1) }}{{ m(1, 2, b=4) }}", "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}body{{ n }}{% endcall %}", "{% macro m() %}{% for x in xs %}{{ caller(x, b=2) }}{% endfor %}{% endmacro %}{% call(a, b) m() %}<{{ a }}{{ b }}>{% endcall %}", "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}", "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}{% call m() %}{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}{% endcall %}", "{% call n %}{% endcall %}", "{% call s.upper() %}{% endcall %}", "{% macro m(a, b=1, c) %}{% endmacro %}", "{% macro m(a, a) %}{% endmacro %}", "{% macro m %}{% endmacro %}", "{% macro 1() %}{% endmacro %}", "{% macro m(1) %}{% endmacro %}", "{% macro m() %}", "{% macro m(n) %}{{ n }}{% endmacro %}{{ m(1) }}{{ n }}", "{% macro m() %}{{ n }}{% endmacro %}{{ m() }}", "{% set x = 1 %}{% macro m() %}{{ x }}{% endmacro %}{% set x = 2 %}{{ m() }}",
    "{% macro m() %}{% set x = 5 %}{% endmacro %}{{ m() }}{{ x }}|", "{% macro a() %}A{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}", "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(4) }}", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "{% for x in xs %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}", "{{ m() }}{% macro m() %}{% endmacro %}", "{% macro m(a) %}{{ a }}{% endmacro %}{{ m.name }} {{ m.arguments }} {{ m.catch_kwargs }} {{ m.catch_varargs }} {{ m.caller }}",
    "{% macro m() %} x {% endmacro %}{{ m() | trim | upper }}", "{% macro m(x) %}{{ x }}{% endmacro %}{{ xs | map('string') | map('upper') | join }}{{ m(m(m(1))) }}", "{% if t %}{% macro m() %}in{% endmacro %}{% endif %}{{ m() }}", "{% macro m(a=[]) %}{% do a.append(1) %}{{ a }}{% endmacro %}{{ m() }}{{ m() }}", "{% macro m(a, b) %}{{ a }}{{ b }}{% endmacro %}{{ m(*[1, 2]) }}{{ m(**{'a': 1, 'b': 2}) }}{{ m(1, *[2]) }}", "{% macro m(caller) %}{{ caller }}{% endmacro %}{{ m(1) }}", "{% macro m(a, caller=none) %}{{ caller is none }}{% endmacro %}{{ m(1) }}{% call m(1) %}{% endcall %}",
    "{% macro m() %}{{ kwargs.x }}{{ kwargs['y'] | default('d') }}{% endmacro %}{{ m(x=1) }}", "{% macro o() %}{% macro i() %}in{% endmacro %}{{ i() }}{% endmacro %}{{ o() }}{{ i is defined }}", "{% macro m(x) %}{% if x %}{{ m(x[1:]) }}{{ x[0] }}{% endif %}{% endmacro %}{{ m('abc') }}", "{% macro m() %}{{ caller(1) }}{% endmacro %}{% call m() %}x{% endcall %}", "{{ m is defined }}{% macro m() %}{% endmacro %}{{ m is defined }}{{ m is callable }}")
add("{% do xs.append(1) %}{{ xs }}", "{% do %}", "{% do 1, 2 %}x", "{% filter upper %}a{{ s }}{% endfilter %}", "{% filter replace('a', 'b') | upper %}xax{% endfilter %}", "{% filter nope %}{% endfilter %}", "{% filter %}{% endfilter %}", "{% with a=1, b=n %}{{ a }}{{ b }}{% endwith %}{{ a }}|", "{% with %}{% set z = 1 %}{{ z }}{% endwith %}{{ z }}|", "{% with a=1, b=a %}{{ b }}{% endwith %}|", "{% with a %}{% endwith %}", "{% print n %}", "{% print n, s %}" if False else "{% print s %}", "{% set a = 1 %}{% with a=2 %}{{ a }}{% endwith %}{{ a }}",
    "{% raw %}{{ n }} {% if %}{# #}{% endraw %}", "{%- raw -%} {{ n }} {%- endraw -%} x", "a {%- raw %} b {% endraw -%} c", "{% raw %}{% endraw", "{% raw %}{% raw %}{% endraw %}", "{%raw%}x{%endraw%}", "{% raw -%}\n x{% endraw %}", "{% raw %}x{%- endraw +%} y", "{% filter indent(2) %}a\nb{% endfilter %}", "{% set x %}{% filter upper %}a{% endfilter %}{% endset %}{{ x }}")
# Whitespace control.
each("a \n @1 \n b", ["{{- n }}", "{{ n -}}", "{{- n -}}", "{{+ n }}", "{{ n +}}", "{%- if n %}x{% endif %}", "{% if n -%} x {%- endif %}", "{%+ if n +%} x {%+ endif +%}", "{#- c #}", "{# c -#}", "{#- c -#}", "{#+ c +#}", "{%- set q = 1 -%}", "{%- for x in xs -%} {{ x }} {%- endfor -%}", "{{-1}}", "{{ -1 }}", "{{- -1 -}}", "{{ 1-}}", "{{ 1 -}}", "{{ [1] -}}", "{%-if n-%}y{%-endif-%}"])
add("{{ n }}\n", "{{ n }}\n\n", "\n{{ n }}", "a\r\nb\r\n", "a\rb\r", "x\r\n{{ n }}\r\ny", "{% if n %}\nx\n{% endif %}\n", "  {% if n %}  \n  x\n  {% endif %}\n", "", "\n", " ", "plain", "a\n\n", "{{ 'a\r\nb' | length }}", "\u2003{{- n }}", "a\u00a0{{- n -}}\u2028b", "{{ n -}}", "{{- n }}", "{% raw %}\n{% endraw %}\n", "{{ lines }}\n{# end #}\n")
# A few as projects have them.
add("{% set payment_methods = ['credit_card', 'coupon'] %}\nselect order_id,\n{% for m in payment_methods -%}\n  sum(case when method = '{{ m }}' then amount else 0 end) as {{ m }}_amount{{ ',' if not loop.last }}\n{% endfor %}\nfrom payments",
    "{%- set cols = ['a', 'b'] -%}\nselect\n    {% for c in cols %}\n    {{ c }}{% if not loop.last %},{% endif %}\n    {%- endfor %}\nfrom t", "{% macro cents(col, scale=2) -%}\n  ({{ col }} / 100)::numeric(16, {{ scale }})\n{%- endmacro %}\nselect {{ cents('amount') }}, {{ cents('tax', scale=4) }}", "{%- for k, v in {'a': 'int', 'b': 'text'}.items() %}\n{{ k | upper }} {{ v }}{{ \",\" if not loop.last else \"\" }}\n{%- endfor %}",
    "{% set q %}select 1{% endset %}{{ q | indent(4) }}{% if q is string and q | length > 3 %} ok{% endif %}", "{{ words | map('lower') | unique | sort | join(', ') }}", "{% set parts = 'a.b.c'.split('.') %}{{ parts[0] }}/{{ parts[1:] | join('-') }}/{{ parts | length }}", "{% set out = [] %}{% for u in users if u.age > 30 %}{% do out.append(\"'\" ~ u.name ~ \"'\") %}{% endfor %}in ({{ out | join(', ') }})",
    "{%- macro pivot(col, values, agg='sum') -%}{%- for v in values -%}{{ agg }}(case when {{ col }} = '{{ v }}' then 1 else 0 end) as \"{{ v }}\"{%- if not loop.last %}, {% endif -%}{%- endfor -%}{%- endmacro -%}\n{{ pivot('x', ['a', 'b'], agg='max') }}", "{% set m = {'k': [1, 2]} %}{% do m['k'].append(3) %}{{ m['k'][-1] }} {{ m.get('z', 'none') }} {{ m.k | sum }}", "{{ 'group by ' ~ range(1, 4) | join(', ') }}", "{{ \"'\" ~ ['x', 'y'] | join(\"', '\") ~ \"'\" }}")
# Combinations.
each("{% for x in @1 %}{{ loop.index }}{{ x @2 }}{{ ',' if not loop.last }}{% else %}-{% endfor %}", ["xs", "words", "nothing", "mixed", "d", "range(3)", "'ab'", "users | map(attribute='age')", "xs | sort", "xs[1:]", "d.items() | list"], ["", "| string", "~ '!'", "* 2", "in xs", "== 1", "is string"])
each("{% set v = @1 %}{% if v @2 %}yes{% else %}no{% endif %}:{{ v | @3 }}", ["n", "s", "xs", "d", "nil", "f", "empty", "undef"], ["", "== 7", "is defined", "is none", "> 1", "in [7]"], ["string", "default('D')", "length", "upper"])


class Stuck(Exception):
    pass


def stuck(*_):
    raise Stuck


def render(template):
    env = SandboxedEnvironment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], loader=DictLoader(FILES))
    signal.signal(signal.SIGALRM, stuck)
    signal.alarm(2)
    try:
        out = env.from_string(template).render(json.loads(json.dumps(VARS)))
    except Stuck:
        return None
    except Exception as e:
        return {"template": template, "error": type(e).__name__}
    finally:
        signal.alarm(0)
    if " at 0x" in out or "at 0x" in out.lower() or "<built-in" in out or "<class" in out or "<bound method" in out:
        return None  # Python's inner workings
    return {"template": template, "output": out}


entries = [e for e in map(render, dict.fromkeys(T + F)) if e]
# Of the random ones, mostly those that Python renders, and no long ones.
for i, e in enumerate(map(render, dict.fromkeys(programs(seed=1, n=12000)))):
    if e and len(e["template"]) < 400 and len(e.get("output", "")) < 400 and ("output" in e or i % 10 == 0):
        entries.append(e)
path = pathlib.Path(__file__).with_name("corpus.json")
body = ",\n".join(json.dumps(e, ensure_ascii=True) for e in entries)
path.write_text('{"vars": ' + json.dumps(VARS, ensure_ascii=True) + ',\n"files": ' + json.dumps(FILES, ensure_ascii=True) + ',\n"templates": [\n' + body + "\n]}\n")
errors = sum("error" in e for e in entries)
print(f"{len(entries)} templates, {errors} of them errors")
