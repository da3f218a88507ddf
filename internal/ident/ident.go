// Package ident is for names: how tables are called, how a name is quoted in
// SQL, and which known name a misspelt one was meant to be.
//
// It promises that a quoted name or literal is safe to place in SQL text, and
// that two names are the same table exactly when [Table.Key] is equal.
// It leaves to others what a name stands for.
package ident

import (
	"fmt"
	"strings"
)

// DefaultNamespace is the namespace that unqualified table names resolve in.
const DefaultNamespace = "main"

// Table names a table or a view of the lake: a namespace (its levels joined by
// dots) and a name within it.
type Table struct {
	Namespace string
	Name      string
}

// String returns the name as people type it, "retail.invoices"; without a Name it
// is that of the namespace.
func (t Table) String() string {
	if t.Name == "" {
		return t.Namespace
	}
	return t.Namespace + "." + t.Name
}

// IsZero reports whether t names nothing.
func (t Table) IsZero() bool { return t == Table{} }

// Key returns the form in which names are compared: names that differ only by
// case are the same name, as in the embedded engine.
func (t Table) Key() string { return Fold(t.Namespace) + "." + Fold(t.Name) }

// Sibling returns the table whose name is t's with suffix added, such as the
// quarantine beside a raw table.
func (t Table) Sibling(suffix string) Table {
	return Table{Namespace: t.Namespace, Name: t.Name + suffix}
}

// ParseTable reads "name" or "namespace.name"; an unqualified name gets the
// default namespace. Everything before the last dot is the namespace.
func ParseTable(s string) (Table, error) {
	s = strings.TrimSpace(s)
	ns, name := DefaultNamespace, s
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		ns, name = s[:i], s[i+1:]
	}
	if ns == "" || name == "" {
		return Table{}, fmt.Errorf("%q is not a table name: write name or namespace.name", s)
	}
	return Table{Namespace: ns, Name: name}, nil
}

// Fold returns the form of one name part in which names are compared.
func Fold(s string) string { return strings.ToLower(s) }

// Quote returns s as a quoted SQL identifier.
func Quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// Literal returns s as a SQL string literal.
func Literal(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

// Cut cuts the name that text starts with, of which it says whether it has quotes.
// What follows is nothing or starts with a point; ok is false where it does not.
func Cut(text string) (name, rest string, quoted, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexByte(text, '.')
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], false, true
	}
	for end := 1; end < len(text); end++ {
		switch {
		case text[end] != '"':
		case strings.HasPrefix(text[end+1:], `"`):
			end++
		default:
			rest = text[end+1:]
			return strings.ReplaceAll(text[1:end], `""`, `"`), rest, true, rest == "" || rest[0] == '.'
		}
	}
	return "", "", true, false
}

// QuoteAll quotes each name and joins them with commas.
func QuoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = Quote(n)
	}
	return strings.Join(quoted, ", ")
}
