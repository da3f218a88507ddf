package pgwire

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// prepare reads PREPARE name (types) AS statement: a statement as those of the
// extended protocol, in SQL.
func (c *conn) prepare(w *words) (*command, error) {
	if w.accept("TRANSACTION") {
		return nil, fail("0A000", "transactions in two phases are not supported")
	}
	name := w.next()
	var given []uint32
	if w.accept("(") {
		types, err := w.list()
		if err != nil {
			return nil, err
		}
		for _, text := range types {
			oid, known := typeNamed(text)
			if !known {
				return nil, fail("42704", "type %q does not exist", text)
			}
			given = append(given, oid)
		}
	}
	if !w.accept("AS") || w.ended() {
		return nil, w.unexpected()
	}
	st := newStatement(w.rest())
	st.given = given
	return &command{run: func(ctx context.Context, _ *portal) (string, error) {
		if _, taken := c.statements[name]; taken {
			return "", fail("42P05", "prepared statement %q already exists", name)
		}
		if len(c.statements) >= maxOpen {
			return "", fail("54000", "there are %d prepared statements", len(c.statements))
		}
		if err := c.learn(ctx, st, 0); err != nil {
			return "", err
		}
		c.statements[name] = st
		return "PREPARE", nil
	}}, nil
}

// list reads what stands between parentheses, of which the first was read: texts
// with commas between them.
func (w *words) list() ([]string, error) {
	var list []string
	depth, start := 0, 0
	for i, t := range w.tokens {
		ends := depth == 0 && (t.Word == "," || t.Word == ")")
		switch {
		case ends && i == start:
			w.tokens = w.tokens[i:]
			return nil, w.unexpected()
		case ends:
			list = append(list, w.sql[w.tokens[start].Start:w.tokens[i-1].End])
			start = i + 1
			if t.Word == ")" {
				w.tokens = w.tokens[start:]
				return list, nil
			}
		case t.Word == "(" || t.Word == "[":
			depth++
		case t.Word == ")" || t.Word == "]":
			depth--
		}
	}
	w.tokens = nil
	return nil, w.unexpected()
}

// typeNamed finds a type by one of its names.
func typeNamed(text string) (uint32, bool) {
	name, _, _ := strings.Cut(strings.Join(strings.Fields(strings.ToLower(text)), " "), "(")
	name = strings.TrimSpace(strings.TrimPrefix(name, pgcatalog.Namespace+"."))
	element, isArray := strings.CutSuffix(name, "[]")
	for _, t := range pgcatalog.Types {
		if element != t.Name && element != t.Long && typeAliases[element] != t.OID {
			continue
		}
		if isArray {
			return t.Array, t.Array != 0
		}
		return t.OID, true
	}
	return 0, false
}

var typeAliases = map[string]uint32{"int": pgcatalog.Int4, "decimal": pgcatalog.Numeric, "float": pgcatalog.Float8, "double": pgcatalog.Float8, "string": pgcatalog.Text, "blob": pgcatalog.Bytea, "char": pgcatalog.Bpchar}

// executed is the statement that EXECUTE name (values) runs, with its values;
// nil is another statement.
func (c *conn) executed(ctx context.Context, st *statement) (*statement, []string, error) {
	w := &words{st.sql, st.part.Tokens}
	if !w.accept("EXECUTE") {
		return nil, nil, nil
	}
	inner, err := c.statement(w.next())
	if err != nil {
		return nil, nil, err
	}
	if !inner.isEmpty() && inner.part.Tokens[0].Word == "EXECUTE" {
		return nil, nil, fail("0A000", "EXECUTE cannot run another EXECUTE")
	}
	var given []string
	if w.accept("(") {
		if given, err = w.list(); err != nil {
			return nil, nil, err
		}
	}
	if !w.ended() {
		return nil, nil, w.unexpected()
	}
	if err := c.learn(ctx, inner, len(given)); err != nil {
		return nil, nil, toldOf(ctx, err, inner)
	}
	if len(given) != len(inner.parameters) {
		return nil, nil, fail("42601", "wrong number of parameters for the prepared statement: it has %d, not %d", len(inner.parameters), len(given))
	}
	for i, k := range inner.parameters {
		if k.oid != pgcatalog.Numeric { // which keeps all of its digits
			given[i] = "CAST(" + given[i] + " AS " + k.engine + ")"
		}
	}
	return inner, given, nil
}
