package gate

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

// maxStatement bounds the length of a statement in bytes: the engine's parser
// cannot be interrupted.
const maxStatement = 1 << 20

// passage is one statement on its way through the gate, with the session that
// it will run in.
type passage struct {
	g       *Gate
	st      Statement
	rights  rights // whose the text has that is being read
	session engine.Session
	parser  sqlast.Parser

	tree      *sqlast.Tree  // rewritten
	nonce     string        // makes names of placeholders that nobody can guess
	relations []string      // by placeholder
	read      []reading     // the tables among them
	views     []ident.Table // being expanded, outermost first
	inDialect bool          // one of them is the dialect's
	tables    []ident.Table
	beyond    int               // how much was read that who asks may not read
	shielded  []shield          // views that show who asks more than they may read
	asked     []ident.Table     // what was read with the rights of who asks
	macros    map[string]string // definitions of the dialect's functions, by name
	template  string            // SQL with placeholders
	sql       string            // SQL
	spent     Spent
}

// pass parses, resolves, decides and rewrites.
func (g *Gate) pass(ctx context.Context, st Statement) (_ *passage, err error) {
	start := time.Now()
	p := &passage{g: g, st: st, rights: g.rights(st), nonce: newNonce()}
	defer func() { p.spent.end(time.Since(start)) }()
	if st.Who.Principal.IsZero() {
		return nil, p.problem("no-principal", -1, "the statement has no principal, and nobody may do nothing")
	}
	if p.session, err = g.open(ctx, st.Who); err != nil {
		return nil, err
	}
	p.parser = &parser{session: p.session, trees: g.trees}
	if err := p.rewrite(ctx); err != nil {
		p.close()
		return nil, err
	}
	g.log.LogAttrs(ctx, slog.LevelDebug, "statement passed", slog.String("principal", st.Who.Principal.String()),
		slog.String("purpose", st.Purpose), slog.Int("tables", len(p.tables)), slog.Duration("took", time.Since(start)))
	return p, nil
}

func (p *passage) close() { _ = p.session.Close() } // always nil for a session that is idle or interrupted

func newNonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func (p *passage) rewrite(ctx context.Context) error {
	tree, err := p.parse(ctx, p.st.SQL)
	if err != nil {
		return err
	}
	p.tree = tree
	if err := p.bind(ctx, tree); err != nil {
		return err
	}
	if len(p.st.Parameters) > 0 { // one may be a name
		if err := p.named(ctx, tree); err != nil {
			return p.asProblem(err)
		}
	}
	if err := sqlast.Rewrite(tree.Query(0), p.visitor(ctx)); err != nil {
		return p.asProblem(err)
	}
	var again *sqlast.Tree
	if p.template, again, err = tree.Deparse(ctx, p.parser); err != nil {
		return p.parseProblem(p.template, err)
	}
	return p.complete(ctx, again)
}

// parse parses text that must be one SELECT.
func (p *passage) parse(ctx context.Context, sql string) (*sqlast.Tree, error) {
	if len(sql) > maxStatement {
		return nil, p.tooLong(len(sql))
	}
	if !isText(sql) {
		return nil, p.noText()
	}
	begun := time.Now()
	tree, err := sqlast.Parse(ctx, p.parser, sql)
	since(&p.spent.Parse, begun)
	if err != nil {
		return nil, p.parseProblem(sql, err)
	}
	if !p.st.nameless || len(p.views) > 0 {
		if err := tree.Name(ctx, p.parser); err != nil {
			return nil, p.asProblem(err)
		}
	}
	if err := p.translate(ctx, sql, tree); err != nil {
		return nil, p.asProblem(err)
	}
	return tree, p.single(tree)
}

func (p *passage) parseProblem(sql string, err error) error {
	var syntax *sqlast.SyntaxError
	switch {
	case errors.Is(err, sqlast.ErrNotSelect):
		return p.refuseKind(sqlast.Head(sql))
	case errors.As(err, &syntax):
		return p.syntaxProblem(sql, syntax)
	default:
		return p.asProblem(err)
	}
}

// single refuses text that is not one statement.
func (p *passage) single(tree *sqlast.Tree) error {
	switch tree.Len() {
	case 1:
		return nil
	case 0:
		return p.problem("empty-statement", -1, "the statement is empty")
	default:
		return p.problem("several-statements", -1, "%d statements were given, but one is run at a time", tree.Len()).
			WithHint("run them one by one")
	}
}

func (p *passage) tooLong(length int) error {
	return p.problem("statement-too-long", -1, "the statement has %d bytes, more than the %d that are read", length, maxStatement).
		WithHint("put long lists of values into a seed or a table")
}

// isText reports whether bytes are characters, none of which ends a text.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

func (p *passage) noText() error {
	return p.problem("syntax", -1, "the statement is not text: it contains bytes that are no characters")
}

// placeholder adds a relation and returns a query over what stands for it
// until the SQL is complete. Its name is qualified, so that nothing in the
// statement captures it, and unguessable, so that nothing else means it.
func (p *passage) placeholder(relation string) sqlast.Node {
	name := p.token(len(p.relations))
	p.relations = append(p.relations, relation)
	return sqlast.SelectAll("memory", "main", name)
}

func (p *passage) token(i int) string { return "tarn_" + p.nonce + "_" + strconv.Itoa(i) + "_" }

// fill puts the relations in the place of their placeholders.
func (p *passage) fill() (string, error) {
	pairs := make([]string, 0, 2*len(p.relations))
	for i, relation := range p.relations {
		name := "memory.main." + p.token(i)
		if !strings.Contains(p.template, name) {
			return "", p.problem("internal", -1, "a table was lost on the way through the gate")
		}
		pairs = append(pairs, name, relation)
	}
	return strings.NewReplacer(pairs...).Replace(p.template), nil
}

func (p *passage) describe(ctx context.Context) ([]engine.Column, error) {
	cols, err := p.session.Describe(ctx, p.sql)
	if err != nil {
		return nil, p.engineProblem(ctx, err)
	}
	return cols, p.untypedNulls(ctx, cols)
}

// wrap puts generated SQL around the statement, which is a placeholder until
// what is around it has been looked at: the statement itself has been.
func (p *passage) wrap(ctx context.Context, wrap func(string, []engine.Column) (string, error)) error {
	cols, err := p.describe(ctx)
	if err != nil {
		return err
	}
	name := []string{"memory", "main", p.token(len(p.relations))}
	inner := "(SELECT * FROM " + strings.Join(name, ".") + ")"
	outer, err := wrap(inner[1:len(inner)-1], cols)
	if err != nil {
		return err
	}
	if "("+outer+")" == inner { // as it is
		return nil
	}
	tree, err := p.parse(ctx, outer)
	if err != nil {
		return err
	}
	if err := p.verify(tree, func(parts []string) bool { return slices.Equal(parts, name) }); err != nil {
		return err
	}
	if strings.Count(outer, inner) != 1 {
		return p.problem("internal", -1, "the statement was lost on the way through the gate")
	}
	p.template, p.tree = strings.Replace(outer, inner, "("+p.template+")", 1), nil
	p.sql, err = p.fill()
	return err
}

// complete makes the SQL that will run out of the template, whose tree it gets.
func (p *passage) complete(ctx context.Context, tree *sqlast.Tree) (err error) {
	if len(p.template) > maxStatement {
		return p.tooLong(len(p.template))
	}
	if err := p.single(tree); err != nil {
		return err
	}
	if err := p.verify(tree, p.isPlaceholder); err != nil {
		return err
	}
	if err := p.define(ctx); err != nil {
		return err
	}
	p.sql, err = p.fill()
	return err
}

// verify looks at the tree of text that will run as if somebody had written it: it must
// read nothing but placeholders and call nothing that is refused. So a flaw in
// how trees become text opens nothing, nor does what generated SQL around a
// statement takes from a project.
func (p *passage) verify(tree *sqlast.Tree, placeholder func(parts []string) bool) error {
	err := sqlast.Rewrite(tree.Query(0), sqlast.Visitor{
		Function: p.function, Parameter: p.parameter, Show: p.show,
		Table: func(ref sqlast.TableRef) (sqlast.Node, error) {
			if placeholder(ref.Parts) {
				return nil, nil
			}
			return nil, p.problem("unknown-table", -1, "%s is read by what is around the statement", strings.Join(ref.Parts, "."))
		},
	})
	return p.asProblem(err)
}

func (p *passage) isPlaceholder(parts []string) bool {
	for i := range p.relations {
		if slices.Equal(parts, []string{"memory", "main", p.token(i)}) {
			return true
		}
	}
	return false
}

// found makes a problem at an offset in the statement.
func (st Statement) found(code string, offset int, format string, args ...any) *diag.Problem {
	at, calls := st.origin(offset)
	problem := diag.New(code, at, format, args...)
	problem.Calls = calls
	return problem
}

// origin returns the author's place of an offset in the statement, and the calls
// that led there.
func (st Statement) origin(offset int) (diag.Place, []string) {
	if st.Trace == nil || offset < 0 {
		return st.place(offset), nil
	}
	text, at := st.SQL, offset
	if st.Text != nil {
		if origin, ok := st.Text.Author(offset); ok {
			text, at = st.Text.Script, origin
		}
	}
	place, calls, known := st.Trace(text, at)
	switch {
	case !known:
		return st.place(offset), nil
	case place == (diag.Place{}):
		return st.Place, calls
	}
	return place, calls
}

func (st Statement) place(offset int) diag.Place {
	at, source := st.Place, st.SQL
	if t := st.Text; t != nil {
		source, offset = t.Script, t.Origin(offset)
	} else if offset >= 0 {
		source, offset = source[st.Lead:], max(offset-st.Lead, 0)
	}
	if offset < 0 || source == "" {
		return at
	}
	line, column := sqlast.Position(source, offset)
	if at.File == "" {
		at.File = "sql"
	}
	if at.Line == 0 {
		at.Line, at.Column = 1, 1
	}
	if line == 1 {
		column += max(at.Column-1, 0)
	}
	return diag.Place{File: at.File, Line: at.Line + line - 1, Column: column}
}
