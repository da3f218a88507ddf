package sqlast

import "strings"

// matching reads a pattern that only one text matches as a comparison with that
// text. So do clients of PostgreSQL ask for one table: ^(orders)$.
func matching(n Node) (c Condition, about string, ok bool) {
	children := nodes(list(n, "children"))
	if len(children) < 2 || n["filter"] != nil {
		return c, "", false
	}
	typ, pattern, ok := Literal(children[1])
	if !ok || typ != "VARCHAR" {
		return c, "", false
	}
	var only string
	switch name := strings.ToLower(text(n, "function_name")); {
	case (name == "regexp_matches" || name == "regexp_full_match" || name == "~") && len(children) == 2:
		only, ok = matchedText(pattern)
	case name == "~~" && len(children) == 2:
		only, ok = likeText(pattern, 0)
	case name == "like_escape" && len(children) == 3:
		_, escape, literal := Literal(children[2])
		if !literal || len(escape) != 1 {
			return c, "", false
		}
		only, ok = likeText(pattern, escape[0])
	default:
		return c, "", false
	}
	if !ok {
		return c, "", false
	}
	return columnCondition(children[0], "=", []Node{constant("VARCHAR", only)})
}

// matchedText is the one text that a regular expression matches, which is bound
// at both ends; false is that there may be others.
func matchedText(pattern string) (only string, ok bool) {
	pattern, begins := strings.CutPrefix(pattern, "^")
	pattern, ends := strings.CutSuffix(pattern, "$")
	if !begins || !ends {
		return "", false
	}
	if strings.HasPrefix(pattern, "(") && strings.HasSuffix(pattern, ")") {
		pattern = pattern[1 : len(pattern)-1]
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch at := pattern[i]; {
		case at == '\\' && i+1 < len(pattern) && strings.IndexByte(regexpSigns, pattern[i+1]) >= 0:
			i++
			b.WriteByte(pattern[i])
		case at == '\\' || strings.IndexByte(regexpSigns, at) >= 0:
			return "", false
		default:
			b.WriteByte(at)
		}
	}
	return b.String(), true
}

// regexpSigns mean something else in a regular expression than themselves, unless
// a backslash stands before them.
const regexpSigns = `\.+*?()|[]{}^$`

// likeText is the one text that a pattern of LIKE matches; escape 0 is none.
func likeText(pattern string, escape byte) (only string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch at := pattern[i]; {
		case escape != 0 && at == escape:
			if i++; i == len(pattern) {
				return "", false
			}
			b.WriteByte(pattern[i])
		case at == '%' || at == '_':
			return "", false
		default:
			b.WriteByte(at)
		}
	}
	return b.String(), true
}
