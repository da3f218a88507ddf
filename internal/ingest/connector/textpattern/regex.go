package textpattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// regex matches lines from start to end.
type regex struct {
	whole *regexp.Regexp
	named []string
	// group has the number of each name's groups: a name may stand in several.
	group [][]int
	// parts are the expressions that stand one behind the other; starts[n] is
	// the first n of them, made when a line departs for the first time.
	parts  []part
	starts []func() *regexp.Regexp
}

// part is an expression, and what it is for people.
type part struct{ expression, shown string }

// newRegex compiles an expression whose named groups are the values.
func newRegex(expression string) (*regex, error) { return newNamedRegex(expression, nil) }

// newNamedRegex is newRegex, where names tells what groups stand for; those it
// does not have stand for themselves.
func newNamedRegex(expression string, names map[string]string) (*regex, error) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("%w (lookarounds and references back are not part of RE2)", err)
	}
	whole, err := regexp.Compile(`\A(?:` + expression + `)\z`)
	if err != nil {
		return nil, err
	}
	r := &regex{whole: whole}
	for i, name := range whole.SubexpNames() {
		if name == "" {
			continue
		}
		if meant, ok := names[name]; ok {
			name = meant
		}
		at := slices.Index(r.named, name)
		if at < 0 {
			at = len(r.named)
			r.named, r.group = append(r.named, name), append(r.group, nil)
		}
		r.group[at] = append(r.group[at], i)
	}
	r.parts = partsOf(tree, names)
	start := `\A`
	for _, p := range r.parts {
		start += p.expression
		start := start
		r.starts = append(r.starts, sync.OnceValue(func() *regexp.Regexp {
			compiled, err := regexp.Compile(start)
			if err != nil { // of a part that means something else by itself
				return nil
			}
			return compiled
		}))
	}
	return r, nil
}

// partsOf are the expressions that stand one behind the other.
func partsOf(tree *syntax.Regexp, names map[string]string) (parts []part) {
	for tree.Op == syntax.OpCapture && tree.Name == "" {
		tree = tree.Sub[0]
	}
	subs := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		subs = tree.Sub
	}
	for _, sub := range subs {
		p := part{"(?:" + sub.String() + ")", sub.String()}
		switch {
		case sub.Op == syntax.OpLiteral:
			p.shown = strconv.Quote(string(sub.Rune))
		case sub.Op == syntax.OpCapture && names[sub.Name] != "":
			p.shown = names[sub.Name]
		case sub.Op == syntax.OpCapture && sub.Name != "":
			p.shown = sub.Name
		case len(p.shown) > longestShown:
			p.shown = strings.ToValidUTF8(p.shown[:longestShown], "") + "…"
		}
		parts = append(parts, p)
	}
	return parts
}

const longestShown = 60

func (r *regex) names() []string { return r.named }

func (r *regex) match(line []byte, values [][]byte) *departure {
	at := r.whole.FindSubmatchIndex(line)
	if at == nil {
		return r.departs(line)
	}
	for i, groups := range r.group {
		values[i] = nil
		for _, g := range groups {
			if lo, hi := at[2*g], at[2*g+1]; lo >= 0 && values[i] == nil {
				values[i] = line[lo:hi:hi]
			}
		}
	}
	return nil
}

// departs finds the most parts that the line starts with.
func (r *regex) departs(line []byte) *departure {
	end := 0
	n := sort.Search(len(r.starts), func(i int) bool {
		start := r.starts[i]()
		return start == nil || !start.Match(line)
	})
	if n > 0 {
		if at := r.starts[n-1]().FindIndex(line); at != nil {
			end = at[1]
		}
	}
	if n == len(r.parts) {
		return &departure{end, "more text behind the pattern's end"}
	}
	return &departure{end, "no " + r.parts[n].shown}
}
