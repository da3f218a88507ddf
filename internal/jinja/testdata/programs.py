"""Random templates for corpus.py: what nobody would write by hand.

They are made to mix scopes, types and whitespace control; most of their
expressions are valid, as an error ends a template.
"""

import random

NAMES = ["n", "n", "xs", "words", "d", "s", "a", "n", "f", "s", "xs", "words", "d", "users", "t", "no", "nil", "a", "b",
         "c", "ns", "undef", "empty", "nested", "mixed", "num", "lines"]
LITERALS = ["1", "0", "-2", "3", "2.5", '"x"', '"a,b"', "[1, 2]", "[]", '{"a": 1}', "(1, 2)", "none", "true", "false",
            '"%s"', '""', '[["k", 1], ["l", 2]]', "1e3", '"Hello"', "10", "{}", "7"]
FILTERS = ["upper", "lower", "length", "first", "last", 'join("-")', "sort", "unique|list", 'default("D")', "string", "int",
           "float", "list", "reverse|list", "title", "trim", 'replace("a","b")', "abs", "round(1)", "sum", "max", "min",
           'map("string")|list', "select|list", "indent(2)", "capitalize", "batch(2)|list", "wordcount", "dictsort",
           "items|list", 'selectattr("on")|list', 'map(attribute="name")|list', "truncate(4)", "center(7)", "slice(2)|list",
           'attr("x")', "count", 'reject("odd")|list', "format(1)", 'groupby("age")|list', 'groupby("age")|map("first")|list',
           "wordwrap(4)", "pprint", "urlencode", "striptags", "filesizeformat", 'map("upper")|join', 'rejectattr("on")|map(attribute="age")|sum',
           'sort(attribute="age")|first', 'replace("o","0",1)', 'default("x",true)', 'selectattr("age","gt",30)|list|length']
TESTS = ["defined", "undefined", "none", "string", "number", "mapping", "iterable", "sequence", "odd", "even",
         "divisibleby 2", "eq 1", "in [1,2]", "callable", "sameas none", "lower", "true", "boolean", "integer", "float"]
PARTS = ["upper()", 'split(",")', "items()", "keys()", "append(1)", 'get("a")', 'get("z", 1)', "pop()", "strip()",
         'startswith("H")', "format(1, x=2)", 'join(["p","q"])', 'update({"q": 1})', "extend([1])", "index(1)", 'count("a")',
         'partition("o")', 'find("o")', 'isdigit()', 'zfill(4)', 'rsplit("o",1)', 'endswith(("d","x"))', "real",
         "values()", "copy()", 'replace("l","")', "title()", "splitlines()", "a", "name", "0", "c.x", "insert(0, 5)",
         'setdefault("k", [])', "sort()", "reverse()"]
SLICES = ["0", "-1", "1:", "::-1", ":2", "-2:", '"a"', "n", "1:3"]
LOOP = ["index", "last", "first", "length", "nextitem", "previtem", "revindex0", "cycle(1,2)", "changed(n)"]
TEXTS = [" ", "\n", "x", "  \n y", "{", "a b", "%", "}", "\t|", "", ";"]


INCLUDED = ["plain", "show", "sets", "nested", "newline", "macros", "middle"]


class Program:
    def __init__(self, r):
        self.r = r
        self.loops = 0

    def pick(self, *choices):
        """One of the choices, each a weight and a function."""
        return self.r.choices([c for _, c in choices], [w for w, _ in choices])[0]()

    def one(self, items):
        return self.r.choice(items)

    def expr(self, d=0):
        e = lambda: self.expr(d + 1)
        simple = lambda: self.one(LITERALS if self.r.random() < 0.4 else NAMES)
        if d > 2:
            return simple()
        return self.pick(
            (35, simple),
            (8, lambda: f"{e()} {self.one(['+', '*', '%', '~', '~', '~'])} {e()}"),
            (6, lambda: f"{e()} {self.one(['==', '!=', '<', '>', '<=', '>=', 'in', 'not in'])} {e()}"),
            (8, lambda: f"{e()} {self.one(['and', 'or'])} {e()}"),
            (3, lambda: f"not {e()}"),
            (13, lambda: f"{e()} | {self.one(FILTERS)}"),
            (6, lambda: f"{e()} is {self.one(['', 'not '])}{self.one(TESTS)}"),
            (8, lambda: f"{self.one(NAMES)}.{self.one(PARTS)}"),
            (4, lambda: f"({e()} if {e()} else {e()})"),
            (3, lambda: f"({e()})"),
            (4, lambda: f"{self.one(NAMES)}[{self.one(SLICES)}]"),
            (2, lambda: f"[{e()}, {e()}]"),
            (2, lambda: '{"k": ' + e() + "}"),
            (1, lambda: f"{self.one(['m1', 'm2'])}({e()})"),
            (2, lambda: f"loop.{self.one(LOOP)}"),
        )

    def tag(self, text):
        return "{%" + self.one(["", "", "", "-", "+"]) + f" {text} " + self.one(["", "", "", "-", "+"]) + "%}"

    def print(self):
        return "{{" + self.one(["", "", "", "-"]) + f" {self.expr()} " + self.one(["", "", "", "-"]) + "}}"

    def body(self, d):
        return "".join(self.stmt(d + 1) for _ in range(self.r.randint(1, 3)))

    def stmt(self, d=0):
        if d > 3:
            return self.print()
        name = self.one(["a", "b", "c", "x", "n", "s"])
        e = lambda depth=2: self.expr(depth)
        block = lambda head, end: self.tag(head) + self.body(d) + self.tag(end)
        if self.loops and self.r.random() < 0.06:
            return self.tag(f"if {e()}") + self.tag(self.one(["break", "continue"])) + self.tag("endif")
        return self.pick(
            (38, self.print),
            (14, lambda: self.one(TEXTS)),
            (11, lambda: self.tag(f"set {name} = {e(1)}")),
            (2, lambda: block(f"set {name}", "endset")),
            (2, lambda: self.tag("set ns = namespace(a=1)") + self.tag(f"set ns.a = {e()}") + "{{ ns.a }}"),
            (10, lambda: self.conditional(d)),
            (13, lambda: self.loop(d, name)),
            (2, lambda: self.tag(f'include "{self.one(INCLUDED)}"' + self.one(["", "", " without context"]))),
            (1, lambda: self.tag('import "macros" as m' + self.one(["", " with context"])) + "{{ m.hello(" + e() + ") }}{{ m.ctx() }}"),
            (1, lambda: self.tag(f'from "macros" import hello as m2, {self.one(["version", "ctx"])} as {name}')),
            (1, lambda: self.tag("macro m1(p)") + "{{ caller(p) if caller else p }}" + self.body(d) + self.tag("endmacro")),
            (4, lambda: block(f"macro {self.one(['m1', 'm2'])}({self.one(['', 'p', 'p, q=1', 'p=n, q=p', 'a, b=2'])})", "endmacro")),
            (2, lambda: self.tag(f"do {self.one(['xs', 'words', 'd', 'a'])}.{self.one(PARTS)}")),
            (1, lambda: block(f"with {name}={e()}", "endwith")),
            (1, lambda: block("filter " + self.one(["upper", "trim", 'replace("a","b")']), "endfilter")),
            (1, lambda: block(f"call({self.one(['', 'p'])}) m1({e()})", "endcall")),
            (1, lambda: "{#" + self.one(["", "-"]) + " c " + self.one(["", "-"]) + "#}"),
        )

    def conditional(self, d):
        text = self.tag(f"if {self.expr(1)}") + self.body(d)
        if self.r.random() < 0.3:
            text += self.tag(f"elif {self.expr(1)}") + self.body(d)
        if self.r.random() < 0.5:
            text += self.tag("else") + self.body(d)
        return text + self.tag("endif")

    def loop(self, d, name):
        over = self.one(["xs", "words", "users", "d", "d.items()", "range(3)", "[1, 2]", "[(1, 2), (3, 4)]", "s", self.expr(2)])
        test = f" if {self.expr(2)}" if self.r.random() < 0.2 else ""
        recursive = " recursive" if self.r.random() < 0.05 else ""
        text = self.tag(f"for {self.one([name, name, name, 'a, b'])} in {over}{test}{recursive}")
        self.loops += 1
        text += self.body(d)
        self.loops -= 1
        if self.r.random() < 0.2:
            text += self.tag("else") + self.body(d)
        return text + self.tag("endfor")


def programs(seed, n):
    """n random templates; the same ones for the same seed."""
    p = Program(random.Random(seed))
    return ["".join(p.stmt() for _ in range(p.r.randint(1, 5))) for _ in range(n)]
