package lint

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Licence is what a module's licence file says.
type Licence struct {
	Kind      string   // as SPDX calls it
	Copyright []string // its lines
	Notice    string   // to be passed on; most have none
	text      string
}

// kinds are told apart by words that only they have; of several the one that
// comes first in the file is the module's own.
var kinds = []struct{ spdx, words string }{
	{"Apache-2.0", "Apache License Version 2.0"},
	{"MPL-2.0", "Mozilla Public License, version 2.0"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"BSD-3-Clause", "may be used to endorse or promote products"},
	{"BSD-2-Clause", "CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software"},
	{"MIT", "Permission is hereby granted, free of charge"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
}

// ReadLicence reads the licence of the module in a folder.
func ReadLicence(folder string) (Licence, error) {
	text, err := readOne(folder, "LICENSE*", "LICENCE*", "COPYING*", "UNLICENSE*")
	if err != nil {
		return Licence{}, err
	}
	l := Licence{Kind: kind(text), Copyright: holders(text), text: text}
	if l.Kind == "" {
		return l, fmt.Errorf("%s: a licence that is not known here", folder)
	}
	l.Notice, err = readOne(folder, "NOTICE*")
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return l, err
}

func kind(text string) (spdx string) {
	plain := strings.Join(strings.Fields(text), " ")
	first := len(plain)
	for _, k := range kinds {
		if at := strings.Index(plain, k.words); at >= 0 && at < first {
			spdx, first = k.spdx, at
		}
	}
	return spdx
}

func readOne(folder string, patterns ...string) (string, error) {
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(folder, p))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			text, err := os.ReadFile(found[0])
			return strings.ReplaceAll(string(text), "\r\n", "\n"), err
		}
	}
	return "", fmt.Errorf("%s has no %s: %w", folder, patterns[0], fs.ErrNotExist)
}

var copyright = regexp.MustCompile(`(?m)^\W*(Copyright (?:\(c\)|\(C\)|©|[0-9]).*)$`)

func holders(text string) (lines []string) {
	for _, m := range copyright.FindAllStringSubmatch(text, -1) {
		line := strings.TrimSpace(m[1])
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// Notice writes NOTICE: which modules are linked in, under which licences, and
// what these want to be passed on.
func Notice(modules map[string]Licence) string {
	var b strings.Builder
	b.WriteString(`Tarn
Copyright 2026 The Tarn authors

Tarn is licensed under the Apache License, Version 2.0 (see LICENSE). The binary
has the following modules linked in. ` + "`make notice`" + ` writes this file; a test in
internal/lint holds it complete.

`)
	texts := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		l := modules[path]
		fmt.Fprintf(&b, "%s: %s\n", path, l.Kind)
		for _, line := range l.Copyright {
			b.WriteString("    " + line + "\n")
		}
		if l.Kind != "Apache-2.0" && texts[l.Kind] == "" {
			texts[l.Kind] = withoutHolders(l.text)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		if n := modules[path].Notice; n != "" {
			section(&b, "The notice of "+path, n)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(texts)) {
		section(&b, kind+" (for the modules above, each with its own copyright line)", texts[kind])
	}
	return b.String()
}

func section(b *strings.Builder, title, text string) {
	rule := strings.Repeat("-", 80)
	fmt.Fprintf(b, "\n%s\n%s\n%s\n\n%s\n", rule, title, rule, strings.TrimSpace(trimLines(text)))
}

func withoutHolders(text string) string {
	return strings.TrimSpace(copyright.ReplaceAllString(text, ""))
}

func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}
