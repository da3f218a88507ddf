package sql

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// browser asks by the HTTP API.
type browser struct{ url string }

func overHTTP(t *testing.T, l *lake) road {
	t.Helper()
	return browser{l.serve(t).http + "/api/v1/queries"}
}

func (x browser) ask(t *testing.T, sql string) answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"sql": sql, "wait": 60})
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, x.url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return unexpected(t, sql, err)
	}
	defer response.Body.Close()
	var said struct {
		State   string
		Columns []struct{ Name string }
		Data    [][]json.RawMessage
		Detail  string // of a problem
		Error   *struct{ Detail string }
	}
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		return unexpected(t, sql, err)
	}
	switch {
	case response.StatusCode != http.StatusOK:
		return answer{problem: said.Detail}
	case said.Error != nil:
		return answer{problem: said.Error.Detail}
	}
	var a answer
	for _, c := range said.Columns {
		a.names = append(a.names, c.Name)
	}
	for _, values := range said.Data {
		row := make([]string, len(values))
		for i, v := range values {
			if row[i], err = jsonText(v); err != nil {
				return unexpected(t, sql, err)
			}
		}
		a.rows = append(a.rows, row)
	}
	return a
}
