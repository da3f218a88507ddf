package lake

import (
	"context"
	"database/sql/driver"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/metadb"
)

// statement is one that changes our database when a publication is recorded.
type statement struct {
	Query string
	Args  []kept
}

// kept is an argument as it is written down: its kind (i, f, b, s, x or n) and
// its text.
type kept struct{ K, V string }

func keep(arg any) (kept, error) {
	v, err := driver.DefaultParameterConverter.ConvertValue(arg)
	if err != nil {
		return kept{}, err
	}
	switch v := v.(type) {
	case nil:
		return kept{K: "n"}, nil
	case int64:
		return kept{"i", strconv.FormatInt(v, 10)}, nil
	case float64:
		return kept{"f", strconv.FormatFloat(v, 'g', -1, 64)}, nil
	case bool:
		return kept{"b", strconv.FormatBool(v)}, nil
	case string:
		return kept{"s", v}, nil
	case []byte:
		return kept{"x", base64.StdEncoding.EncodeToString(v)}, nil
	case time.Time:
		return kept{"t", v.Format(time.RFC3339Nano)}, nil
	}
	return kept{}, fmt.Errorf("a value of type %T cannot be written down", v)
}

func (k kept) value() (any, error) {
	switch k.K {
	case "n":
		return nil, nil
	case "i":
		return strconv.ParseInt(k.V, 10, 64)
	case "f":
		return strconv.ParseFloat(k.V, 64)
	case "b":
		return strconv.ParseBool(k.V)
	case "s":
		return k.V, nil
	case "x":
		return base64.StdEncoding.DecodeString(k.V)
	case "t":
		return time.Parse(time.RFC3339Nano, k.V)
	}
	return nil, fmt.Errorf("a value of kind %q was written down", k.K)
}

// rehearsal is a transaction that remembers the statements which change
// something.
type rehearsal struct {
	metadb.Tx
	statements []statement
}

// Exec implements [metadb.Tx].
func (r *rehearsal) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	s := statement{Query: query}
	for _, arg := range args {
		k, err := keep(arg)
		if err != nil {
			return 0, err
		}
		s.Args = append(s.Args, k)
	}
	r.statements = append(r.statements, s)
	return r.Tx.Exec(ctx, query, args...)
}

// rehearse runs fn to see that it can, and what it does, and undoes it.
func rehearse(ctx context.Context, tx metadb.Tx, fn func(metadb.Tx) error) ([]statement, error) {
	if fn == nil {
		return []statement{}, nil
	}
	if _, err := tx.Exec(ctx, `SAVEPOINT rehearsal`); err != nil {
		return nil, err
	}
	r := &rehearsal{Tx: tx, statements: []statement{}}
	if err := fn(r); err != nil {
		return nil, err
	}
	for _, end := range []string{`ROLLBACK TO SAVEPOINT rehearsal`, `RELEASE SAVEPOINT rehearsal`} {
		if _, err := tx.Exec(ctx, end); err != nil {
			return nil, err
		}
	}
	return r.statements, nil
}

// replay carries out what was rehearsed, with other locations in the place of
// those that have changed since.
func replay(ctx context.Context, tx metadb.Tx, all []statement, moved map[string]string) error {
	for _, s := range all {
		args := make([]any, len(s.Args))
		for i, k := range s.Args {
			if to, found := moved[k.V]; found && k.K == "s" {
				k.V = to
			}
			var err error
			if args[i], err = k.value(); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, s.Query, args...); err != nil {
			return err
		}
	}
	return nil
}
