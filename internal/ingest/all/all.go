// Package all lists the formats and sources that ship with Tarn, each with one line.
//
// It promises that what is listed here can be named in a project. It leaves to
// others how a format reads its files.
package all

import (
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/accesslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/avrofile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/command"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/excel"
	"github.com/tarn-lake/tarn/internal/ingest/connector/fixedwidth"
	"github.com/tarn-lake/tarn/internal/ingest/connector/javalog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/logfmt"
	"github.com/tarn-lake/tarn/internal/ingest/connector/mysql"
	"github.com/tarn-lake/tarn/internal/ingest/connector/parquetfile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/postgres"
	"github.com/tarn-lake/tarn/internal/ingest/connector/rest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/sqlitefile"
	"github.com/tarn-lake/tarn/internal/ingest/connector/syslog"
	"github.com/tarn-lake/tarn/internal/ingest/connector/textpattern"
	"github.com/tarn-lake/tarn/internal/ingest/connector/xmlfile"
)

// Formats returns every format.
func Formats() []connector.Format {
	return []connector.Format{
		csvfile.Format{},
		accesslog.Format{},
		jsonfile.JSON(),
		jsonfile.NDJSON(),
		javalog.New(),
		syslog.New(),
		logfmt.New(),
		textpattern.New(),
		parquetfile.Format{},
		avrofile.Format{},
		excel.Format{},
		xmlfile.New(),
		fixedwidth.New(),
	}
}

// Sources returns every source.
func Sources() []connector.Source {
	return []connector.Source{
		command.Source{},
		postgres.Source{},
		rest.Source{},
		sqlitefile.Source{},
		mysql.Source{},
	}
}
