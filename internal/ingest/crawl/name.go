package crawl

import (
	"path"
	"regexp"
	"strings"
	"unicode"
)

var (
	wordBreak = regexp.MustCompile(`[^\pL\pN]+`)
	// camel is where a word in camelCase ends.
	camel = regexp.MustCompile(`(\p{Ll}|\p{N})(\p{Lu})`)
)

// generic are names that say nothing about what is inside: then the folder's
// name does.
var generic = map[string]bool{"": true, "data": true, "part": true, "file": true, "export": true, "dump": true, "chunk": true, "batch": true, "output": true}

// table is a name for the table of the group: the file's name without what
// varies, or the nearest folder that has one.
func (g *cluster) table() string {
	parts := strings.Split(g.shape, "/")
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], path.Ext(parts[last]))
	for i := last; i >= 0; i-- {
		part, _, _ := strings.Cut(parts[i], "=")
		if strings.Contains(parts[i], "=") && i < last {
			part = ""
		}
		if name := Name(strings.ReplaceAll(part, mark, " ")); !generic[name] {
			return name
		}
	}
	return "data"
}

// Name makes a name for a table or source of any text: lower case, words
// parted by underscores, a letter in front.
func Name(text string) string {
	text = camel.ReplaceAllString(text, "${1}_$2")
	name := strings.Trim(wordBreak.ReplaceAllString(strings.ToLower(text), "_"), "_")
	if name != "" && !unicode.IsLetter([]rune(name)[0]) {
		name = "t" + name
	}
	return name
}
