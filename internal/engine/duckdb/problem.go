//go:build duckdb_arrow

package duckdb

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/engine"
)

// parseError reads what DuckDB says about a statement. Every instance is set to
// say it as JSON; what is said before that setting, or outside it, is text of
// the form "Kind Error: message".
func parseError(sql, said string) *engine.Error {
	start := strings.Index(said, `{"exception_type"`)
	if start < 0 {
		return parseTextError(said)
	}
	var e struct {
		Kind     string `json:"exception_type"`
		Message  string `json:"exception_message"`
		Subtype  string `json:"error_subtype"`
		Position string `json:"position"`
	}
	if json.Unmarshal([]byte(said[start:]), &e) != nil {
		return parseTextError(said)
	}
	offset, err := strconv.Atoi(e.Position)
	if err != nil || offset > len(sql) {
		offset = -1
	}
	// The parser counts characters, the binder bytes.
	if e.Subtype == "SYNTAX_ERROR" && offset >= 0 {
		offset = byteOffset(sql, offset)
	}
	return &engine.Error{Kind: e.Kind, Message: strings.TrimSpace(e.Message), Offset: offset}
}

func parseTextError(said string) *engine.Error {
	kind, message, ok := strings.Cut(said, " Error: ")
	if !ok || strings.ContainsAny(kind, ".:\n") {
		kind, message = "", said
	}
	message, _, _ = strings.Cut(message, "\n\nLINE ")
	return &engine.Error{Kind: kind, Message: strings.TrimSpace(message), Offset: -1}
}

// byteOffset returns where the n-th character of s starts.
func byteOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
