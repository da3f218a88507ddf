// Package artifact is for dbt's artifacts: the JSON files by which other tools
// know a project and what was done with it. It writes manifest.json (v12),
// run_results.json (v6), catalog.json (v1) and sources.json (v3), and reads
// those that an earlier invocation left, be it of Tarn or of dbt.
//
// It promises that what it writes is valid against dbt's published schemas,
// and that a file is there whole or not at all. It leaves to others what was
// declared (project) and what happened (build), and which resources are chosen
// by comparing (graph).
package artifact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/template"
)

// The names of the files.
const (
	ManifestFile   = "manifest.json"
	RunResultsFile = "run_results.json"
	CatalogFile    = "catalog.json"
	SourcesFile    = "sources.json"
)

// The schemas that the files follow.
const (
	manifestSchema   = "https://schemas.getdbt.com/dbt/manifest/v12.json"
	runResultsSchema = "https://schemas.getdbt.com/dbt/run-results/v6.json"
	catalogSchema    = "https://schemas.getdbt.com/dbt/catalog/v1.json"
	sourcesSchema    = "https://schemas.getdbt.com/dbt/sources/v3.json"
)

// Invocation is the command that an artifact comes from.
type Invocation struct {
	ID string
	// Started is when the command began, Generated when the artifact was made.
	Started, Generated time.Time
	// Env are the variables named DBT_ENV_CUSTOM_ENV_<key>, by key.
	Env map[string]string
}

// Metadata is what every artifact says about itself.
type Metadata struct {
	Schema              string            `json:"dbt_schema_version"`
	Version             string            `json:"dbt_version"`
	GeneratedAt         Time              `json:"generated_at"`
	InvocationID        string            `json:"invocation_id"`
	InvocationStartedAt Time              `json:"invocation_started_at"`
	Env                 map[string]string `json:"env"`
}

func (i Invocation) metadata(schema string) Metadata {
	env := i.Env
	if env == nil {
		env = map[string]string{}
	}
	return Metadata{
		Schema: schema, Version: template.Version, GeneratedAt: Time(i.Generated), InvocationID: i.ID,
		InvocationStartedAt: Time(i.Started), Env: env,
	}
}

// Time is a point in time as dbt writes it: UTC, to the microsecond.
type Time time.Time

const timeLayout = "2006-01-02T15:04:05.000000Z"

// MarshalJSON writes it; the zero time is null.
func (t Time) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return []byte(time.Time(t).UTC().Format(`"` + timeLayout + `"`)), nil
}

// UnmarshalJSON reads what dbt writes, with or without an offset.
func (t *Time) UnmarshalJSON(data []byte) error {
	text, err := strconv.Unquote(string(data))
	if err != nil || text == "" {
		*t = Time{}
		return nil //nolint:nilerr // null is the zero time
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999-07:00"} {
		if at, err := time.Parse(layout, text); err == nil {
			*t = Time(at)
			return nil
		}
	}
	return fmt.Errorf("%q is no point in time", text)
}

// Write puts an artifact into a folder, which it makes where there is none.
func Write(dir, name string, artifact any) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(artifact); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := WriteFile(filepath.Join(dir, name), bytes.TrimSuffix(text.Bytes(), []byte("\n"))); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// folderAttempts is how often a folder is made again that a clean nearby has
// removed in between.
const folderAttempts = 10

// WriteFile writes a generated file, and the folders that it lies in. It is
// there whole or not at all.
func WriteFile(path string, content []byte) (err error) {
	for range folderAttempts {
		if err = replaceFile(path, content); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func replaceFile(path string, content []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = part.Write(content)
	err = errors.Join(err, part.Chmod(0o644), part.Close())
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		_ = os.Remove(part.Name()) // what went wrong is told already
	}
	return err
}

var schemaVersion = regexp.MustCompile(`/dbt/([a-z-]+)/v(\d+)\.json$`)

// read reads an artifact of an earlier invocation. The versions from oldest to
// newest are understood.
func read(dir, name, kind string, oldest, newest int, into any) error {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return diag.New("no-artifact", diag.Place{File: path}, "there is no %s here", name).WithCause(err).
			WithHint("--state names a folder with the artifacts of an earlier invocation, such as a copy of target/")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	var head struct {
		Metadata struct {
			Schema string `json:"dbt_schema_version"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return diag.New("bad-artifact", diag.Place{File: path}, "the file is not JSON as it should be: %v", err)
	}
	m := schemaVersion.FindStringSubmatch(head.Metadata.Schema)
	version := 0
	if m != nil && m[1] == kind {
		version, _ = strconv.Atoi(m[2]) // digits
	}
	if version < oldest || version > newest {
		return diag.New("bad-artifact", diag.Place{File: path}, "the file follows %q", head.Metadata.Schema).
			WithHint("versions %d to %d of %s are read", oldest, newest, kind)
	}
	if err := json.Unmarshal(text, into); err != nil {
		return diag.New("bad-artifact", diag.Place{File: path}, "the file does not follow its schema: %v", err)
	}
	return nil
}
