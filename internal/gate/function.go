package gate

import (
	_ "embed"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

//go:embed functions.txt
var functionList string

// functions holds what functions.txt says, in expressions and after FROM: ""
// is allowed, else the reason why not. Names are folded.
var functions = readFunctions(functionList)

type verdicts struct{ scalar, from map[string]string }

const allowed = ""

func readFunctions(text string) verdicts {
	v := verdicts{scalar: map[string]string{}, from: map[string]string{}}
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 || strings.HasPrefix(line, "#") {
			continue
		}
		reason := allowed
		if len(f) > 2 {
			reason = f[2]
		}
		switch f[0] {
		case "+", "-":
			v.scalar[ident.Fold(f[1])] = reason
		case "+from", "-from":
			v.from[ident.Fold(f[1])] = reason
		}
	}
	return v
}

// reasons say in words why a function may not be called, and what to do.
var reasons = map[string][2]string{
	"file":     {"reads files", "declare the file in ingest/*.yml and select from the table that it becomes"},
	"sql":      {"runs text as SQL", "write the query where the text is used"},
	"secret":   {"is about secrets", ""},
	"session":  {"tells about the engine's session, which is none of the statement's", ""},
	"catalog":  {"tells about the engine's own catalog, which holds none of the lake's tables", "tarn tables lists them"},
	"system":   {"tells about or changes the engine itself", ""},
	"wait":     {"only waits", ""},
	"names":    {"tells how the engine writes an expression, with what it puts in the place of tables", ""},
	"log":      {"writes to the engine's log", ""},
	"internal": {"is a part of the engine that is not made for statements", ""},
}

// function refuses functions that are not known to be harmless.
func (p *passage) function(f sqlast.FunctionRef) error {
	if _, defined := p.macros[f.Name]; defined && !f.Table {
		return nil
	}
	table, other := functions.scalar, functions.from
	if f.Table {
		table, other = other, table
	}
	reason, known := table[f.Name]
	if known && reason == allowed {
		return nil
	}
	if !known {
		// Such as read_csv() in an expression: what matters is what it does.
		if reason = other[f.Name]; reason == allowed {
			return p.unknownFunction(f)
		}
	}
	problem := p.problem("function-refused", f.Location, "%s() %s and may not be called here", f.Name, reasons[reason][0])
	if hint := reasons[reason][1]; hint != "" {
		problem.Hint = hint
	}
	return problem
}

func (p *passage) unknownFunction(f sqlast.FunctionRef) error {
	table, other, where := functions.scalar, functions.from, "in an expression"
	if f.Table {
		table, other, where = other, table, "after FROM"
	}
	if reason, elsewhere := other[f.Name]; elsewhere && reason == allowed {
		return p.problem("unknown-function", f.Location, "%s() cannot stand %s", f.Name, where)
	}
	var names []string
	for name, reason := range table {
		if reason == allowed {
			names = append(names, name)
		}
	}
	return p.nearHint(p.problem("unknown-function", f.Location, "there is no function %s()", f.Name), f.Name, names)
}
