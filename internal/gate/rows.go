package gate

import (
	"context"
	"strconv"

	"github.com/tarn-lake/tarn/internal/generated"
)

// rows puts generated rows where the session can read them, as often as it
// likes, and returns the name of the place, which nobody can guess. They go with
// the session.
func (p *passage) rows(ctx context.Context, t generated.Table) (string, error) {
	reader := t.Reader()
	defer reader.Release()
	from, release, err := p.session.Register(reader)
	if err != nil {
		return "", err
	}
	defer release()
	name := "tarn_rows_" + p.nonce + "_" + strconv.Itoa(len(p.relations))
	if _, err := p.session.Exec(ctx, "CREATE TEMPORARY TABLE "+name+" AS SELECT * FROM "+from); err != nil {
		return "", err
	}
	return "temp.main." + name, nil
}
