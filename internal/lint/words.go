package lint

import (
	"fmt"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strings"
)

// vague are names that say nothing about what is inside.
var vague = []string{"util", "utils", "common", "helper", "helpers", "types", "manager", "managers", "misc", "base", "shared", "stuff", "lib"}

// Names finds packages and files with vague names.
func Names(t *Tree) (found []Finding) {
	seen := map[string]bool{}
	for _, f := range t.Go {
		dir := path.Dir(f.Path)
		if !seen[dir] && slices.Contains(vague, path.Base(dir)) {
			found = append(found, Finding{Path: dir, Message: "the name says nothing about what is inside"})
		}
		seen[dir] = true
		name := strings.TrimSuffix(strings.TrimSuffix(path.Base(f.Path), ".go"), "_test")
		if slices.Contains(vague, name) {
			found = append(found, Finding{Path: f.Path, Message: "the name says nothing about what is inside"})
		}
	}
	return found
}

// banned are calls that have no place here, with what to do instead.
var banned = map[string]string{
	"time.Sleep":        "wait for what is to happen, or use testing/synctest",
	"context.TO" + "DO": "take the caller's context",
	"t.Skip":            "a test runs or does not exist",
	"t.Skipf":           "a test runs or does not exist",
	"t.SkipNow":         "a test runs or does not exist",
}

// Calls finds banned calls.
func Calls(t *Tree) (found []Finding) {
	for _, f := range t.Go {
		ast.Inspect(f.AST, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			selector, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok {
				name := x.Name + "." + selector.Sel.Name
				if instead, ok := banned[name]; ok {
					found = append(found, Finding{f.Path, t.line(call.Pos()), name + ": " + instead})
				}
			}
			return true
		})
	}
	return found
}

// forbidden are texts that have no place in the repository, in pieces so that
// this file does not break its own rule.
var forbidden = map[string]*regexp.Regexp{
	"unfinished work: finish it, or open an issue":    regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`),
	"a path of somebody's machine":                    regexp.MustCompile(`(^|[^\w.~:/-])/(wo` + `rk|ro` + `ot|ho` + `me/[a-z]+|Us` + `ers/[a-z]+)/`),
	"the host of a package registry: clients know it": regexp.MustCompile(`(proxy\.gol` + `ang\.org|py` + `pi\.org|pythonh` + `osted\.org|registry\.np` + `mjs\.org|repo1?\.ma` + `ven)`),
}

// Words finds forbidden texts.
func Words(t *Tree) (found []Finding) {
	for _, text := range t.Texts {
		n := 0
		for line := range strings.Lines(text.Content) {
			n++
			for why, pattern := range forbidden {
				if m := pattern.FindString(line); m != "" {
					found = append(found, Finding{text.Path, n, fmt.Sprintf("%q: %s", strings.TrimSpace(m), why)})
				}
			}
		}
	}
	return found
}
