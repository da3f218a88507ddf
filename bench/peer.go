package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// python returns the interpreter of bench/work/venv, which has the peers of
// bench/requirements.txt.
func (l *lab) python() string { return filepath.Join(l.work, "venv", "bin", "python") }

// script returns a peer's command: a Python script beside this file.
func (l *lab) script(name string, args ...string) []string {
	return append([]string{l.python(), filepath.Join(l.root, "bench", name)}, args...)
}

// peers makes the virtual environment. The mark is written last, so that an
// environment that was not finished is made again.
func peers(ctx context.Context, l *lab) error {
	venv := filepath.Join(l.work, "venv")
	mark := filepath.Join(venv, "complete")
	wanted, err := os.ReadFile(filepath.Join(l.root, "bench", "requirements.txt"))
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(mark); err == nil && string(have) == string(wanted) {
		return nil
	}
	fmt.Fprintln(os.Stderr, "bench: fetching the peers")
	if err := os.RemoveAll(venv); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"python3", "-m", "venv", venv},
		{l.python(), "-m", "pip", "install", "--quiet", "-r", filepath.Join(l.root, "bench", "requirements.txt")},
	} {
		if _, err := (command{args: args}).run(ctx); err != nil {
			return err
		}
	}
	return os.WriteFile(mark, wanted, 0o644)
}

// data makes a file or folder of test data unless it is there; create makes it
// under the name that it gets.
func (l *lab) data(name string, create func(file string) error) error {
	file := l.dataFile(name)
	if _, err := os.Stat(file); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "bench: making", name)
	if err := create(file + ".part"); err != nil {
		return errors.Join(err, os.RemoveAll(file+".part"))
	}
	return os.Rename(file+".part", file)
}

func (l *lab) dataFile(name string) string { return filepath.Join(l.work, "data", name) }
