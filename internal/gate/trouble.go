package gate

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/scan"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// codes are the problem codes for the engine's kinds of errors.
var codes = map[string]string{
	"Parser": "syntax", "Binder": "sql", "Catalog": "sql", "Conversion": "conversion", "Out of Range": "out-of-range",
	"Out of Memory": "out-of-memory", "Invalid Input": "sql", "Not implemented": "unsupported-sql", "IO": "io", "Permission": "io",
}

func (p *passage) syntaxProblem(sql string, e *sqlast.SyntaxError) error {
	offset := e.Offset
	if sql != p.st.SQL {
		offset = -1 // in generated text, or in a view
	}
	return p.said("syntax", offset, e.Message)
}

// said makes a problem of what the engine said: its first line is the message,
// what follows are suggestions.
func (p *passage) said(code string, offset int, text string) *diag.Problem {
	if code == "syntax" {
		if absent := p.absent(offset); absent != nil {
			return absent
		}
	}
	message, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	problem := p.problem(code, offset, "%s", strings.TrimRight(message, "!. "))
	if rest = strings.Join(strings.Fields(rest), " "); rest != "" && !strings.Contains(rest, "SET ") { // settings are locked
		problem.Hint = strings.ToLower(rest[:1]) + rest[1:]
	}
	return problem
}

// engineProblem turns an error of the engine about the rewritten statement into
// a problem of the author's statement. Other errors stay as they are.
func (p *passage) engineProblem(ctx context.Context, err error) error {
	var e *engine.Error
	if !errors.As(err, &e) {
		return err
	}
	if e.Kind == engine.Interrupted {
		e = p.lookAgain(ctx, e)
	}
	code, known := codes[e.Kind]
	if !known {
		code = "query-failed"
	}
	problem := p.said(code, p.locate(ctx, e.Offset), e.Message).WithCause(err)
	r, found := p.tableOf(e.Message)
	if found && r.behind != (ident.Table{}) {
		return p.behind(ctx, r.behind, sqlast.TableRef{Location: -1}, err)
	}
	if found && (code == "io" || code == "sql") {
		problem.Code, problem.Message = "unreadable-table", r.table.String()+" cannot be read: "+problem.Message
		if problem.Hint == "" {
			problem.Hint = "the other tables are not affected"
		}
		return problem
	}
	if unsaid := p.unsaid(ctx, code, e); unsaid != nil {
		return unsaid
	}
	if code == "out-of-memory" { // the engine's advice is about settings that are locked
		problem.Hint = "raise engine.memory in tarn.yml, or the memory of the user or the group in serve.limits"
	}
	return problem
}

// reading is a table that a statement reads.
type reading struct {
	table    ident.Table
	relation scan.Relation
	// behind is the view that hides the table; zero is none.
	behind ident.Table
}

// quoted finds what the engine quotes.
var quoted = regexp.MustCompile(`'([^']+)'|"([^"]+)"`)

// tableOf finds the table one of whose files the engine speaks of.
func (p *passage) tableOf(message string) (reading, bool) {
	for _, match := range quoted.FindAllStringSubmatch(message, -1) {
		for _, r := range p.read {
			if path := match[1] + match[2]; strings.Contains(path, "/") && strings.Contains(r.relation.SQL, ident.Literal(path)) {
				return r, true
			}
		}
	}
	return reading{}, false
}

// lookAgain runs the statement once more, for nothing but the reason why it
// failed, which the engine kept to itself: a statement that reads can be run as often as one likes.
func (p *passage) lookAgain(ctx context.Context, first *engine.Error) *engine.Error {
	for range 3 {
		var e *engine.Error
		if errors.As(p.drain(ctx), &e) && e.Kind != engine.Interrupted {
			return e
		}
	}
	return first
}

func (p *passage) drain(ctx context.Context) error {
	s, err := p.g.open(ctx, p.st.Who)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	rows, err := s.Query(ctx, p.sql)
	if err != nil {
		return err
	}
	defer rows.Release()
	for rows.Next() {
	}
	return rows.Err()
}

// locate finds the author's offset for one in the SQL that ran; -1 is unknown.
func (p *passage) locate(ctx context.Context, offset int) int {
	if offset < 0 || p.tree == nil {
		return -1
	}
	// The statement's own session may still be busy with its result.
	s, err := p.g.open(ctx, p.st.Who)
	if err != nil {
		return -1
	}
	defer func() { _ = s.Close() }()
	parsed, err := sqlast.Parse(ctx, &parser{session: s}, p.sql)
	if err != nil {
		return -1
	}
	return sqlast.Locate(p.tree, parsed, offset)
}
