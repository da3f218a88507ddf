package pymodule

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
)

// matchTimeout ends matches that would take for ever.
const matchTimeout = 2 * time.Second

// flag is a set of Python's flags of regular expressions.
type flag int64

const (
	flagIgnoreCase flag = 2
	flagLocale     flag = 4
	flagMultiline  flag = 8
	flagDotAll     flag = 16
	flagUnicode    flag = 32
	flagVerbose    flag = 64
	flagASCII      flag = 256
)

func reModule() *module {
	m := &module{name: "re", attrs: map[string]any{
		"compile": jinja.NewFunc("compile", reCompile),
		"escape":  jinja.NewFunc("escape", reEscape),
		"purge":   jinja.NewFunc("purge", func(c *jinja.Call) (any, error) { _, err := c.Bind(); return nil, err }),
		"Pattern": newClass("re.Pattern", notMade, nil), "Match": newClass("re.Match", notMade, nil),
	}}
	for name, f := range patternCalls() {
		m.attrs[name] = jinja.NewFunc(name, func(c *jinja.Call) (any, error) {
			if len(c.Args) == 0 {
				return nil, errors.New("needs the argument `pattern`")
			}
			inner, flags, err := withoutFlags(c, f.params)
			if err != nil {
				return nil, err
			}
			p, err := patternOf(c.Args[0], flags)
			if err != nil {
				return nil, err
			}
			return f.call(p, inner)
		})
	}
	for name, f := range map[string]flag{
		"IGNORECASE": flagIgnoreCase, "LOCALE": flagLocale, "MULTILINE": flagMultiline, "DOTALL": flagDotAll,
		"UNICODE": flagUnicode, "VERBOSE": flagVerbose, "ASCII": flagASCII, "NOFLAG": 0,
	} {
		m.attrs[name] = int64(f)
		if f != 0 {
			short := name[:1]
			if f == flagDotAll {
				short = "S"
			} else if f == flagVerbose {
				short = "X"
			}
			m.attrs[short] = int64(f)
		}
	}
	return m
}

func notMade(*jinja.Call) (any, error) {
	return nil, errors.New("is made by re.compile and by matching, not by calling it")
}

// withoutFlags takes pattern and flags out of a call of the module, which
// leaves the call of the pattern's method.
func withoutFlags(c *jinja.Call, params int) (*jinja.Call, flag, error) {
	inner := *c
	inner.Args = c.Args[1:]
	inner.Named = nil
	var flags any = int64(0)
	if len(inner.Args) > params {
		flags = inner.Args[params]
		inner.Args = inner.Args[:params]
	}
	for _, n := range c.Named {
		if n.Name == "flags" {
			flags = n.Value
		} else {
			inner.Named = append(inner.Named, n)
		}
	}
	v, ok := flags.(int64)
	if !ok {
		return nil, 0, fmt.Errorf("flags are a number, not %s", python.TypeName(flags))
	}
	return &inner, flag(v), nil
}

func reCompile(c *jinja.Call) (any, error) {
	b, err := c.Bind("pattern", "flags?")
	if err != nil {
		return nil, err
	}
	flags, err := b.Int(1, 0)
	if err != nil {
		return nil, err
	}
	return patternOf(b.Any(0, nil), flag(flags))
}

// special are the characters that escape puts a backslash before.
const special = "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"

func reEscape(c *jinja.Call) (any, error) {
	b, err := c.Bind("pattern")
	if err != nil {
		return nil, err
	}
	s, err := b.String(0, "")
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for _, r := range s {
		if strings.ContainsRune(special, r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String(), nil
}

// pattern is a compiled regular expression.
type pattern struct {
	text    string
	flags   flag
	groups  int
	names   []string // by number; empty: the group has none
	find    *regexp2.Regexp
	advance *regexp2.Regexp // the same, but it never matches nothing where it starts
	whole   *regexp2.Regexp // the same, up to the end of the text
}

type patternKey struct {
	text  string
	flags flag
}

// patternCache holds what was compiled; it is emptied when it grows.
var patternCache = struct {
	sync.Mutex
	patterns map[patternKey]*pattern
}{patterns: map[patternKey]*pattern{}}

func patternOf(v any, flags flag) (*pattern, error) {
	if p, ok := v.(*pattern); ok {
		if flags != 0 {
			return nil, errors.New("a compiled pattern has its flags already")
		}
		return p, nil
	}
	text, ok := v.(string)
	if !ok {
		return nil, fmt.Errorf("a pattern is a str, not %s", python.TypeName(v))
	}
	key := patternKey{text, flags}
	patternCache.Lock()
	defer patternCache.Unlock()
	if p := patternCache.patterns[key]; p != nil {
		return p, nil
	}
	p, err := compile(text, flags)
	if err != nil {
		return nil, err
	}
	if len(patternCache.patterns) >= 512 {
		clear(patternCache.patterns)
	}
	patternCache.patterns[key] = p
	return p, nil
}

func compile(text string, flags flag) (*pattern, error) {
	t := &translator{flags: flags, names: []string{""}}
	body, err := t.translate(text)
	if err != nil {
		return nil, err
	}
	p := &pattern{text: text, flags: t.flags | flagUnicode, groups: len(t.names) - 1, names: t.names}
	if t.flags&flagASCII != 0 {
		p.flags &^= flagUnicode
	}
	for to, form := range map[**regexp2.Regexp]string{
		&p.find: "%s(?:%s)", &p.advance: `%s(?:%s)(?!\G)`, &p.whole: `%s(?:%s)\z`,
	} {
		r, err := regexp2.Compile(fmt.Sprintf(form, t.prefix(), body), regexp2.OptionMaxBacktrackingStackSize(1<<20))
		if err != nil {
			return nil, fmt.Errorf("%s is no pattern: %w", quoted(text), err)
		}
		r.MatchTimeout = matchTimeout
		*to = r
	}
	return p, nil
}

// Attr returns a part or a method.
func (p *pattern) Attr(name string) (any, bool) {
	switch name {
	case "pattern":
		return p.text, true
	case "flags":
		return int64(p.flags), true
	case "groups":
		return p.groups, true
	case "groupindex":
		d := python.NewDict()
		for i, n := range p.names {
			if n != "" {
				d.SetString(n, int64(i))
			}
		}
		return d, true
	}
	f, ok := patternCalls()[name]
	if !ok {
		return nil, false
	}
	return jinja.NewFunc(name, func(c *jinja.Call) (any, error) { return f.call(p, c) }), true
}

// TypeName is Python's.
func (p *pattern) TypeName() string { return "re.Pattern" }

// Str prints as the call that makes it.
func (p *pattern) Str() string {
	var names []string
	for _, f := range []struct {
		is   flag
		name string
	}{{flagASCII, "ASCII"}, {flagIgnoreCase, "IGNORECASE"}, {flagMultiline, "MULTILINE"}, {flagDotAll, "DOTALL"}, {flagVerbose, "VERBOSE"}} {
		if p.flags&f.is != 0 {
			names = append(names, "re."+f.name)
		}
	}
	s := "re.compile(" + quoted(p.text)
	if names != nil {
		s += ", " + strings.Join(names, "|")
	}
	return s + ")"
}
