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
	folder string
	took   time.Duration
	// statuses has the status of each node by step and unique_id, as
	// "build model.shop.orders".
	statuses map[string]string
	// said has what the program said where it left no results.
	said []string
	// rows is a database with the rows that dbt's tables and views had then,
	// since a view may ask for the time, and names lists them.
	rows  string
	names [][2]string
}

// profile is the connection that dbt uses: named as Tarn names its own, so that
// templates that print these names print the same.
const profile = `tarn:
  target: dev
  outputs:
    dev: {type: duckdb, path: tarn.duckdb, schema: main, threads: 4}
`

func (p project) buildWithDBT(t *testing.T, python, folder string) built {
	t.Helper()
	p.copyTo(t, folder)
	profiles := t.TempDir()
	if err := os.WriteFile(filepath.Join(profiles, "profiles.yml"), []byte(profile), 0o644); err != nil {
		t.Fatal(err)
	}
	environment := []string{"DO_NOT_TRACK=1", "DBT_PROFILES_DIR=" + profiles, "DBT_PROFILE=tarn"}
	b := p.build(t, folder, environment, filepath.Join(filepath.Dir(python), "dbt"))
	if database := filepath.Join(folder, "tarn.duckdb"); exists(database) {
		b.rows = folder + ".duckdb"
		decode(t, &b.names, python, "compare.py", "keep", database, b.rows)
	}
	return b
}

func (p project) buildWithTarn(t *testing.T, tarn, folder string) built {
	t.Helper()
	p.copyTo(t, folder)
	return p.build(t, folder, nil, tarn)
}

// build runs the steps, and reads after each what it wrote.
func (p project) build(t *testing.T, folder string, environment []string, program string) built {
	t.Helper()
	b := built{folder: folder, statuses: map[string]string{}}
	results := filepath.Join(folder, "target", "run_results.json")
	for i, line := range p.steps {
		if err := os.Remove(results); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		// The line is as people type it, with quotes.
		cmd := exec.CommandContext(t.Context(), "sh", "-c", `"$0" `+line, program)
		var out bytes.Buffer
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, append(os.Environ(), environment...), &out, &out
		start := time.Now()
		var exit *exec.ExitError
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		b.took += time.Since(start)
		if err := b.readResults(results, fmt.Sprintf("%d %s ", i+1, strings.Fields(line)[0])); err != nil {
			b.said = append(b.said, fmt.Sprintf("%s: %v\n%s", line, err, out.String()))
		}
	}
	return b
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
		b.statuses[step+r.ID] = r.Status
	}
	return nil
}
