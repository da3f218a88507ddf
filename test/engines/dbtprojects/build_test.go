//go:build dbtprojects

package dbtprojects

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// built is what one program made of a project.
type built struct {
	Folder string
	Took   time.Duration
	// Statuses has the status of each node by step and unique_id, as
	// "build model.shop.orders".
	Statuses map[string]string
	// Said has what the program said where it left no results, by step.
	Said map[string]string
	// Rows is a database with the rows that dbt's tables and views had then,
	// since a view may ask for the time, and Names lists them.
	Rows  string
	Names [][2]string
}

// profile is the connection for both, in place of what the project has: it may
// be of databases that are not there.
const profile = `tarn:
  target: dev
  outputs:
    dev: {type: duckdb, path: tarn.duckdb, schema: main, threads: 4}
`

func (p project) buildWithDBT(t *testing.T, python, folder string) built {
	t.Helper()
	p.copyTo(t, folder)
	b := p.build(t, folder, filepath.Join(filepath.Dir(python), "dbt"))
	if len(b.Statuses) == 0 {
		t.Fatalf("dbt built nothing: %v", b.Said)
	}
	if database := filepath.Join(folder, "tarn.duckdb"); exists(database) {
		b.Rows = folder + ".duckdb"
		decode(t, &b.Names, python, "compare.py", "keep", database, b.Rows)
	}
	return b
}

func (p project) buildWithTarn(t *testing.T, tarn, folder string) built {
	t.Helper()
	p.copyTo(t, folder)
	return p.build(t, folder, tarn)
}

// build runs the steps, and reads after each what it wrote.
func (p project) build(t *testing.T, folder, program string) built {
	t.Helper()
	profiles := t.TempDir()
	if err := os.WriteFile(filepath.Join(profiles, "profiles.yml"), []byte(profile), 0o644); err != nil {
		t.Fatal(err)
	}
	environment := append(os.Environ(), "DO_NOT_TRACK=1", "DBT_PROFILES_DIR="+profiles, "DBT_PROFILE=tarn")
	b := built{Folder: folder, Statuses: map[string]string{}, Said: map[string]string{}}
	results := filepath.Join(folder, "target", "run_results.json")
	for i, line := range p.steps {
		before := written(results) // the last step's, which retry reads
		// The line is as people type it, with quotes.
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" `+line, program)
		var out bytes.Buffer
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, environment, &out, &out
		start := time.Now()
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		b.Took += time.Since(start)
		if written(results) == before {
			b.Said[line] = "no run_results.json\n" + out.String()
		} else if err := b.readResults(results, fmt.Sprintf("%d %s ", i+1, strings.Fields(line)[0])); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// written is when a file was written; the zero time where there is none.
func written(file string) time.Time {
	if info, err := os.Stat(file); err == nil {
		return info.ModTime()
	}
	return time.Time{}
}

// readResults takes the statuses out of a run_results.json.
func (b *built) readResults(file, step string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var results struct {
		Results []struct {
			ID     string `json:"unique_id"`
			Status string `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(text, &results); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, r := range results.Results {
		b.Statuses[step+r.ID] = r.Status
	}
	return nil
}
