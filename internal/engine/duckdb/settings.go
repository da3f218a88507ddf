//go:build duckdb_arrow

package duckdb

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	bindings "github.com/duckdb/duckdb-go-bindings"

	"github.com/tarn-lake/tarn/internal/engine"
	"github.com/tarn-lake/tarn/internal/ident"
)

// openDatabase opens a database in memory with what must be known at its start.
func openDatabase(o engine.Options) (db bindings.Database, err error) {
	var config bindings.Config
	if bindings.CreateConfig(&config) == bindings.StateError {
		return db, fmt.Errorf("start the engine: out of memory")
	}
	defer bindings.DestroyConfig(&config)
	for name, value := range startSettings(o) {
		if bindings.SetConfig(config, name, value) == bindings.StateError {
			return db, fmt.Errorf("start the engine: it refused %s = %s", name, value)
		}
	}
	var message string
	if bindings.OpenExt(":memory:", &db, config, &message) == bindings.StateError {
		return db, fmt.Errorf("start the engine: %w", parseError("", message))
	}
	return db, nil
}

func startSettings(o engine.Options) map[string]string {
	s := map[string]string{
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"preserve_insertion_order":     "true",
	}
	if o.MemoryLimit > 0 {
		s["memory_limit"] = strconv.FormatInt(o.MemoryLimit, 10) + "B"
	}
	// All threads are ours: those that ask, and helpers.
	s["threads"] = strconv.Itoa(threads(o))
	s["external_threads"] = s["threads"]
	return s
}

// threads is how many threads may work at once.
func threads(o engine.Options) int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// settings returns the statements that finish an instance, in the order that
// the lock-down needs: what may be read and where to spill must be said before
// access to everything else is given up, for good.
func settings(o engine.Options) []string {
	list := []string{
		"SET GLOBAL TimeZone = 'UTC'",
		"SET GLOBAL errors_as_json = true",
		"SET GLOBAL temp_directory = " + ident.Literal(absolute(o.SpillDir)),
		// Files are of this machine, which keeps them in memory itself. The
		// engine would keep what it has read of them too, 10 kB at least of
		// each, of those that are not there any more as well.
		"SET GLOBAL enable_external_file_cache = false",
	}
	if o.Class != engine.Reader {
		return list
	}
	dirs := make([]string, len(o.AllowedDirs))
	for i, dir := range o.AllowedDirs {
		dirs[i] = ident.Literal(strings.TrimSuffix(absolute(dir), "/") + "/")
	}
	return append(list,
		"SET GLOBAL allowed_directories = ["+strings.Join(dirs, ", ")+"]",
		"SET GLOBAL enable_external_access = false",
		"SET GLOBAL lock_configuration = true",
	)
}

// absolute returns dir so that it means the same wherever the process goes.
func absolute(dir string) string {
	if dir == "" {
		return ""
	}
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
