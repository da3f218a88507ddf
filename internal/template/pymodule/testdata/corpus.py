"""Writes corpus.json: expressions with what Python makes of them.

    pip install jinja2==3.1.6 pytz && TZ=UTC python3 corpus.py

Each is printed by jinja2 as `{{ expression }}`. An entry has the expression and
either the output or the name of the exception. The Go test compares with the
file alone; Python is needed to change it only.
"""

import datetime
import decimal
import itertools
import json
import pathlib
import re

import jinja2
import pytz

E = []


def add(*expressions):
    E.extend(expressions)


def each(pattern, *choices):
    for c in itertools.product(*choices):
        text = pattern
        for i, v in enumerate(c):
            text = text.replace("@" + str(i), v)
        E.append(text)


DT = "modules.datetime."
dates = [DT + "date(2024, 2, 29)", DT + "date(1999, 12, 31)", DT + "date(2021, 1, 3)"]
times = [DT + "datetime(2024, 2, 29, 13, 5, 9)", DT + "datetime(1969, 7, 20, 20, 17, 40, 123456)",
         DT + "datetime(2021, 1, 3)"]
deltas = [DT + "timedelta(days=1, hours=2)", DT + "timedelta(seconds=-1)", DT + "timedelta(weeks=5, microseconds=7)",
          DT + "timedelta(0)", DT + "timedelta(days=1.5, minutes=0.1)"]

# dates and times: parts, forms, calendars
each("@0.@1", dates, ["year", "month", "day", "weekday()", "isoweekday()", "isoformat()", "toordinal()", "isocalendar()",
                      "ctime()", "isocalendar()[1]", "isocalendar().week", "timetuple().tm_yday", "replace(day=1)",
                      "replace(2000)", "strftime('%d/%m/%Y')"])
each("@0.@1", times, ["year", "hour", "minute", "second", "microsecond", "tzinfo", "weekday()", "isoformat()",
                      "isoformat(' ')", "isoformat(sep=' ', timespec='milliseconds')", "isoformat(timespec='hours')",
                      "date()", "time()", "timetz()", "utcoffset()", "tzname()", "dst()", "isocalendar()", "ctime()",
                      "timestamp()", "replace(hour=0, minute=0)", "replace(microsecond=1)", "toordinal()",
                      "timetuple()", "utctimetuple()[3]", "fold"])
each("[@0]", dates + times + deltas)
each("@0", dates + times + deltas)
for d in "aAbBcdfHIjmMpSUwWxXyYzZGuVeDFTRrklnstChgP%":
    if d != "s":
        each("@0.strftime('[%" + d + "]')", times[:2] + dates[2:])
each("@0.strftime('%@1')", [times[0], DT + "datetime(2021, 1, 3, 4, 5, 6)"],
     ["-d", "-m", "-H", "-I", "-M", "-S", "-j", "_d", "_H", "0e", "^a", "^B", "#p", "^b", "-y", "_m", "-U", "Q", "-"])
add(times[0] + ".strftime('%Y-%m-%dT%H:%M:%S.%fZ')", times[0] + ".strftime('')", times[0] + ".strftime('100%')",
    times[0] + ".strftime('%%d')", times[0] + ".strftime('é %Y ü')", times[0] + ".strftime('%B %-d, %Y')",
    DT + "time(5, 6, 7).strftime('%H%M%S')", DT + "time(5, 6, 7, 89).isoformat()", DT + "time(13).strftime('%I %p')",
    "'{:%Y/%m}'.format(" + dates[0] + ")", "'%s' % " + dates[0], dates[0] + " | string", dates[0] + " ~ 'x'")

# making them
each(DT + "datetime.strptime('@0', '@1')", ["2024-02-29", "2023-02-29", "24-2-9", "2024-02-29 "], ["%Y-%m-%d", "%y-%m-%d"])
add(*[DT + "datetime.strptime(%r, %r)" % p for p in [
    ("20240229", "%Y%m%d"), ("2024-02-29 13:05", "%Y-%m-%d %H:%M"), ("2024-02-29T13:05:09.5", "%Y-%m-%dT%H:%M:%S.%f"),
    ("Feb 3 2021", "%b %d %Y"), ("february 03, 2021", "%B %d, %Y"), ("3:05 PM", "%I:%M %p"), ("12:00 am", "%I:%M %p"),
    ("2021 060", "%Y %j"), ("2021 W05 1", "%Y W%W %w"), ("2021 5 Sun", "%Y %U %a"), ("2020-W53-7", "%G-W%V-%u"),
    ("2021-01-01 +0200", "%Y-%m-%d %z"), ("2021-01-01 -05:30", "%Y-%m-%d %z"), ("2021-01-01 Z", "%Y-%m-%d %z"),
    ("2021-01-01 UTC", "%Y-%m-%d %Z"), ("Mon Jan  4 10:11:12 2021", "%c"), ("01/02/21", "%x"), ("10:11:12", "%X"),
    ("50%", "%d%%"), ("5", "%d%%"), ("69", "%y"), ("68", "%y"), ("x", "%Y"), ("2021", "%Q"), ("2021", "%"),
    ("2021 2021", "%Y %Y"), ("  2021   5", " %Y %m"), ("2021-13", "%Y-%m"), ("1,5", "%d,%m"), ("(1)", "(%d)"),
    ("2024-02-29 24:00", "%Y-%m-%d %H:%M"), ("61", "%S"), ("2021 366", "%Y %j"),
]])
each(DT + "@0.fromisoformat('@1')", ["date", "datetime"],
     ["2024-02-29", "20240229", "2024-W09-4", "2024W094", "2024-W09", "2024-2-9", "x", ""])
each(DT + "datetime.fromisoformat('@0')",
     ["2024-02-29T13:05", "2024-02-29 13:05:09", "2024-02-29T13:05:09.123", "2024-02-29T13:05:09.123456789",
      "2024-02-29T13:05:09Z", "2024-02-29T13:05:09+02:00", "2024-02-29T13:05:09-0530", "20240229T130509",
      "2024-02-29T13", "2024-02-29x13:05", "2024-02-29T", "2024-02-29T25:00"])
each(DT + "time.fromisoformat('@0')", ["13:05", "T13:05:09", "130509", "13:05:09.5", "13:05+01:00", "1:5", ""])
add(DT + "datetime.fromtimestamp(0)", DT + "datetime.utcfromtimestamp(1234567890)",
    DT + "datetime.fromtimestamp(1234567890.5, modules.pytz.utc)", DT + "datetime.fromordinal(738000)",
    DT + "date.fromordinal(1)", DT + "date.fromordinal(0)", DT + "date.fromtimestamp(86400)",
    DT + "date.fromisocalendar(2020, 53, 7)", DT + "date.fromisocalendar(2021, 53, 1)",
    DT + "datetime.combine(" + dates[0] + ", " + DT + "time(1, 2))", DT + "datetime.min", DT + "datetime.max",
    DT + "date.min", DT + "date.max", DT + "timedelta.max", DT + "timedelta.min", DT + "date.resolution",
    DT + "date(2023, 2, 29)", DT + "date(0, 1, 1)", DT + "date(2023, 13, 1)", DT + "date(2023, 1)",
    DT + "datetime(2023, 1, 1, 24)", DT + "datetime(2023, 1, 1, 0, 60)", DT + "date('2023', 1, 1)",
    DT + "date(year=2023, month=1, day=2)", DT + "datetime(2023, 1, 2, tzinfo=modules.pytz.utc)",
    DT + "datetime.now().year >= 2026", DT + "date.today() == " + DT + "datetime.today().date()",
    DT + "datetime.utcnow().tzinfo", DT + "datetime.now(modules.pytz.utc).tzinfo",
    DT + "datetime.now(modules.pytz.timezone('Asia/Tokyo')).utcoffset()")

# arithmetic and comparison
each("@0 + @1", dates + times, deltas)
each("@0 - @1", times[:2], deltas)
each("@0 - @1", dates + times[:1], dates[:2])
each("@0 - @1", times, times[:2])
each("@0 @1 @2", dates[:2], ["<", "<=", ">", ">=", "==", "!="], dates[:2])
each("@0 @1 @2", times[:2], ["<", ">", "=="], times[:2])
each("@0 @1 @2", [times[0]], ["<", "=="], [dates[0], "1", "'2024-02-29'", "none"])
each("@0 @1 @2", deltas[:3], ["+", "-", "/", "//", "%", "<", "=="], deltas[:3])
each("@0 @1 @2", deltas[:3], ["*", "/", "//"], ["2", "-3", "1.5", "0"])
add("3 * " + deltas[0], "2.5 * " + deltas[1], "-" + deltas[0], deltas[1] + " | abs", "1 + " + deltas[0],
    dates[0] + " + 1", dates[0] + " + " + dates[1], times[0] + " * 2", deltas[0] + " - " + dates[0],
    DT + "date.max + " + deltas[0], DT + "timedelta.max + " + deltas[0], "[" + ", ".join(dates) + "] | sort",
    "[" + ", ".join(dates) + "] | max", "[" + ", ".join(dates) + "] | min", "{" + dates[0] + ": 1}[" + dates[0] + "]",
    dates[0] + " in [" + dates[0] + "]", "[" + ", ".join(deltas) + "] | sort | first", "'t' if " + deltas[3] + " else 'f'",
    "'t' if " + dates[0] + " else 'f'", "[" + dates[0] + ", " + dates[0] + "] | unique | list", "'t' if " + DT + "time(0) else 'f'",
    "(" + dates[0] + " - " + dates[1] + ").days", "[" + deltas[0] + ", " + deltas[1] + "] | sum(start=" + deltas[3] + ")",
    DT + "time(1, 2) < " + DT + "time(1, 3)", DT + "time(1, 2) == " + DT + "time(1, 2)")
each("@0.@1", deltas, ["days", "seconds", "microseconds", "total_seconds()"])
add(DT + "timedelta(1000000000)", DT + "timedelta('1')", DT + "timedelta(hours=25)", DT + "timedelta(milliseconds=1500)",
    DT + "timedelta(days=0.000001)", DT + "timedelta(hours=-1) | string", DT + "timedelta(2, 3, 4)", DT + "time(25)",
    DT + "timedelta(bogus=1)", dates[0] + ".bogus is defined", times[0] + ".bogus is defined", times[0] + ".replace(month=13)")

# zones
zones = ["UTC", "US/Eastern", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
each("modules.pytz.timezone('@0')", zones + ["Mars/Olympus", "utc"])
each("modules.pytz.timezone('@0').zone", zones)
each("modules.pytz.timezone('@0').localize(" + DT + "datetime(2024, @1, 15, 12))", zones, ["1", "7"])
each("modules.pytz.utc.localize(" + times[0] + ").astimezone(modules.pytz.timezone('@0'))", zones)
each("modules.pytz.timezone('@0').localize(" + DT + "datetime(2024, 7, 15, 12)).@1", zones[1:4],
     ["tzname()", "utcoffset()", "dst()", "strftime('%z %Z')", "isoformat()", "timestamp()", "tzinfo", "utctimetuple()",
      "astimezone(modules.pytz.utc)", "timetuple().tm_isdst"])
eastern = "modules.pytz.timezone('US/Eastern')"
add(eastern + ".localize(" + DT + "datetime(2024, 3, 10, 2, 30))", eastern + ".localize(" + DT + "datetime(2024, 11, 3, 1, 30))",
    eastern + ".localize(" + DT + "datetime(2024, 3, 10, 2, 30), is_dst=True)",
    eastern + ".localize(" + DT + "datetime(2024, 11, 3, 1, 30), is_dst=True)",
    eastern + ".localize(" + DT + "datetime(2024, 3, 10, 2, 30), is_dst=none)",
    eastern + ".localize(" + DT + "datetime(2024, 11, 3, 1, 30), is_dst=none)",
    eastern + ".localize(modules.pytz.utc.localize(" + times[0] + "))",
    eastern + ".normalize(" + eastern + ".localize(" + DT + "datetime(2024, 3, 10, 1, 30)) + " + DT + "timedelta(hours=1))",
    eastern + ".localize(" + DT + "datetime(2024, 3, 10, 1, 30)) + " + DT + "timedelta(hours=1)",
    DT + "datetime(2024, 1, 1, tzinfo=" + eastern + ")", eastern + ".fromutc is defined",
    "modules.pytz.utc.localize(" + times[0] + ") - modules.pytz.utc.localize(" + times[1] + ")",
    "modules.pytz.utc.localize(" + times[0] + ") < " + times[0], "modules.pytz.utc.localize(" + times[0] + ") == " + times[0],
    "modules.pytz.utc.localize(" + times[0] + ") == " + eastern + ".localize(" + DT + "datetime(2024, 2, 29, 8, 5, 9))",
    "[modules.pytz.utc.localize(" + times[0] + ")]", "[" + eastern + ".localize(" + times[0] + ")]", "[" + eastern + "]",
    "modules.pytz.FixedOffset(90)", DT + "datetime(2024, 1, 1, tzinfo=modules.pytz.FixedOffset(-90))",
    "modules.pytz.UTC", "[modules.pytz.UTC]", times[0] + ".astimezone(modules.pytz.utc)", times[0] + ".astimezone()",
    DT + "timezone.utc", DT + "timezone(" + DT + "timedelta(hours=5, minutes=30))", "[" + DT + "timezone(" + DT + "timedelta(hours=-5), 'EST')]",
    DT + "datetime(2024, 1, 1, tzinfo=" + DT + "timezone.utc)", "[" + DT + "datetime(2024, 1, 1, tzinfo=" + DT + "timezone.utc)]",
    DT + "datetime(2024, 1, 1, tzinfo=" + DT + "timezone.utc).astimezone(" + eastern + ")", DT + "timezone(" + DT + "timedelta(days=1))",
    DT + "datetime(2024, 1, 1, tzinfo='UTC')", DT + "time(1, 2, tzinfo=" + DT + "timezone.utc)")

add("modules.pytz.all_timezones | length", "modules.pytz.common_timezones | length", "'Europe/Prague' in modules.pytz.all_timezones",
    "modules.pytz.all_timezones[0]", "modules.pytz.all_timezones[-1]", "modules.pytz.common_timezones[5]")

# regular expressions
R = "modules.re."
patterns = [r"(\\w+)@(\\w+)\\.com", r"(?P<a>\\d+)-(?P<b>\\d+)?", r"[^a-c]+", r"^\\s*$", r"x*", r"\\bfoo\\b", r"(a)|(b)", r"(?i)HELLO", r"a{2,3}",
            r"(?<=a)b", r"(?!x)\\w", r"(\\w)\\1", r"", r"[\\]\\-]", r"\\d{,2}"]
texts = ["joe@site.com, ann@x.com", "12-34 5-", "abcxyz", "  ", "hello Hello", "foo food foo", "aab", "a-b]c"]
each(R + "findall('@0', '@1')", patterns, texts)
each(R + "@0('@1', '@2') is none", ["search", "match", "fullmatch"], patterns, texts[:4])
each(R + "sub('@0', '<\\\\g<0>>', '@1')", patterns, texts)
each(R + "split('@0', '@1')", patterns, texts[:7])
m = R + r"match('(?P<year>\\d{4})-(?P<month>\\d\\d)(-(\\d\\d))?', '2024-02 and more')"
each(m + ".@0", ["group()", "group(0)", "group(1)", "group('month')", "group(1, 2)", "groups()", "groups('x')", "groupdict()",
                 "groupdict('y')", "start()", "end()", "span()", "span('month')", "start(3)", "string", "re", "lastindex",
                 "lastgroup", "pos", "endpos", "expand('\\\\2/\\\\1')", "expand('\\\\g<month>')", "group(9)", "group('x')"])
add(m, m + "[1]", m + "['year']", "'t' if " + m + " else 'f'",
    R + r"sub('(\\w+) (\\w+)', '\\\\2 \\\\1', 'hello world')", R + r"sub('a', 'b', 'aaaa', 2)", R + r"sub('a', 'b', 'aaaa', count=3)",
    R + r"subn('a', 'b', 'aaaa')", R + r"sub('A', 'b', 'aAa', flags=modules.re.IGNORECASE)", R + r"sub('a', '\\\\q', 'a')",
    R + r"sub('(a)', '\\\\2', 'a')", R + r"sub('a', '\\\\n', 'xax')", R + r"split(',', 'a,b,c', 1)", R + r"split('(,)', 'a,b,c', maxsplit=1)",
    R + r"escape('a.b*c[d] e-f_g')", R + "escape('')", R + r"compile('a(b)c')", R + r"compile('a', modules.re.I)",
    R + r"compile('(?P<x>a)').groupindex", R + r"compile('a(b)').groups", R + r"compile('a').pattern", R + r"compile('a', 2).flags",
    R + r"compile('a').sub('b', 'aa')", R + r"compile('a+').findall('aa a')", R + r"compile('b').search('abc').start()",
    R + r"compile('b').search('abcb', 2).start()", R + r"compile('a').match('ba', 1).span()",
    R + r"compile('a').search('xa', 0, 1) is none", R + r"search('(', 'a')", R + r"search('a', 1)", R + r"search('*', 'a')",
    R + r"search('^b', 'a\nb', modules.re.MULTILINE).start()", R + r"search('a.b', 'a\nb', modules.re.DOTALL) is none",
    R + r"search('a b # c', 'ab', modules.re.VERBOSE) is none", R + r"search('b$', 'ab\n').start()", R + r"search('b\\Z', 'ab\n') is none",
    R + r"findall('\\w+', 'žluť kůň 東京')", R + r"findall('\\w+', 'žluť', modules.re.ASCII)", R + r"findall('[α-ω]+', 'abc γδε')",
    R + r"search('(?P<q>[\"x]).*?(?P=q)', 'a x y x').group()", R + r"findall('(?:a|b)+', 'abba c')", R + r"findall('a(?#comment)b', 'ab')",
    R + r"sub('(?P<n>\\d)', '[\\\\g<n>]', 'a1b2')", R + r"sub('^', '> ', 'a\nb', flags=modules.re.M)", R + r"findall('\\.', 'a.b')",
    R + r"findall('\\d+', '١٢ 12')", R + r"split('\\s+', ' a  b ')", R + r"split('', 'abc')", R + r"sub('', '-', 'abc')",
    R + r"findall('(?m)^.', 'a\nb')", R + r"search('é', 'caf\u00e9').span()", R + r"fullmatch('a|ab', 'ab').group()",
    R + r"match('a|ab', 'ab').group()", R + r"I", R + r"M + modules.re.S + modules.re.X", R + r"findall('{', 'a{b')", R + r"findall('a{x}', 'a{x}')",
    R + r"findall('(?i:A)b', 'ab aB')", R + r"findall('[[a]', '[a')", R + r"findall('\\x41|\\u0042', 'ABC')", R + r"findall('\\101', 'A')",
    R + r"findall('(a)?(?(1)b|c)', 'ab c')", R + r"findall('(?>a+)b', 'aab')",
    R + r"sub('(?P<x>a)(?P<x>b)', '', 'ab')", R + r"search('(?P<1x>a)', 'a')", R + r"search('[', 'a')", R + r"search('\\', 'a')")
add(R + "finditer('a', 'banana') | map(attribute='span') | list | length", R + "finditer('an', 'banana') | list | length")

# itertools
I = "modules.itertools."
add(*[I + x for x in [
    "chain([1, 2], 'ab', (3,)) | list", "chain() | list", "chain.from_iterable([[1], [2, 3]]) | list", "chain([1], 2) | list",
    "product([1, 2], 'ab') | list", "product([1, 2], repeat=2) | list", "product() | list", "product([], [1]) | list",
    "product('ab', 'cd', 'ef') | list | length", "permutations([1, 2, 3]) | list", "permutations([1, 2, 3], 2) | list",
    "permutations([1], 2) | list", "permutations([]) | list", "combinations('abcd', 2) | list", "combinations('abcd', 0) | list",
    "combinations('ab', 3) | list", "combinations([1, 2, 3], 3) | list", "combinations_with_replacement('abc', 2) | list",
    "combinations_with_replacement('', 2) | list", "combinations_with_replacement('a', 3) | list", "zip_longest([1, 2, 3], 'a') | list",
    "zip_longest([1, 2], 'a', fillvalue='-') | list", "zip_longest() | list", "islice([1, 2, 3, 4], 2) | list",
    "islice([1, 2, 3, 4], 1, 3) | list", "islice([1, 2, 3, 4], 0, none, 2) | list", "islice([1], -1) | list",
    "islice(modules.itertools.count(5), 3) | list", "islice(modules.itertools.count(1, 2), 3) | list",
    "islice(modules.itertools.count(0.5, 0.25), 3) | list", "islice(modules.itertools.cycle('ab'), 5) | list",
    "repeat('x', 3) | list", "repeat('x', 0) | list", "islice(modules.itertools.repeat(1), 2) | list", "accumulate([1, 2, 3]) | list",
    "accumulate([1, 2, 3], initial=10) | list", "accumulate(['a', 'b']) | list", "accumulate([]) | list",
    "compress('abcd', [1, 0, 1]) | list", "pairwise([1, 2, 3]) | list", "pairwise([1]) | list",
    "filterfalse(none, [0, 1, '', 'a']) | list", "starmap(range, [(1, 3), (2,)]) | map('list') | list", "tee([1, 2]) | length",
    "tee([1, 2])[1] | list", "tee([1, 2], 3) | map('list') | list", "islice('abc', 1, none) | join", "groupby('aab') | map('first') | list",
    "groupby('aabba') | list | length", "cycle([]) | list", "count('a') | first",
    "dropwhile('x'.startswith, ['x', 'y', 'x']) | list", "takewhile('xx'.startswith, ['x', 'y', 'x']) | list",
    "filterfalse('xy'.startswith, ['x', 'y']) | list", "bogus(1)",
]])

# decimals, as results have them
values = ["1.50", "2", "-0.005", "1E+3", "12345678901234567890.123", "0", "0.0000001", "2.675"]
each("D('@0')", values)
each("[D('@0')]", values)
each("D('@0') @1 D('@2')", values[:6], ["+", "-", "*", "/", "//", "%", "==", "<"], ["1.50", "3", "-0.005", "0.00"])
each("D('@0') @1 @2", values[:4], ["+", "-", "*", "/", "//", "%", "**", "==", "<", ">="], ["2", "7", "true"])
each("@2 @1 D('@0')", values[:4], ["+", "-", "*", "/", "//", "%", "=="], ["2", "7"])
each("D('@0') @1 1.5", values[:2], ["+", "*", "==", "<", ">"])
each("D('@0') | @1", values, ["int", "float", "abs", "string", "round", "round(2)", "round(1, 'ceil')", "round(0, 'floor')"])
each("'@1'.format(D('@0'))", values[:5] + ["2.675"], ["{}", "{:.2f}", "{:,.1f}", "{:,}", "{:>12}", "{:.1%}", "{:f}"])
each("'%@1' % D('@0')", ["1.50", "-3.99"], ["s", "d", "f", ".1f", "r"])
add("-D('1.5')", "+D('1.5')", "D('1.50').quantize(D('0.1'))", "D('1.500').normalize()", "D('100').normalize()", "D('1.5').is_signed()",
    "D('2.5').to_integral_value()", "D('3.5').to_integral_value()", "{1: 'a'}[D('1.0')]", "{0.5: 'a'}[D('0.5')]", "D('2') in [1, 2]",
    "[D('3'), 1, D('2.5')] | sort", "[D('1'), 2] | sum", "D('1') is number", "D('0') and 1", "D('x')", "[D('1.5'), 2] | max",
    "D('1') / 3", "D('2') / 3", "D('-2') / 3", "D('1') / D('7')", "D('10') / D('4')", "D('100') / 4", "1 / D('1024')", "range(3)[D('1') | int]")

env = jinja2.Environment()
env.globals["modules"] = {
    "datetime": datetime, "pytz": pytz, "re": re, "itertools": itertools,
}
env.globals["D"] = decimal.Decimal

entries = []
for e in dict.fromkeys(E):
    entry = {"expression": e}
    try:
        entry["output"] = env.from_string("{{ " + e + " }}").render()
    except Exception as x:
        entry["error"] = type(x).__name__
    entries.append(entry)

pathlib.Path(__file__).with_name("corpus.json").write_text(
    "[\n" + ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries) + "\n]\n")
print(len(entries), "expressions,", sum("error" in e for e in entries), "of them errors")
