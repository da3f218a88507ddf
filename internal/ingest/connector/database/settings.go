package database

import (
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/secret"
)

const (
	defaultMaxRecord = 256 << 20
	mostReaders      = 8
)

// Settings are the options that databases have in common, checked.
type Settings struct {
	Connection, Password secret.Text
	// Table is what to read where Query is "".
	Table, Query string
	SplitBy, Lag string
	// Readers is how many connections read at once.
	Readers          int
	ConnectTimeout   time.Duration
	StatementTimeout time.Duration
	// MaxRecord is how many bytes a row has at most.
	MaxRecord int
}

// Options declares them; connection, table and splitBy, whose default is
// splitDefault, are what is written differently.
func Options(connection, table, splitDefault string) []connector.OptionSpec {
	return []connector.OptionSpec{
		{Name: "connection", Kind: connector.SecretOption, Default: "required", Doc: connection},
		{Name: "password", Kind: connector.SecretOption, Default: "the connection's", Doc: "The password, taken as it is."},
		{Name: "table", Kind: connector.TextOption, Default: "the raw table's name", Doc: table},
		{Name: "query", Kind: connector.TextOption, Default: "the table", Doc: "A SELECT to read instead of a table."},
		{Name: "split_by", Kind: connector.TextOption, Default: splitDefault, Doc: "An integer column by whose ranges several readers share the work."},
		{Name: "parallel", Kind: connector.CountOption, Default: "--threads, 8 at most", Doc: "How many connections read at once."},
		{Name: "cursor_lag", Kind: connector.TextOption, Default: "0", Doc: "How far behind the last cursor value to look for rows that were committed late: 10m for times, a number for numbers."},
		{Name: "connect_timeout", Kind: connector.TextOption, Default: "10s", Doc: "How long one attempt to connect may take."},
		{Name: "statement_timeout", Kind: connector.TextOption, Default: "none", Doc: "How long one statement may run."},
		{Name: "max_record", Kind: connector.SizeOption, Default: "256MiB", Doc: "The largest row."},
	}
}

// ReadSettings checks a request's options against specs and returns those that
// databases have in common, and all of them. The example is a connection, for
// the message where there is none.
func ReadSettings(specs []connector.OptionSpec, req connector.SourceRequest, example string) (Settings, connector.Settings, error) {
	checked, err := connector.CheckOptions(specs, req.Options)
	var problems diag.Problems
	problems.AddError("bad-option", diag.Place{}, err)
	var s Settings
	s.Connection, _ = checked.Secret("connection")
	s.Password, _ = checked.Secret("password")
	s.Table, _ = checked.Text("table")
	s.Query, _ = checked.Text("query")
	s.SplitBy, _ = checked.Text("split_by")
	s.Lag, _ = checked.Text("cursor_lag")
	s.Readers = int(checked.Number("parallel", min(int64(max(req.Threads, 1)), mostReaders)))
	s.MaxRecord = int(min(checked.Number("max_record", defaultMaxRecord), 1<<30))
	s.ConnectTimeout, err = Duration(checked, "connect_timeout", 10*time.Second)
	problems.AddError("bad-option", req.Options["connect_timeout"].Place, err)
	s.StatementTimeout, err = Duration(checked, "statement_timeout", 0)
	problems.AddError("bad-option", req.Options["statement_timeout"].Place, err)
	if s.Connection.IsZero() {
		problems.AddError("bad-option", diag.Place{}, diag.New("missing-option", req.Options["connection"].Place, "the option \"connection\" is missing").
			WithHint("write connection: %s", example))
	}
	if s.Table != "" && s.Query != "" {
		problems.Errorf("bad-option", req.Options["query"].Place, "both table and query say what to read")
	}
	if s.Table == "" && s.Query == "" {
		s.Table = req.Table
	}
	return s, checked, problems.Err()
}
