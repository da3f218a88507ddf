package pgwire

import (
	"cmp"
	"context"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/gate"
	"github.com/tarn-lake/tarn/internal/ident"
)

// configs are what a statement selects which selects set_config, and nothing else:
// what its columns are called, and the statement as a query of the arguments, each
// call a row of three, with each part where it is in the statement.
type configs struct {
	columns   []string
	arguments string
}

// configsOf reads such a statement; false is another one.
func configsOf(st *statement) (c configs, ok bool) {
	w := &words{st.sql, st.part.Tokens}
	if !w.accept("SELECT") {
		return c, false
	}
	arguments := []byte(st.sql)
	for more := true; more; more = w.accept(",") {
		if w.ended() {
			return c, false
		}
		start := w.tokens[0].Start
		_ = w.accept("PG_CATALOG", ".")
		if !w.accept("SET_CONFIG") || w.peek() != "(" {
			return c, false
		}
		copy(arguments[start:], strings.Repeat(" ", w.tokens[0].Start-start))
		if !w.three() {
			return c, false
		}
		column := ""
		if w.accept("AS") {
			column = w.next()
		}
		c.columns = append(c.columns, cmp.Or(column, "set_config"))
	}
	c.arguments = string(arguments)
	return c, w.ended()
}

// three takes what is in parentheses; false is another number of arguments than
// three.
func (w *words) three() bool {
	depth, commas := 0, 0
	for _, t := range w.tokens {
		switch t.Word {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case ",":
			if depth == 1 {
				commas++
			}
		}
		if depth == 0 {
			break
		}
	}
	w.argument()
	return commas == 2
}

// configured sets what the statement says, and returns one that tells the values.
func (p *portal) configured(c configs, scope gate.Scope) (sql string, err error) {
	given, err := p.arguments(c, scope)
	if err != nil {
		return "", err
	}
	list := make([]string, len(c.columns))
	for i, column := range c.columns {
		value, err := p.c.settings.config(given[3*i:])
		if err != nil {
			return "", err
		}
		list[i] = "CAST(" + ident.Literal(value) + " AS VARCHAR) AS " + ident.Quote(column)
	}
	return "SELECT " + strings.Join(list, ", "), context.Cause(p.ctx)
}

// config sets a setting by the arguments of set_config, of which nil is NULL, and
// returns its value.
func (s *settings) config(arguments []*string) (string, error) {
	name, value, local := arguments[0], arguments[1], arguments[2]
	if name == nil {
		return "", fail("22004", "SET requires parameter name")
	}
	isLocal := false
	if local != nil {
		isLocal, _ = truth(*local) // the engine's own text of a boolean
	}
	var err error
	_, there := s.get(*name)
	switch {
	case value != nil:
		err = s.set(*name, *value, isLocal || ofTransaction(*name))
	case !there: // nor is all a setting
		err = fail("42704", "unrecognized configuration parameter %q", *name)
	default:
		err = s.reset(*name)
	}
	now, _ := s.get(*name)
	return now, err
}

// arguments are those of all calls, as text; nil is NULL.
func (p *portal) arguments(c configs, scope gate.Scope) (given []*string, err error) {
	result, err := p.c.server.Gate.Select(p.ctx, p.c.gated(c.arguments, scope, p.values), func(inner string, _ []engine.Column) (string, error) {
		var fields, calls []string
		for i := range c.columns {
			call := "c" + strconv.Itoa(i)
			for n := range 3 {
				fields = append(fields, "CAST(struct_extract("+call+", "+strconv.Itoa(n+1)+") AS VARCHAR)")
			}
			calls = append(calls, call)
		}
		return "SELECT " + strings.Join(fields, ", ") + " FROM (" + inner + ") AS call(" + strings.Join(calls, ", ") + ")", nil
	})
	if err != nil {
		return nil, err
	}
	defer result.Release()
	for result.Next() {
		for _, column := range result.RecordBatch().Columns() {
			given = append(given, textAt(column))
		}
	}
	return given, result.Err()
}

// textAt is the first value of a column of texts; nil is NULL.
func textAt(column arrow.Array) *string {
	if column.IsNull(0) {
		return nil
	}
	text := strings.Clone(column.ValueStr(0)) // which goes with the result
	return &text
}
