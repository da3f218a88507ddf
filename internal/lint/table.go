package lint

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Table is what ARCHITECTURE.md says about packages.
type Table struct {
	// Imports has, for each package, the packages of ours that it may import;
	// "*" stands for all. A name that ends in "/*" stands for the folders below.
	Imports map[string][]string
	// Doors has, for each heavy dependency (the start of import paths), the
	// packages that may import it.
	Doors map[string][]string
	// CrashSteps are the names of the steps at which crash tests kill.
	CrashSteps []string
	// Stored are the names of the tables in the databases.
	Stored []string
}

// ReadTable reads the tables whose first columns have the headings "package",
// "dependency", "crash step" and "table".
func ReadTable(markdown string) (Table, error) {
	t := Table{Imports: map[string][]string{}, Doors: map[string][]string{}}
	var heading string
	for line := range strings.Lines(markdown) {
		cells := row(line)
		switch {
		case len(cells) == 0:
			heading = ""
		case heading == "":
			heading = cells[0]
		case strings.HasPrefix(cells[0], "---"):
		default:
			if err := t.add(heading, cells); err != nil {
				return t, fmt.Errorf("the row %q: %w", strings.TrimSpace(line), err)
			}
		}
	}
	if len(t.Imports) == 0 || len(t.Doors) == 0 {
		return t, fmt.Errorf("found %d rows of packages and %d of doors", len(t.Imports), len(t.Doors))
	}
	return t, nil
}

func (t *Table) add(heading string, cells []string) error {
	names := quoted(cells[0])
	switch {
	case heading == "package" && len(cells) > 2:
		return addRow(t.Imports, names, cells[2])
	case heading == "dependency" && len(cells) > 1:
		return addRow(t.Doors, names, cells[1])
	case heading == "package" || heading == "dependency":
		return errors.New("it lacks a column")
	case heading == "crash step":
		t.CrashSteps = append(t.CrashSteps, names...)
	case heading == "table":
		t.Stored = append(t.Stored, names...)
	}
	return nil
}

func addRow(into map[string][]string, names []string, cell string) error {
	allowed := quoted(cell)
	if strings.HasPrefix(cell, "everything") {
		allowed = []string{"*"}
	}
	for _, name := range names {
		if _, twice := into[name]; twice {
			return fmt.Errorf("%s has two rows", name)
		}
		into[name] = allowed
	}
	return nil
}

// row splits one line of a Markdown table; nil where it is none.
func row(line string) []string {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "|") {
		return nil
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}

var backticks = regexp.MustCompile("`([^`]+)`")

func quoted(cell string) (names []string) {
	for _, m := range backticks.FindAllStringSubmatch(cell, -1) {
		names = append(names, m[1])
	}
	return names
}

// allows reports whether the list of a row has name.
func allows(list []string, name string) bool {
	return slices.ContainsFunc(list, func(a string) bool {
		below, wild := strings.CutSuffix(a, "*")
		return a == name || wild && strings.HasPrefix(name, below)
	})
}

// rowOf returns what a package may import: by its own row, else by that of the
// folder it is in.
func (t Table) rowOf(pkg string) (list []string, name string, ok bool) {
	if list, ok = t.Imports[pkg]; ok {
		return list, pkg, true
	}
	for folder := pkg; ; {
		i := strings.LastIndexByte(folder, '/')
		if i < 0 {
			return nil, "", false
		}
		folder = folder[:i]
		if list, ok = t.Imports[folder+"/*"]; ok {
			return list, folder + "/*", true
		}
	}
}
