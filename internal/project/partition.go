package project

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/tarn-lake/tarn/internal/ident"
)

var (
	partitionCall = regexp.MustCompile(`^([A-Za-z]+)\s*\(\s*(?:(\d+)\s*,\s*)?([^(),]+?)\s*(?:,\s*(\d+)\s*)?\)$`)
	transforms    = []string{"identity", "year", "month", "day", "hour", "bucket", "truncate", "void"}
)

// ParsePartition reads one partition field as people write it, country,
// day(sold_at) or bucket(16, id), and returns Iceberg's name of the transform
// (identity, day, bucket[16]) and the column.
func ParsePartition(s string) (transform, column string, err error) {
	s = strings.TrimSpace(s)
	if !strings.ContainsAny(s, "()") {
		if s == "" {
			return "", "", fmt.Errorf("a partition names a column")
		}
		return "identity", unquote(s), nil
	}
	m := partitionCall.FindStringSubmatch(s)
	if m == nil {
		return "", "", fmt.Errorf("`%s` is not a partition: write a column, or day(column), bucket(16, column)", s)
	}
	name, width := strings.TrimSuffix(strings.ToLower(m[1]), "s"), m[2]+m[4]
	known := false
	for _, t := range transforms {
		known = known || t == name
	}
	if !known {
		if near := ident.Near(name, transforms); len(near) > 0 {
			return "", "", fmt.Errorf("unknown transform `%s`, did you mean `%s`?", m[1], near[0])
		}
		return "", "", fmt.Errorf("unknown transform `%s`: there are %s", m[1], strings.Join(transforms, ", "))
	}
	wide := name == "bucket" || name == "truncate"
	if wide != (width != "") || (m[2] != "" && m[4] != "") || strings.Trim(width, "0") == "" && wide {
		return "", "", fmt.Errorf("`%s`: bucket and truncate take a width above 0, as in bucket(16, column), and the others take none", s)
	}
	if wide {
		name += "[" + width + "]"
	}
	return name, unquote(m[3]), nil
}

// unquote returns what a quoted SQL identifier names.
func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.ReplaceAll(s[1:len(s)-1], `""`, `"`)
	}
	return s
}
