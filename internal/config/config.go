// Package config is for settings: where the lake lies and how much the engine
// may use. It owns tarn.yml.
//
// It promises that a flag beats an environment variable, which beats tarn.yml,
// which beats the default; that a zero [Config] field is the documented
// default; and that every problem is reported at once, at the place the value
// came from. It leaves to others what the settings do, and everything that is
// declared in dbt's own files.
package config

import (
	"net/netip"
	"path/filepath"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// File is the name of the settings file in a project.
const File = "tarn.yml"

// Config is every setting. Paths are as they were written, relative to Dir.
type Config struct {
	// Dir is the project's folder.
	Dir     string
	Lake    Lake
	Catalog Catalog
	State   Database
	Engine  Engine
	Report  Report
	Python  Python
	Serve   Serve
	History History
	Audit   Audit
	// Target is dbt's target name, which is what `target.name` says in a
	// template; "" leaves it to the project's profile, or else it is dev.
	Target string
}

// Lake says where tables and state live.
type Lake struct {
	// Path is a folder; default .tarn.
	Path string
}

// Database says where one of the two metadata databases is.
type Database struct {
	// URI is the address of a Postgres database; default is a file in the
	// lake's folder.
	URI string
}

// Kinds of catalogs.
const (
	// SQLCatalog is a database of ours.
	SQLCatalog = "sql"
	// RESTCatalog is somebody else's, behind Iceberg's REST protocol.
	RESTCatalog = "rest"
)

// Catalog says where it is kept which tables there are.
type Catalog struct {
	// Type is SQLCatalog or RESTCatalog; default SQLCatalog.
	Type string
	// URI is the address of a Postgres database (default is a file in the lake's
	// folder), or of a REST catalog.
	URI string
	// Database is where a project in a REST catalog keeps everything that is not
	// in that catalog: the address of a Postgres database; default is the file
	// catalog.db in the lake's folder.
	Database string
	// Warehouse and Prefix choose one of a server's catalogs.
	Warehouse, Prefix string
	// Location is the folder of this machine below which the tables of a REST
	// catalog lie; default is what the catalog or its warehouse names.
	Location string
	// Credential is "client:secret" and Token a bearer token, or references to
	// where they are kept.
	Credential, Token string
	// TokenURI gives tokens for the credential, of a Scope; default is the
	// catalog itself, and catalog.
	TokenURI, Scope string
}

// IsREST reports whether somebody else keeps the catalog.
func (c Catalog) IsREST() bool { return c.Type == RESTCatalog }

// Engine bounds what the embedded engine uses.
type Engine struct {
	// Memory is the limit of the engine; 0 leaves it to the engine.
	Memory Bytes
	// Threads of the engine; 0 is one per core.
	Threads int
	// Spill is the folder for what does not fit in memory; default is the
	// folder spill in the lake's.
	Spill string
}

// Python says what runs Python models.
type Python struct {
	// Command is the interpreter: a name, or a path from the project's folder;
	// default is that of $VIRTUAL_ENV, of .venv, or python3.
	Command string
}

// Serve says how `tarn serve` lets others use the lake.
type Serve struct {
	// Listen is the address, host:port; default 127.0.0.1:8181.
	Listen string
	// Token is the owner's, or references to where it is kept; "" is none.
	Token string
	// Postgres is the address at which clients of PostgreSQL are served; "" is
	// nowhere.
	Postgres string
	// Certificate and Key are files in PEM with which connections are encrypted;
	// "" does not encrypt them.
	Certificate, Key string
	// Proxies are those whose word is taken for where a request comes from;
	// default none.
	Proxies []netip.Prefix
	// Locations says what becomes of tables for which an engine asks for a place
	// outside the warehouse; default RefuseLocations.
	Locations string
	// Limits bound what clients may run.
	Limits Limits
}

// What becomes of places outside the warehouse.
const (
	// RefuseLocations refuses such a table.
	RefuseLocations = "refuse"
	// AssignLocations gives it a place inside.
	AssignLocations = "assign"
)

// History says how much of their past tables keep that say nothing of it; what
// is not set is kept for ever. The words are those of Iceberg's table properties
// history.expire.*.
type History struct {
	// MaxSnapshotAge is how long a table's snapshots are kept; default is all of
	// them, or five days where another setting of these is given.
	MaxSnapshotAge time.Duration
	// MinSnapshotsToKeep is how many are kept however old they are; default 1.
	MinSnapshotsToKeep int
	// MaxRefAge is how long branches and tags are kept; default is for ever.
	MaxRefAge time.Duration
	// RemoveAfter is how long files of what has expired stay for those who read
	// them; default a day.
	RemoveAfter time.Duration
}

// Audit says what becomes of the record of statements.
type Audit struct {
	// Keep is how long statements stay on record; default 30 days, 0 is for ever.
	Keep time.Duration
	// OnFailure says what becomes of a statement that cannot be recorded; default
	// RefuseUnrecorded.
	OnFailure string
	// File is where events of statements are written to, as lines of JSON; "" is
	// nowhere. One of FileSize is put aside; default 100 MB.
	File     string
	FileSize Bytes
	// Kafka is the topic that events of statements go to.
	Kafka Kafka
}

// Kafka says which topic of which cluster; without brokers there is none.
type Kafka struct {
	Brokers []string
	// Topic is its name; default tarn.statements.
	Topic string
	// TLS encrypts the connections, for which those vouch that the file CA names;
	// default is no, and those of the system.
	TLS bool
	CA  string
	// Mechanism is how to log in, as User with Password, which refers to where it
	// is kept; default is not at all.
	Mechanism, User, Password string
}

// What becomes of statements that cannot be recorded.
const (
	// RefuseUnrecorded does not run them.
	RefuseUnrecorded = "refuse"
	// RunUnrecorded runs them.
	RunUnrecorded = "run"
)

// Report says what `tarn report` draws.
type Report struct {
	Charts []Chart
}

// Chart is a line over a table: Y against X.
type Chart struct {
	Table, X, Y, Title string
	Place              diag.Place
}

// LakeDir returns the folder of the lake.
func (c Config) LakeDir() string { return c.within(c.Lake.Path) }

// CatalogPlace returns the address or the path of the database that says which
// tables there are, or, where a REST catalog does, has the rest.
func (c Config) CatalogPlace() string {
	if c.Catalog.IsREST() {
		return c.place(Database{c.Catalog.Database}, "catalog.db")
	}
	return c.place(Database{c.Catalog.URI}, "catalog.db")
}

// StatePlace returns the address or the path of the database with the journal
// of runs.
func (c Config) StatePlace() string { return c.place(c.State, "state.db") }

func (c Config) place(d Database, file string) string {
	if d.URI != "" {
		return d.URI
	}
	return filepath.Join(c.LakeDir(), file)
}

// SpillDir returns the folder for what does not fit in memory.
func (c Config) SpillDir() string { return c.within(c.Engine.Spill) }

func (c Config) within(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Dir, path)
}
