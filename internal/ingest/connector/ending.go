package connector

import "strings"

// Ender is a [Format] whose files are known by their names.
type Ender interface {
	Format
	// Endings are the ends of names, in lower case and with a dot. They do not
	// tell of compression.
	Endings() []string
}

// compressedEndings may stand behind an ending.
var compressedEndings = []string{".gz", ".zst", ".bz2", ".xz"}

// ByEnding returns the format of files that are named like path, compressed or
// not, or nil; wildcards at its end are ignored.
func ByEnding(formats []Format, path string) Format {
	p := strings.TrimRight(strings.ToLower(path), "*")
	for _, compressed := range compressedEndings {
		p = strings.TrimSuffix(p, compressed)
	}
	for _, f := range formats {
		ender, ok := f.(Ender)
		if !ok {
			continue
		}
		for _, ending := range ender.Endings() {
			if strings.HasSuffix(p, ending) {
				return f
			}
		}
	}
	return nil
}
