package local

import (
	"io/fs"
	"slices"
	"strings"
)

// sortAsNames orders entries as the names below them are ordered: a folder
// sorts as if its name ended in a slash.
func sortAsNames(entries []fs.DirEntry) {
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(key(a), key(b)) })
}

func joinName(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "/" + name
}
