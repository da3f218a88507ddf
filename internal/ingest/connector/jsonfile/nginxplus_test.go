package jsonfile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/jsonfile"
)

// nginxplus loads real samples of a server's status, five levels deep.
func nginxplus(t *testing.T, options map[string]connector.Option) (*connector.Layout, *connectortest.Collected, []map[string]any) {
	t.Helper()
	text, err := os.ReadFile("testdata/nginxplus/status.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	layout, _, got, err := connectortest.Collect(t.Context(), jsonfile.JSON(), []connector.Input{connectortest.File("status.ndjson", text)}, connector.Request{Options: options})
	if err != nil || len(got.Rejects) > 0 {
		t.Fatalf("rejects %+v, error %v", got.Rejects, err)
	}
	var want []map[string]any
	for line := range bytes.Lines(text) {
		var o map[string]any
		if err := json.Unmarshal(line, &o); err != nil {
			t.Fatal(err)
		}
		want = append(want, o)
	}
	return layout, got, want
}

func TestNestedObjectsBecomeStructs(t *testing.T) {
	layout, got, want := nginxplus(t, nil)
	types := map[string]string{}
	for _, c := range layout.Columns {
		types[c.Name] = c.Type.String()
	}
	for name, want := range map[string]string{
		"version": "long", "nginx_version": "string", "timestamp": "long",
		"connections": "struct<accepted: long, dropped: long, active: long, idle: long>",
		"processes":   "struct<respawned: long>",
	} {
		if types[name] != want {
			t.Errorf("%s is %s, want %s", name, types[name], want)
		}
	}
	upstreams := layout.Columns[layout.Index("upstreams")].Type
	peers := upstreams.Fields[upstreams.Field("trac-backend")].Type
	if elem := peers.Fields[peers.Field("peers")].Type.Elem; elem == nil || elem.Fields[elem.Field("health_checks")].Type.String() != "struct<checks: long, fails: long, unhealthy: long, last_passed: boolean>" {
		t.Errorf("upstreams are %s", upstreams)
	}
	for i, o := range want {
		for c, name := range got.Columns {
			switch v := o[name].(type) {
			case map[string]any:
				sameValue(t, fmt.Sprintf("line %d, %s", i+1, name), got.Rows[i][c], v)
			case float64:
				sameValue(t, name, got.Rows[i][c], v)
			case string:
				if got.Rows[i][c] != v {
					t.Errorf("line %d: %s is %s", i+1, name, got.Rows[i][c])
				}
			}
		}
	}
}

// sameValue compares a value as Arrow writes it, which is as JSON but for NULL
// fields.
func sameValue(t *testing.T, what, got string, want any) {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(got), &value); err != nil {
		t.Errorf("%s: %v in %s", what, err, got)
		return
	}
	if diff := cmp.Diff(want, withoutNulls(value)); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, field := range v {
			if field == nil {
				delete(v, name)
			} else {
				v[name] = withoutNulls(field)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}

func TestPartsOfNestedObjectsAreLinked(t *testing.T) {
	_, got, want := nginxplus(t, map[string]connector.Option{"records": {Value: `upstreams.trac-backend.peers[*]`}})
	var rows []string
	for i, row := range got.Rows {
		values := map[string]string{}
		for c, name := range got.Columns {
			values[name] = row[c]
		}
		rows = append(rows, fmt.Sprintf("%s %s %d %s", values["_tarn_parent_line"], values["id"], got.Lines[i], values["requests"]))
	}
	var expected []string
	for i, o := range want {
		for _, peer := range o["upstreams"].(map[string]any)["trac-backend"].(map[string]any)["peers"].([]any) {
			p := peer.(map[string]any)
			expected = append(expected, fmt.Sprintf("%d %.0f %d %.0f", i+1, p["id"], i+1, p["requests"]))
		}
	}
	if diff := cmp.Diff(expected, rows); diff != "" || len(rows) != 20 {
		t.Errorf("%d rows: %s", len(rows), diff)
	}
}
