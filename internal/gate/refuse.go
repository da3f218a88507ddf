package gate

import (
	"errors"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/sqlast"
)

const (
	byModels   = "tables are made by models (models/*.sql), seeds and ingest/*.yml, and published when their tests pass"
	bySettings = "settings are in tarn.yml"
	byOutput   = "write a result with tarn query --output csv|json|ndjson|parquet"
	byIngest   = "declare what to read in ingest/*.yml"
)

// kindHints say what to do instead, by the word that a statement starts with.
var kindHints = map[string]string{
	"INSERT": byModels, "UPDATE": byModels, "DELETE": byModels, "MERGE": byModels, "TRUNCATE": byModels,
	"CREATE": byModels, "ALTER": byModels, "DROP": byModels, "COMMENT": byModels,
	"COPY": byOutput, "EXPORT": byOutput, "IMPORT": byIngest, "ATTACH": byIngest, "DETACH": byIngest, "USE": byIngest,
	"SET": bySettings, "RESET": bySettings, "PRAGMA": bySettings, "LOAD": bySettings, "INSTALL": bySettings,
	"UPDATE EXTENSIONS": bySettings,
	"EXPLAIN":           "run the statement itself",
	"PREPARE":           "run the statement itself", "EXECUTE": "run the statement itself", "DEALLOCATE": "run the statement itself",
	"BEGIN": "every statement sees one state of all tables already", "COMMIT": "there is no transaction to end",
	"ROLLBACK": "there is no transaction to end", "START": "every statement sees one state of all tables already",
	"PIVOT": "list the values, as in PIVOT t ON column IN ('a', 'b') USING sum(amount)",
	"FROM":  "list the values of PIVOT, as in PIVOT (sum(amount) FOR column IN ('a', 'b'))",
}

// refuseKind refuses a statement that is not a SELECT or a relative.
func (p *passage) refuseKind(head string) error {
	what := head
	if what == "" {
		what = "this kind of statement"
	}
	if head == "SELECT" || head == "WITH" || head == "FROM" {
		what = "PIVOT without its values"
		head = "PIVOT"
	} else if head == "PIVOT" {
		what = "PIVOT without its values"
	}
	problem := p.problem("statement-refused", 0, "%s cannot be run here: statements read, with SELECT, WITH, VALUES, FROM or DESCRIBE", what)
	problem.Hint = kindHints[head]
	return problem
}

func (p *passage) parameter(location int) error {
	if p.st.open && len(p.views) == 0 {
		return nil
	}
	return p.problem("parameter", location, "the statement has a placeholder, and there is nothing to put there").
		WithHint("write the value itself")
}

// problem makes a problem at an offset of the statement; -1 is none. Inside of
// a view, offsets are those of the view's text and mean nothing to the author.
func (p *passage) problem(code string, offset int, format string, args ...any) *diag.Problem {
	if len(p.views) > 0 {
		offset = -1
	}
	return p.st.found(code, offset, format, args...)
}

// asProblem gives errors of the tree a place, and those of the engine's parser
// a shape.
func (p *passage) asProblem(err error) error {
	var problem *diag.Problem
	var unsupported *sqlast.UnsupportedError
	var said *engine.Error
	switch {
	case err == nil, errors.As(err, &problem):
		return err
	case errors.As(err, &unsupported):
		return p.problem("unsupported-sql", unsupported.Offset, "%v", err)
	case errors.As(err, &said):
		return p.said("unsupported-sql", -1, said.Message).WithCause(err)
	default:
		return err
	}
}
