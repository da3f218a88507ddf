package cli

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/app"
	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
)

// dbtEvents are the names that --warn-error-options takes: one a line, with the
// word deprecation where it is one, and the code of Tarn's warning of the same.
//
//go:embed dbt_events.txt
var dbtEvents string

// deprecations names all deprecations together.
const deprecations = "Deprecations"

// events are dbt's: which are deprecations, and which mean a code here.
type events struct {
	deprecated map[string]bool
	codes      map[string][]string // the events of a code
}

func readEvents() events {
	e := events{deprecated: map[string]bool{deprecations: true}, codes: map[string][]string{}}
	for line := range strings.Lines(dbtEvents) {
		words := strings.Fields(line)
		e.deprecated[words[0]] = slices.Contains(words, "deprecation")
		if code := words[len(words)-1]; len(words) > 1 && code != "deprecation" {
			e.codes[code] = append(e.codes[code], words[0])
		}
	}
	return e
}

// warnings reads what --warn-error and --warn-error-options say of warnings.
func (f *flags) warnings() (diag.Policy, error) {
	if strings.TrimSpace(f.warnErrorOptions) == "" {
		if f.warnError {
			return diag.Strict, nil
		}
		return diag.Policy{}, nil
	}
	options, err := app.ParseVars(f.warnErrorOptions)
	if err != nil {
		return diag.Policy{}, badOptions("it takes a mapping, not %q", f.warnErrorOptions)
	}
	if f.warnError {
		return diag.Policy{}, badOptions("it goes with no --warn-error").WithHint("write '{error: all}' for all of them")
	}
	lists, err := warningLists(options)
	if err != nil {
		return diag.Policy{}, err
	}
	return lists.policy(readEvents())
}

func badOptions(format string, args ...any) *diag.Problem {
	return diag.New(codeFlag, diag.Place{}, "--warn-error-options: "+format, args...).
		WithHint("write '{error: [NAME], warn: [NAME], silence: [NAME]}', or '{error: all}'")
}

// lists are the names that are given, by what becomes of them.
type lists struct {
	all   bool
	named map[diag.Treatment][]string
}

// treatments are the keys of the options: dbt's, and what they were before.
var treatments = map[string]diag.Treatment{
	"error": diag.Promote, "include": diag.Promote, "warn": diag.Warn, "exclude": diag.Warn, "silence": diag.Silence,
}

func warningLists(options map[string]any) (lists, error) {
	out, seen := lists{named: map[diag.Treatment][]string{}}, map[diag.Treatment]string{}
	for _, key := range slices.Sorted(maps.Keys(options)) {
		treatment, ok := treatments[key]
		if !ok {
			return out, badOptions("there is no `%s`", key)
		}
		if other := seen[treatment]; other != "" {
			return out, badOptions("`%s` and `%s` mean the same", other, key)
		}
		seen[treatment] = key
		switch v := options[key].(type) {
		case nil:
		case []any:
			for _, name := range v {
				out.named[treatment] = append(out.named[treatment], fmt.Sprint(name))
			}
		case string:
			if treatment != diag.Promote || v != "all" && v != "*" {
				return out, badOptions("`%s` takes a list of names, not `%s`", key, v)
			}
			out.all = true
		default:
			return out, badOptions("`%s` takes a list of names", key)
		}
	}
	return out, nil
}

// policy says what becomes of Tarn's warnings. A name counts more than
// Deprecations, and that more than all; within each silence more than warn, and
// warn more than error.
func (l lists) policy(e events) (diag.Policy, error) {
	p := diag.Policy{Codes: map[string]diag.Treatment{}}
	if l.all {
		p.Others = diag.Promote
	}
	order := []diag.Treatment{diag.Promote, diag.Warn, diag.Silence} // the last wins
	known := slices.Concat(slices.Collect(maps.Keys(e.deprecated)), slices.Collect(maps.Keys(e.codes)), ownCodes)
	for _, t := range order {
		for _, name := range l.named[t] {
			if !slices.Contains(known, name) {
				return p, unknownWarning(name, known)
			}
		}
	}
	for _, t := range order {
		for code, names := range e.codes {
			if slices.Contains(l.named[t], deprecations) && slices.ContainsFunc(names, func(n string) bool { return e.deprecated[n] }) {
				p.Codes[code] = t
			}
		}
	}
	for _, t := range order {
		for _, name := range l.named[t] {
			if slices.Contains(ownCodes, name) || e.codes[name] != nil {
				p.Codes[name] = t
			}
			for code, names := range e.codes {
				if slices.Contains(names, name) {
					p.Codes[code] = t
				}
			}
		}
	}
	return p, nil
}

// ownCodes are the codes of warnings that dbt does not have.
var ownCodes = []string{
	"bad-partition", "dbt-version", "duplicate-doc", "empty-file", "no-snapshot", "not-there-yet", "unknown-doc", "unknown-target",
}

func unknownWarning(name string, known []string) error {
	p := badOptions("there is no warning `%s`", name)
	if near := ident.Near(name, known); len(near) > 0 {
		p.WithHint("did you mean %s?", strings.Join(near, ", or "))
	}
	return p
}
