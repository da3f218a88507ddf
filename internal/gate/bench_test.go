//go:build duckdb_arrow

package gate

import (
	"context"
	"testing"

	"github.com/tarn-lake/tarn/internal/sqlast"
)

const typical = `WITH big AS (SELECT * FROM orders WHERE amount > 100), named AS (SELECT b.*, c.name FROM big b JOIN customers c USING (id))
SELECT region, day, count(*) AS n, sum(amount) AS total, row_number() OVER (PARTITION BY region ORDER BY sum(amount) DESC) AS rank,
	max(coalesce(name, 'nobody')) AS someone
FROM named WHERE day >= DATE '2011-12-01' GROUP BY region, day HAVING count(*) > 0 ORDER BY total DESC LIMIT 10`

// BenchmarkPass is what the gate adds to a statement, planning of files
// included.
func BenchmarkPass(b *testing.B) {
	s := newShop(b)
	st := s.statement(b, typical)
	for b.Loop() {
		p, err := s.gate.pass(b.Context(), st)
		if err != nil {
			b.Fatal(err)
		}
		p.close()
	}
}

// BenchmarkRewrite leaves out the planning of files: parse, resolve, decide,
// rewrite, deparse, verify.
func BenchmarkRewrite(b *testing.B) {
	s := newShop(b)
	session, err := s.gate.open(b.Context(), somebody)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	p := &passage{g: s.gate, st: s.statement(b, typical), session: session, parser: &parser{session: session}, nonce: newNonce()}
	for b.Loop() {
		if err := rewriteOnly(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
}

func rewriteOnly(ctx context.Context, p *passage) error {
	p.relations = nil
	tree, err := p.parse(ctx, p.st.SQL)
	if err != nil {
		return err
	}
	v := p.visitor(ctx)
	v.Table = func(sqlast.TableRef) (sqlast.Node, error) { return p.placeholder("(SELECT 1)"), nil }
	if err := sqlast.Rewrite(tree.Query(0), v); err != nil {
		return err
	}
	var again *sqlast.Tree
	if p.template, again, err = tree.Deparse(ctx, p.parser); err != nil {
		return err
	}
	return p.complete(context.Background(), again)
}

// BenchmarkQuery is a point query through the gate, from text to rows.
func BenchmarkQuery(b *testing.B) {
	s := newShop(b)
	st := s.statement(b, "SELECT amount FROM orders WHERE id = 15")
	for b.Loop() {
		r, err := s.gate.Query(b.Context(), st)
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		r.Release()
	}
}
