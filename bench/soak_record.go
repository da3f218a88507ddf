package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

// onRecord is how many statements of soaks are on record, by their state.
func (l *lab) onRecord(ctx context.Context, dir string) (map[string]int, error) {
	text, err := command{args: []string{l.tarn, "query", "--project-dir", dir, "--output", "json",
		`SELECT CASE WHEN finished_at IS NULL THEN state || ', not ended' ELSE state END AS state, count(*)::INTEGER AS n
			FROM system.queries WHERE protocol <> 'command' AND query LIKE '%/*soak*/%' GROUP BY ALL`}}.says(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		State string
		N     int
	}
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("read the record: %w: %s", err, text)
	}
	found := map[string]int{}
	for _, r := range rows {
		found[r.State] = r.N
	}
	return found, nil
}

// recorded says what is on record since, and is an error where that is not so
// many statements, or one has not ended.
func (l *lab) recorded(ctx context.Context, dir string, earlier map[string]int, statements int) (string, error) {
	now, err := l.onRecord(ctx, dir)
	if err != nil {
		return "", err
	}
	var said []string
	sum, open := 0, 0
	for _, state := range slices.Sorted(maps.Keys(now)) {
		n := now[state] - earlier[state]
		if n == 0 {
			continue
		}
		if sum += n; strings.Contains(state, "not ended") {
			open += n
		}
		said = append(said, fmt.Sprintf("%d %s", n, state))
	}
	text := strings.Join(said, ", ")
	if sum != statements || open > 0 {
		return text, fmt.Errorf("%d statements were sent, and on record are: %s", statements, text)
	}
	return text, nil
}

// ticksOfSecond is how Linux counts the time of processes.
const ticksOfSecond = 100

// cpu is how many seconds of the cores the server has used; 0 is unknown.
func (s *server) cpu() float64 {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, behind, _ := strings.Cut(string(stat), ") ") // the name, in which there may be spaces
	fields := strings.Fields(behind)
	const user, system = 11, 12
	ticks := 0
	for _, at := range []int{user, system} {
		if at < len(fields) {
			n, _ := strconv.Atoi(fields[at]) // the kernel writes numbers
			ticks += n
		}
	}
	return float64(ticks) / ticksOfSecond
}

// sum adds up what was measured.
func (m numbers) sum(name string) (sum float64) {
	for _, v := range m[name] {
		sum += v
	}
	return sum
}

// kinds are the names with a prefix, without it.
func (m numbers) kinds(prefix string) (list []string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if kind, has := strings.CutPrefix(name, prefix); has {
			list = append(list, kind)
		}
	}
	return list
}

// says returns what a short command prints to its standard output.
func (c command) says(ctx context.Context) (string, error) {
	var said, told bytes.Buffer
	cmd := exec.CommandContext(ctx, c.args[0], c.args[1:]...)
	cmd.Stdout, cmd.Stderr = &said, &told
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(c.args, " "), err, tail(told.String()))
	}
	return said.String(), nil
}
