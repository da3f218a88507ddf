"""More templates for corpus.py: other templates, loop control, and the filters
and globals that few templates use."""

import itertools

# What the loader knows.
FILES = {
    "plain": "plain text",
    "show": "[{{ n }}{{ x }}{{ loop.index if loop is defined else '-' }}]",
    "sets": "{% set x = 'inner' %}{% set n = 0 %}{{ x }}{{ n }}",
    "macros": "{% set version = 3 %}{% set _private = 1 %}{% macro hello(who='you') %}hello {{ who }}{% endmacro %}"
              "{% macro outer(a) %}<{{ hello(a) }}{{ version }}>{% endmacro %}{% macro ctx() %}{{ n }}{{ x }}{% endmacro %}"
              "{% macro wrap(tag) %}<{{ tag }}>{{ caller(tag) }}</{{ tag }}>{% endmacro %}text of macros",
    "mutable": "{% set items = [] %}{% macro push(v) %}{% do items.append(v) %}{{ items }}{% endmacro %}",
    "base": "<title>{% block title %}base title{% endblock %}</title><body>{% block body %}{% endblock %}</body>"
            "{% block foot scoped %}foot of base {{ n }}{% endblock foot %}",
    "middle": "{% extends 'base' %}{% block title %}middle, {{ super() }}{% endblock %}{% block body %}<{% block inner %}inner of middle{% endblock %}>{% endblock %}",
    "looped": "{% for i in [1, 2] %}{% block item scoped %}({{ i }}{{ loop.index }}){% endblock %}{% endfor %}",
    "unscoped": "{% for i in [1, 2] %}{% block item %}({{ i }}){% endblock %}{% endfor %}",
    "required": "{% block must required %}{% endblock %}",
    "self": "{% include 'self' %}",
    "broken": "{{ 1 + }}",
    "failing": "{{ 1 // 0 }}",
    "nested": "<{% include 'show' %}>",
    "newline": "line\n",
    "recurse": "{{ depth }}{% if depth > 0 %}{% set depth = depth - 1 %}{% include 'recurse' %}{% endif %}",
    "importer": "{% from 'macros' import hello %}{{ hello('from importer') }}",
    "sets_in_blocks": "{% set a = 1 %}{% block one %}{{ a }}{% set a = 2 %}{{ a }}{% endblock %}{{ a }}{% set a = 3 %}{% block two %}{{ a }}{% endblock %}",
}

F = []


def add(*templates):
    F.extend(templates)


def each(pattern, *choices):
    for combo in itertools.product(*choices):
        text = pattern
        for i, c in enumerate(combo, 1):
            text = text.replace(f"@{i}", c)
        F.append(text)


# Includes.
each("{% set x = 1 %}a{% include @1 @2 %}b", ["'plain'", "'show'", "'sets'", "'nope'", "['nope', 'show']", "['nope', 'nil']", "('plain',)", "[]", "undef", "1", "'pl' ~ 'ain'", "'broken'", "'failing'", "'nested'", "'newline'", "'importer'", "'macros'", "'base'", "'middle'", "'required'"],
     ["", "ignore missing", "with context", "without context", "ignore missing with context", "ignore missing without context"])
each("{% for i in [1, 2] %}{% set x = i %}{% include @1 %}{{ x }}{% endfor %}{{ x }}", ["'show'", "'sets'", "'nested'"])
each("{% for i in [1, 2] %}{{ loop.index }}{% include @1 @2 %}{% endfor %}", ["'show'", "'sets'", "'nested'"], ["", "without context"])
add("{% include 'self' %}", "{% set depth = 3 %}{% include 'recurse' %}{{ depth }}", "{% with x = 5 %}{% include 'show' %}{% endwith %}{% include 'show' %}", "{% macro m(x) %}{% include 'show' %}{% endmacro %}{{ m(9) }}",
    "{% set q %}{% include 'show' %}{% endset %}{{ q | upper }}", "{% filter upper %}{% include 'plain' %}{% endfilter %}", "{% include 'sets' %}{{ x }}{{ n }}", "{% include %}", "{% include 'a' ignore %}", "{% include 'a' with %}", "{% include 'plain' 'show' %}", "{% include 'plain' if t else 'show' %}",
    "{% include 'plain' if no else 'show' %}", "{% include 'plain' if no %}", "{% macro caller2() %}{{ caller() }}{% endmacro %}{% call caller2() %}{% include 'show' %}{% endcall %}", "{%- include 'newline' -%} x", "{% include 'newline' %}\nx", "{% include ['nope', undef] %}", "{% include [undef, 'plain'] ignore missing %}")
# Imports.
each("{% set x = 1 %}{% import 'macros' as m @1 %}{{ @2 }}", ["", "with context", "without context"],
     ["m.hello()", "m.hello('a')", "m.outer('b')", "m.ctx()", "m.version", "m._private", "m.nope", "m.nope()", "m", "m.hello.name", "m is defined", "m.hello is callable", "m | string", "m['hello']('c')", "m.version + 1", "hello is defined", "version is defined"])
each("{% set x = 1 %}{% from 'macros' import @1 @2 %}{{ @3 }}", ["hello", "hello as hi", "hello, ctx", "hello, version as v, ctx", "nope", "_private", "hello,"], ["", "with context", "without context"],
     ["hello()", "hi('x')", "ctx()", "v", "nope is defined", "nope", "nope()", "'-'"])
add("{% import 'macros' %}", "{% import 'macros' as %}", "{% import 'nope' as m %}", "{% import 'broken' as m %}", "{% import 'failing' as m %}", "{% from 'macros' %}", "{% from 'macros' import %}", "{% from 'macros' import hello as %}", "{% from 'nope' import a %}", "{% import undef as m %}",
    "{% import 'macros' as m %}{% call(t) m.wrap('b') %}in {{ t }}{% endcall %}", "{% from 'macros' import wrap %}{% call wrap('i') %}x{% endcall %}", "{% import 'mutable' as a %}{% import 'mutable' as b %}{{ a.push(1) }}{{ b.push(2) }}{{ a.items }}", "{% import 'mutable' as a with context %}{% import 'mutable' as b with context %}{{ a.push(1) }}{{ b.push(2) }}",
    "{% if t %}{% import 'macros' as m %}{% endif %}{{ m.hello() }}", "{% if no %}{% import 'macros' as m %}{% endif %}{{ m }}|", "{% for i in [1] %}{% import 'macros' as m %}{{ m.hello(i) }}{% endfor %}{{ m is defined }}", "{% macro z() %}{% from 'macros' import hello %}{{ hello('z') }}{% endmacro %}{{ z() }}{{ hello is defined }}",
    "{{ m is defined }}{% import 'macros' as m %}{{ m is defined }}", "{% import 'middle' as m %}{{ m }}", "{% import 'sets' as s %}{{ s.x }}{{ s.n }}{{ n }}", "{% set hello = 1 %}{% from 'macros' import hello %}{{ hello() }}", "{% from 'macros' import hello, outer with context %}{{ outer(hello('q')) }}", "{% from 'macros' import hello with context, outer %}", "{% from 'macros' import 1 %}",
    "{% import 'macros' as m, n %}", "{% import 'macros' as m.x %}", "{% from 'macros' import version %}{% set version = version + 1 %}{{ version }}", "{% set name = 'macros' %}{% import name as m %}{{ m.hello() }}", "{% import ['nope', 'macros'] as m %}{{ m.hello() }}")
# Inheritance.
each("{% extends @1 %}ignored{{ 1 }}@2", ["'base'", "'middle'", "'looped'", "'unscoped'", "'required'", "'nope'", "undef", "'plain'", "'sets_in_blocks'"],
     ["", "{% block title %}mine{% endblock %}", "{% block title %}mine+{{ super() }}{% endblock %}", "{% block body %}B{{ self.title() }}{% endblock %}", "{% block inner %}I{{ super() }}{% endblock %}", "{% set n = 9 %}", "{% block item %}[{{ i }}{{ super() }}]{% endblock %}", "{% block must %}done{% endblock %}",
      "{% block title %}{% set n = 1 %}{{ n }}{% endblock %}{% block foot %}{{ n }}{% endblock %}", "{% macro m() %}M{% endmacro %}{% block body %}{{ m() }}{% endblock %}", "{% import 'macros' as m %}{% block body %}{{ m.hello() }}{% endblock %}", "{% block foot %}{{ super.super() }}{% endblock %}", "{% block a %}{% endblock %}{% block a %}{% endblock %}", "{% block one %}{{ a }}{% endblock %}"])
add("{% block a %}x{% endblock %}", "{% block a %}x{% endblock a %}{{ self.a() }}", "{% block a %}x{% endblock b %}", "{% block %}{% endblock %}", "{% block a-b %}{% endblock %}", "{{ self.a() }}{% block a %}x{{ n }}{% endblock %}", "{{ self.nope() }}{% block a %}{% endblock %}", "{% block a %}{{ super() }}{% endblock %}", "{% block a %}{% block b %}in{% endblock %}{% endblock %}{{ self.b() }}",
    "{% set v = 1 %}{% block a %}{{ v }}{% endblock %}{% set v = 2 %}{{ self.a() }}", "{% for i in xs %}{% block a %}{{ i }}{% endblock %}{% endfor %}", "{% for i in xs %}{% block a scoped %}{{ i }}{% endblock %}{% endfor %}", "{% if t %}{% extends 'base' %}{% endif %}{% block title %}T{% endblock %}", "{% if no %}{% extends 'base' %}{% endif %}before{% block title %}T{% endblock %}after",
    "{% extends 'base' %}{% extends 'middle' %}", "{% for i in xs %}{% extends 'base' %}{% endfor %}", "{% macro m() %}{% extends 'base' %}{% endmacro %}{{ m() }}", "a{% extends 'base' %}b", "{% extends %}", "{% block a required %}{% endblock %}", "{% block a required %}x{% endblock %}", "{% block a scoped required %} {# c #} {% endblock %}", "{% block a %}{% set z = 1 %}{% endblock %}{{ z is defined }}",
    "{% with v = 5 %}{% block a %}{{ v is defined }}{% endblock %}{% block b scoped %}{{ v }}{% endblock %}{% endwith %}", "{% extends 'base' if t else 'middle' %}", "{% set p = 'middle' %}{% extends p %}{% block inner %}{{ p }}{% endblock %}", "{% include 'middle' %}{% include 'base' %}", "{% macro m(v) %}{% block a scoped %}{{ v }}{% endblock %}{% endmacro %}{{ m(1) }}")
# Loop control.
each("{% for x in @1 %}{{ x }}{% if x @2 %}{% @3 %}{% endif %}.{% else %}else{% endfor %}", ["[1, 2, 3]", "xs", "[]", "'abc'", "range(5)", "[2]", "[2, 2]"], ["== 2", "> 1", "is odd", "in [1, 3]", "is string"], ["break", "continue"])
each("{% for x in [1, 2, 3] %}{% for y in [1, 2, 3] %}{% if @1 %}{% @2 %}{% endif %}{{ x }}{{ y }} {% endfor %}|{% if @3 %}{% @4 %}{% endif %}{% endfor %}", ["y == 2", "x == y", "x > y"], ["break", "continue"], ["x == 2", "loop.last"], ["break", "continue"])
add("{% break %}", "{% continue %}", "{% for x in xs %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}", "{% for x in xs %}{% else %}{% break %}{% endfor %}", "{% for y in [1, 2] %}{{ y }}{% for x in [] %}{% else %}{% break %}{% endfor %}{% endfor %}", "{% for x in [1, 2] %}{% with a = x %}{{ a }}{% break %}{% endwith %}{% endfor %}", "{% for x in [1, 2] %}{% set y %}a{% break %}{% endset %}{{ y }}{% endfor %}|",
    "{% for x in [1, 2] %}{% filter upper %}a{% continue %}{% endfilter %}b{% endfor %}|", "{% for x in [1, 2] recursive %}{{ x }}{% if x == 1 %}{% continue %}{% endif %}{{ loop([1]) if x == 2 }}{% endfor %}", "{% for x in [1, 2, 3] if x != 2 %}{{ loop.index }}{% if x == 3 %}{% break %}{% endif %}x{% endfor %}", "{% for x in xs %}{% if loop.first %}{% continue %}{% endif %}{{ loop.previtem }}{{ x }}{% endfor %}",
    "{% break 1 %}", "{% for x in xs %}{% break foo %}{% endfor %}", "{% for x in xs %}{%- break -%}{% endfor %}", "{% set ns = namespace(n=0) %}{% for x in range(10) %}{% if x is even %}{% continue %}{% endif %}{% set ns.n = ns.n + x %}{% if x > 6 %}{% break %}{% endif %}{% endfor %}{{ ns.n }}", "{% for x in xs %}{% call m() %}{% break %}{% endcall %}{% endfor %}", "{% for x in xs %}{% block b %}{% break %}{% endblock %}{% endfor %}",
    "{% for x in [1] %}{% if x %}{% for y in [1] %}{% endfor %}{% break %}{% endif %}{% else %}e{% endfor %}", "{% for x in [1, 2] %}{% continue %}{% else %}e{% endfor %}", "{% for x in [1, 2] %}{% if x == 2 %}{% continue %}{% endif %}{% else %}e{% endfor %}")
# Scopes of blocks that nothing else opens.
add("{% autoescape true %}x{% set z = 1 %}{% endautoescape %}{{ z is defined }}", "{% autoescape false %}{{ '<a>' }}{% endautoescape %}", "{% autoescape %}{% endautoescape %}", "{% autoescape false %}{% for x in xs %}{{ x }}{% endfor %}{% endautoescape %}", "{% autoescape no %}{{ n }}{% endautoescape %}")
# groupby.
each("{{ @1 | groupby(@2) | list }}", ["users", "[{'a': 1}, {'a': 2}, {'a': 1}]", "[{'a': 'x'}, {'a': 'X'}, {}]", "['ab', 'cd']", "[]", "undef", "[(1, 2), (1, 3), (0, 4)]"], ["'age'", "'a'", "'city.name'", "attribute='name'", "'a', default='d'", "0", "'a', case_sensitive=true", "'nope'", "'a', 'x', true", "1"])
add("{% for g in users | groupby('age') %}{{ g.grouper }}:{{ g.list | map(attribute='name') | join(',') }};{% endfor %}", "{% for age, list in users | groupby('age') %}{{ age }}={{ list | length }} {% endfor %}", "{{ (users | groupby('age'))[0][0] }}{{ (users | groupby('age') | first).grouper }}{{ users | groupby('age') | first | length }}", "{{ users | groupby('on') | map('first') | list }}", "{{ users | groupby('age') | map(attribute='grouper') | list }}",
    "{{ users | groupby('age') | map(attribute='list') | map('length') | list }}", "{{ (users | groupby('age') | first) == (25, [users[1]]) }}", "{{ users | groupby('age') | last | last | length }}", "{{ users | groupby('age') | tojson }}", "{{ (users | groupby('age') | first) is sequence }}{{ (users | groupby('age') | first) is mapping }}", "{{ dict(users | groupby('on')) | length }}", "{{ (users | groupby('age'))[0][1:] | length }}", "{{ users | groupby }}",
    "{{ users | groupby('city.name') | map(attribute=0) | list }}", "{{ users | groupby('city.name', case_sensitive=true) | map(attribute=0) | list }}", "{{ users | groupby('age') | sort(reverse=true) | map('first') | list }}", "{{ (users | groupby('age') | first).count(25) }}{{ (users | groupby('age') | first).index(25) }}", "{{ users | groupby('age') | first }}")
# Texts.
each("{{ @1 | wordwrap(@2) }}", ["'the quick brown fox jumps over the lazy dog'", "'averyveryverylongwordthatdoesnotfit in'", "'well-known half-baked e-mail x-ray a-b-c co-op re-enter'", "'dash--dash --- end - x'", "lines", "'a\\n\\nb   c\\td\\n'", "''", "'  lead and trail  '", "uni", "'1-2-3 4-5, (six-seven) -8 --9 ten-'"],
     ["", "10", "5", "5, false", "10, true, '|'", "12, break_on_hyphens=false", "1", "3, break_long_words=false", "0", "-1", "8, wrapstring='<br>'", "6, false, none, false"])
each("{{ @1 | wordwrap(@2) }}", ["'aa-bb-cc ddd-eee--fff'", "'self-contained, well-being; e.g.--that is'", "'a--b c--d \"q\"--r'", "'x-y-z xx-yy-zz xxx-y'"], ["2", "3", "4", "6", "7", "9", "11"])
each("{{ @1 | filesizeformat(@2) }}", ["0", "1", "2", "999", "1000", "1023", "1024", "1500", "1000000", "123456789", "1e9", "2.5e12", "1e15", "1e18", "1e21", "1e24", "1e27", "1e30", "-5", "'300'", "'x'", "nil", "1.5", "true", "undef", "999999", "1048575"], ["", "true", "binary=true"])
each("{{ @1 | pprint }}", ["n", "s", "xs", "d", "users", "{'b': 1, 'a': 2}", "range(40) | list", "[range(30) | list, range(3) | list]", "{'long key number ' ~ 1: 'x' * 30, 'k2': 'y' * 40}", "'word ' * 30", "['word ' * 20, 'x']", "{'a': 'word ' * 20}", "{'a': {'b': {'c': range(30) | list}}}", "('a' * 50, 'b' * 50)", "('a' * 90,)", "'x' * 100",
                           "[1.5, none, true, 'it\\'s']", "{2: 'a', 'b': 1, 1: 'c'}", "[]", "{}", "()", "undef", "[{'name': 'a' * 30, 'value': 'b' * 30}, {'name': 'c'}]", "'a\\nb' * 40", "{'k': ('a' * 40, 'b' * 40, ['c' * 30])}", "[[[[['deep' * 10, 'deep' * 10]]]]]"])
each("{{ @1 | escape }}|{{ @1 | forceescape }}|{{ @1 | striptags }}", ["'<a href=\"x\">t & \\'q\\'</a>'", "'a <!-- c > --> b'", "'<p>one</p>\\n  <p>two</p>'", "'&lt;b&gt; &amp; &eacute; &#65; &#x42;'", "'1 < 2'", "'<unclosed'", "n", "xs", "nil", "'<!-- open'", "'a<b>c</b>d'", "undef"])
each("{{ @1 | urlencode }}", ["'a b/c?d=e&f'", "'žluť ~-_.!*'", "n", "{'a': 1, 'b c': 'x/y z'}", "[('a', 1), ('b', none)]", "{}", "xs", "nil", "2.5", "''", "users", "[['k', 'v']]", "undef", "{'k': [1, 2]}"])
each("<x{{ @1 | xmlattr@2 }}>", ["{'a': 1, 'b': none, 'c': 'x \"y\" <z>'}", "{'d': undef}", "{}", "{'a b': 1}", "{'a=': 1}", "{'k/': 1}", "xs", "{'on': true, 'n': 2.5}"], ["", "(false)", "(autospace=true)"])
each("{{ @1 | urlize(@2) }}", ["'see http://example.com/a?b=c&d now'", "'www.example.com, (http://x.org) and <b.net>'", "'mail me@x.com or mailto:a@b.org.'", "'no links here'", "'ftp://x.com tel:123 http://localhost:80/x'", "'http://example.com/(a) (http://example.com/b).'", "'https://192.168.0.1/x https://[::1]/ example.com foo.txt'", "'http://example.com/very/long/path/indeed'"],
     ["", "10", "nofollow=true", "target='_blank'", "rel='nofollow me'", "extra_schemes=['tel:', 'ftp://']", "5, true, '_top'"])
add("{{ [1] | random }}", "{{ 'a' | random }}", "{{ [] | random is defined }}", "{{ n | random }}", "{{ {} | random is defined }}", "{{ undef | random is defined }}", "{{ (range(5) | random) in range(5) }}")
# Cyclers and joiners.
add("{% set c = cycler('a', 'b', 'c') %}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{% do c.reset() %}{{ c.current }}", "{{ cycler() }}", "{% set c = cycler(1) %}{{ c.next() }}{{ c.next() }}", "{% set j = joiner() %}{{ j() }}a{{ j() }}b{{ j() }}c", "{% set j = joiner('; ') %}{% for x in xs %}{{ j() }}{{ x }}{% endfor %}", "{% set j = joiner(sep=' | ') %}{{ j() }}-{{ j() }}-{{ j() }}",
    "{% set c = cycler('odd', 'even') %}{% for x in xs %}{{ c.next() }} {% endfor %}{% for x in words %}{{ c.next() }} {% endfor %}", "{{ cycler is defined }}{{ joiner is callable }}{{ cycler(1) is callable }}{{ joiner() is callable }}", "{% set c = cycler(1, 2) %}{{ c.next() + c.next() }}{{ c.nope is defined }}", "{{ joiner(1, 2) }}", "{% set j = joiner(1) %}{{ j() }}{{ j() }}{{ j() + 1 }}")
# Deep macros, callers and recursion.
add("{% macro a(x) %}{{ caller(x, x) }}{% endmacro %}{% macro b(y) %}{% call(p, q) a(y) %}{{ p }}{{ q }}{{ caller() }}{% endcall %}{% endmacro %}{% call b(5) %}in{% endcall %}", "{% macro fib(n) %}{% if n < 2 %}{{ n }}{% else %}{{ fib(n - 1) | int + fib(n - 2) | int }}{% endif %}{% endmacro %}{{ fib(12) }}",
    "{% macro tree(node) %}<{{ node[0] }}{% if node[1:] %}{% for k in node[1:] %}{{ tree(k) }}{% endfor %}{% endif %}>{% endmacro %}{{ tree(['a', ['b', ['c']], ['d']]) }}", "{% for item in [[1, [2, [3]]], [4]] recursive %}{{ loop.depth }}{% if item is number %}{{ item }}{% else %}({{ loop(item) }}){% endif %}{% endfor %}", "{% macro even(n) %}{{ 'T' if n == 0 else odd(n - 1) }}{% endmacro %}{% macro odd(n) %}{{ 'F' if n == 0 else even(n - 1) }}{% endmacro %}{{ even(10) }}{{ odd(10) }}",
    "{% macro m(a, b=a ~ '!', c=b | upper, *args) %}{% endmacro %}", "{% macro m(a, b=a ~ '!', c=b | upper) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m('x') }}{{ m('x', 'y') }}{{ m('x', c='z') }}", "{% macro m(f) %}{{ f(1) }}{% endmacro %}{% macro g(x) %}g{{ x }}{% endmacro %}{{ m(g) }}", "{% macro m() %}{{ varargs | length }}{{ kwargs | dictsort }}{% endmacro %}{{ m(*xs, **{'z': 1, 'a': 2}) }}", "{% macro m() %}{{ caller.name }}{{ caller.arguments }}{% endmacro %}{% call(a, b=1) m() %}{% endcall %}",
    "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}{% set n = 0 %}{% call m() %}{% set n = n + 1 %}{{ n }}{% endcall %}{{ n }}", "{% macro m() %}{{ caller(b=2, a=1) }}{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}", "{% macro m() %}{{ caller(1, 2, 3) }}{% endmacro %}{% call(a) m() %}{{ a }}{{ varargs }}{% endcall %}", "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a) m() %}{{ a }}{% endcall %}",
    "{% macro a() %}{% macro b() %}{{ x }}{% endmacro %}{% set x = 1 %}{{ b() }}{% endmacro %}{{ a() }}", "{% set x = 0 %}{% macro a() %}{{ x }}{% endmacro %}{% for x in [1, 2] %}{{ a() }}{% endfor %}", "{% macro m(x, y) %}{{ y }}{% endmacro %}{{ m(y=1) }}{{ m() }}|", "{% macro m(n=n) %}{{ n }}{% endmacro %}{{ m() }}{{ m(1) }}", "{% macro m(a=n, n=3) %}{{ a }}{{ n }}{% endmacro %}{{ m() }}")
each("{% macro m(@1) %}{{ [@2] }}{% endmacro %}{{ m(@3) }}", ["a", "a, b=2", "a=1, b=a", "a, b=[]", "a, b=a, c=b"], ["a", "a, b", "a, varargs", "a, kwargs", "a, varargs, kwargs"], ["", "1", "1, 2", "1, 2, 3", "a=5", "1, b=3", "b=1", "1, z=2", "*[1, 2]", "**{'a': 1}", "1, *[2], **{'z': 3}", "1, a=2"])
# Methods on everything.
STRINGS = ["s", "'a,b,,c'", "' x y '", "'ÀÉß'", "''", "'aXbXc'", "'Straße 12'", "'ab\\ncd'"]
each("{{ @1.@2 }}", STRINGS, ["split('X')", "split(',', 1)", "rsplit(',', 1)", "split()", "partition(',')", "rpartition('X')", "strip()", "lstrip()", "rstrip('c ')", "startswith('a')", "startswith(('a', 'H'))", "startswith('X', 1)", "endswith('c')", "endswith('b', 0, 3)", "find('b')", "find('b', 2)", "rfind('X')", "index('z')", "count('a')", "count('X', 2)", "count('', 1)", "replace('X', '-')",
                             "replace('X', '-', 1)", "upper()", "lower()", "title()", "capitalize()", "swapcase()", "casefold()", "zfill(8)", "ljust(8, '.')", "rjust(8)", "center(9, '*')", "isalpha()", "isdigit()", "isalnum()", "isspace()", "islower()", "isupper()", "istitle()", "isnumeric()", "isdecimal()", "isidentifier()", "isascii()", "isprintable()", "splitlines()", "splitlines(true)", "expandtabs(4)", "removeprefix('a')", "removesuffix('c')",
                             "join(['1', '2'])", "format(1)", "nope", "translate({97: 'A', 98: none})", "__class__", "format_map({'a': 1})"])
LISTS = ["[1, 2, 3]", "[3, 1, 2, 1]", "['b', 'a']", "[]", "[[1], [2]]", "[1, 'a']"]
each("{% set l = @1 %}{{ l.@2 }}|{{ l }}", LISTS, ["append(9)", "extend([7, 8])", "extend('ab')", "insert(1, 9)", "insert(-1, 9)", "insert(99, 0)", "pop()", "pop(0)", "pop(-2)", "pop(9)", "remove(1)", "remove(9)", "index(1)", "index(1, 2)", "index(1, 0, 1)", "count(1)", "sort()", "sort(reverse=true)", "sort(key=none)", "reverse()", "copy()", "clear()", "append()", "append(1, 2)", "nope"])
DICTS = ["{'a': 1, 'b': 2}", "{}", "{1: 'x', (1, 2): 'y', none: 0}"]
each("{% set x = @1 %}{{ x.@2 }}|{{ x }}", DICTS, ["keys() | list", "values() | list", "items() | list", "get('a')", "get('z', 5)", "get(1)", "get()", "pop('a')", "pop('z')", "pop('z', none)", "popitem()", "setdefault('a', 9)", "setdefault('q')", "update({'c': 3})", "update(c=3)", "update([('k', 'v')])", "update([1])", "copy()", "clear()", "fromkeys(['x', 'y'], 0)", "keys() | length", "items() | first", "get([1])"])
each("{{ (@1).@2 }}", ["(1, 2, 1)", "()"], ["count(1)", "index(2)", "index(9)", "index(1, 1)", "append(1)"])
each("{{ (@1).@2 }}", ["5", "2.5", "-3.0", "true", "big"], ["is_integer()", "bit_length()", "real", "imag", "conjugate()", "numerator", "as_integer_ratio()", "hex()"])
add("{{ 'a'.encode() }}")
# Numbers and formats.
each("{{ '@1' | format(@2) }}", ["%d", "%5d|", "%-5d|", "%05d", "%+d", "%x", "%#x", "%o", "%e", "%.2f", "%8.3f|", "%g", "%s", "%r", "%5s|", "%-5s|", "%.2s", "%c", "%%", "%i", "%u", "%a"], ["7", "-7", "3.14159", "'ab'", "true", "nil", "[1]", "big", "1e20", "'x'", "65"])
each("{{ '{@1}'.format(@2) }}", ["", ":d", ":5}|{0", ":>8", ":<8", ":^8", ":*^9", ":08", ":+", ":,", ":_", ":.2f", ":10.3f", ":e", ":.3g", ":%", ":.1%", ":x", ":#x", ":b", ":#o", ":c", ":s", "!r", "!s:>5", "0", ":,.2f", ":=8", ":08.2f", ":-^12,d", ":n"], ["7", "-1234567", "3.14159", "'ab'", "true", "big", "0.5", "1e10"])
each("{{ @1 }}", ["1e15", "1e16", "123456789012345.6", "0.0001", "0.00001", "1.0e-10", "-0.0", "5e-324", "1.7976931348623157e308", "0.1 + 0.7", "2 ** 64", "2 ** 100", "-(2 ** 63)", "7 // 2.0", "-7 // 2.0", "7 % -2.5", "2 ** 0.5", "4 ** -0.5", "10 ** -2", "1_000.5", "0xff + 0o7 + 0b1", "round", "(2 ** 70) // 3", "(2 ** 70) % 1000", "(2 ** 70) / 2 ** 69", "-(2 ** 70) // 7",
                  "9007199254740993 + 0.0", "9007199254740993 == 9007199254740992.0", "1e308 * 10", "-1e308 * 10", "(1e308 * 10) | int", "3 * 'ab'", "'ab' * -1", "[1] * 2 + [2]", "(1,) * 3", "true + true", "true * 5", "not 0.0", "1 == 1.0 and true == 1", "1 < 2.5 < big", "'10' < '9'", "[1, 2] < [1, 3]", "(1, 2) < (1, 2, 0)", "none == false", "1 in [true]", "0.1 * 3", "1 / 3", "100 / 10", "5 // 1", "0 // 5", "-0.0 == 0", "1e3 | int", "1.9 | int", "-1.9 | int"])
each("{{ @1 | sort }}", ["[3, 1.5, 2]", "['b', 'A', 'a', 'B']", "[true, false, 2]", "[(2, 'a'), (1, 'b')]", "[[2], [1, 5]]", "'hello'", "d", "[none, 1]", "[1, 'a']", "['é', 'e', 'f']", "[big, 1, -5]", "{'b': 1, 'a': 2}.values()", "range(3)"])
each("{{ @1 | sort(@2) }}", ["['b', 'A', 'a', 'B']", "[{'x': 2}, {'x': 1}]", "[[1, 'b'], [0, 'B'], [2, 'a']]"], ["true", "case_sensitive=true", "reverse=true, case_sensitive=true", "attribute='x'", "attribute=1", "attribute='1,0'", "false, true, 'x'", "attribute='-x'", "key='x'"])
# Names: what is seen where.
each("{% set v = 1 %}@1{{ v }}@2{{ v }}", ["{% for v in [5] %}", "{% with v = 6 %}", "{% if t %}", "{% if no %}", "{% filter upper %}", "{% set w %}"], ["{% set v = 2 %}"])
each("{% set v = 1 %}@1{% set v = 2 %}{{ v }}@2{{ v }}", ["{% for i in [5] %}|{% endfor %}", "{% with %}|{% endwith %}", "{% if t %}|{% endif %}", "{% if no %}|{% endif %}", "{% filter upper %}|{% endfilter %}", "{% set w %}|{% endset %}", "{% macro m() %}|{% endmacro %}{{ m() }}", "{% autoescape false %}|{% endautoescape %}", "{% block b %}|{% endblock %}"], [""])
F[:] = [x for x in F if "@" not in x.replace("me@x", "").replace("a@b", "")]
for opened, closed in [("{% for i in [5] %}", "{% endfor %}"), ("{% with %}", "{% endwith %}"), ("{% if t %}", "{% endif %}"), ("{% if no %}", "{% endif %}"), ("{% filter upper %}", "{% endfilter %}"), ("{% set w %}", "{% endset %}"),
                       ("{% macro m() %}", "{% endmacro %}{{ m() }}"), ("{% autoescape false %}", "{% endautoescape %}"), ("{% block b %}", "{% endblock %}"), ("{% for i in [1, 2] %}{% if i == 2 %}", "{% endif %}{% endfor %}")]:
    for inner in ["{% set v = 2 %}{{ v }}", "{{ v }}{% set v = 2 %}{{ v }}", "{% set ns.v = 2 %}", "{% do l.append(v) %}", "{% set v, u = 2, 3 %}{{ u }}", "{% for v in [7] %}{{ v }}{% endfor %}{{ v }}", "{% set v %}block{% endset %}{{ v }}", "{% if v %}{% set v = 4 %}{% endif %}{{ v }}"]:
        add("{% set v = 1 %}{% set ns = namespace(v=1) %}{% set l = [] %}" + opened + inner + closed + "{{ v }}{{ ns.v }}{{ l }}{{ u }}")
        add("{% set ns = namespace(v=1) %}{% set l = [] %}" + opened + inner + closed + "{{ v }}{{ n }}")
