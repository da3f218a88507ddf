package artifact

import (
	"maps"
	"strconv"

	"github.com/tarn-lake/tarn/internal/project"
)

func refs(list []project.Ref) []Ref {
	out := []Ref{}
	for _, r := range list {
		out = append(out, Ref{r.Name, orNil(r.Package), version(r.Version)})
	}
	return out
}

// version is a number where it looks like one, as in dbt.
func version(text string) any {
	if text == "" {
		return nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return text
}

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// texts is a list that is never null.
func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// mapping is a mapping that is never null.
func mapping(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return maps.Clone(m)
}
