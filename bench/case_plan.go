package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// planning plans a statement about one of 1,000 partitions.
var planning = benchCase{
	name:  "plan",
	about: "planning over 100,000 data files in 1,000 partitions, each of 100 commits brought a file of each: one partition",
	prepare: func(ctx context.Context, l *lab) error {
		_, err := l.probe(ctx, "fill", l.dataFile("hundred-thousand-files"))
		return err
	},
	figures: func(ctx context.Context, l *lab, _ int) ([]figure, error) {
		m, err := l.probe(ctx, "plan", l.dataFile("hundred-thousand-files"))
		if err != nil {
			return nil, err
		}
		value := func(name string) string {
			return fmt.Sprintf("%.1f ms, %.1f ms of CPU", 1000*m.median(name), 1000*m.median("CPU of "+name))
		}
		read := fmt.Sprintf("reading %.0f files: the metadata file, the list and some of %.0f manifests, %.0f KB: the CPU is spent on taking them apart",
			m.median("files opened"), m.median("manifests"), m.median("bytes")/1000)
		return []figure{
			{"from the table's name to SQL, the first time in a process", value("cold"), "less than 100 ms", read},
			{"the same again", value("warm"), "", "the same manifests; their list is remembered"},
			{"all 100,000 files", value("all"), "", "all manifests"},
		}, nil
	},
}

// numbers are what probe measured, by name.
type numbers map[string][]float64

func (m numbers) median(name string) float64 {
	values := slices.Clone(m[name])
	slices.Sort(values)
	return middle(values)
}

// probe runs bench/probe.
func (l *lab) probe(ctx context.Context, args ...string) (numbers, error) {
	binary := filepath.Join(l.work, "probe")
	if _, err := (command{args: []string{"go", "build", "-tags=duckdb_arrow", "-o", binary, "./bench/probe"}, dir: l.root}).run(ctx); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, binary, args...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("probe %s: %w\n%s", args[0], err, tail(complaint.String()))
	}
	var m numbers
	return m, json.Unmarshal(out, &m)
}
