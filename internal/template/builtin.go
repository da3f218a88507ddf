package template

import (
	"embed"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/tarn-lake/tarn/internal/diag"
)

// builtinFolder is where dbt's own macros are in places.
const builtinFolder = "dbt/macros/"

func isBuiltin(file string) bool { return strings.HasPrefix(file, builtinFolder) }

// IsBuiltIn reports whether a place is in one of dbt's own macros.
func IsBuiltIn(p diag.Place) bool { return isBuiltin(p.File) }

//go:embed macros
var macroFiles embed.FS

// builtin returns dbt's own macros, which are read at first use.
var builtin = sync.OnceValue(func() map[string]*Macro {
	macros, _ := readBuiltin() // that there are no problems is tested
	return macros
})

func readBuiltin() (map[string]*Macro, []*diag.Problem) {
	l := &Library{macros: map[string]map[string]*Macro{}}
	var problems []*diag.Problem
	files, err := fs.Glob(macroFiles, "macros/*.sql")
	if err != nil {
		problems = append(problems, diag.New("unreadable", diag.Place{}, "%v", err))
	}
	for _, file := range files {
		text, err := macroFiles.ReadFile(file)
		if err != nil {
			problems = append(problems, diag.New("unreadable", diag.Place{File: file}, "%v", err))
			continue
		}
		problems = append(problems, l.Add(internal, builtinFolder+path.Base(file), string(text))...)
	}
	return l.macros[internal], problems
}

// bare is the library of what stands alone: dbt's own macros only.
var bare = sync.OnceValue(func() *Library { return NewLibrary("", nil, nil) })
