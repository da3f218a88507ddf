package locate

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// meddling is a sink that does something to the file with the first rows.
type meddling struct{ first func() error }

func (m *meddling) Rows(arrow.RecordBatch) error {
	do := m.first
	if m.first = nil; do == nil {
		return nil
	}
	return do()
}

func (m *meddling) Reject(connector.Reject) error { return nil }

func TestAFileThatChangesWhileItIsReadIsRefused(t *testing.T) {
	content := append([]byte("id,name\n"), bytes.Repeat([]byte("1,ada\n"), 1_000_000)...)
	later := time.Now().Add(time.Minute)
	for name, meddle := range map[string]func(path string) error{
		"it is written over": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteAt([]byte("9,eve"), int64(len(content)-6))
			return errors.Join(err, f.Close(), os.Chtimes(path, later, later))
		},
		"it grows": func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString("2,bob\n")
			return errors.Join(err, f.Close())
		},
		"it is cut": func(path string) error { return os.Truncate(path, 8) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.csv")
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
			f := Finder{Dir: filepath.Dir(path)}
			file, err := f.File("a.csv", diag.Place{})
			if err != nil {
				t.Fatal(err)
			}
			in := connector.Input{Name: file.Name, Size: file.Size, Open: file.Open}
			format := csvfile.Format{}
			layout, err := format.Infer(t.Context(), []connector.Input{in}, connector.Request{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = format.Read(t.Context(), in, layout, &meddling{first: func() error { return meddle(path) }})
			var problem *diag.Problem
			if !errors.As(err, &problem) || problem.Code != "changed-while-read" || problem.Place.File != "a.csv" {
				t.Errorf("got %v, want a problem changed-while-read in a.csv", err)
			}
		})
	}
}
