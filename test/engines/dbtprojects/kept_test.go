//go:build dbtprojects

package dbtprojects

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tarn-lake/tarn/test/engines/lab"
)

// withDBT builds the project with dbt, or takes what is kept of it: dbt makes
// the same of the same files, on the same day.
func (p project) withDBT(t *testing.T, python, requirements, which string) built {
	t.Helper()
	folder := filepath.Join(lab.Work(t, "dbt"), p.name+"-"+p.digest(t, requirements)+"-"+which)
	mark := filepath.Join(folder, "built.json")
	var b built
	if text, err := os.ReadFile(mark); err == nil && !*fresh {
		if err := json.Unmarshal(text, &b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	b = p.buildWithDBT(t, python, filepath.Join(folder, "project"))
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mark, text, 0o644); err != nil { // written last
		t.Fatal(err)
	}
	return b
}

// digest stands for the project's files and commands, dbt's version and today.
func (p project) digest(t *testing.T, requirements string) string {
	t.Helper()
	sum := sha256.New()
	fmt.Fprintln(sum, requirements, profile, p.steps, time.Now().UTC().Format(time.DateOnly))
	err := filepath.WalkDir(p.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %x\n", path, sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6])
}
