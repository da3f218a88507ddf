package transform

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
)

// columns makes a schema of words such as "id:long".
func columns(words string) lake.Schema {
	kinds := map[string]lake.Kind{"int": lake.Int, "long": lake.Long, "string": lake.String}
	var s lake.Schema
	for _, word := range strings.Fields(words) {
		name, kind, _ := strings.Cut(word, ":")
		s.Fields = append(s.Fields, lake.Field{Name: name, Type: lake.TypeOf(kinds[kind])})
	}
	return s
}

func onSchemaChange(how string) settings {
	return settings{&project.Resource{Name: "m", Kind: project.KindModel}, map[string]any{"on_schema_change": how}}
}

func TestOnSchemaChangeDecidesWhichColumnsATableHas(t *testing.T) {
	for _, c := range []struct {
		how, have, source string
		schema            string
		insert            []string
		anew              bool
	}{
		{"ignore", "id:long a:string", "id:long a:string b:int", "id:long a:string", []string{"id", "a"}, false},
		{"", "id:long", "id:long b:int", "id:long", []string{"id"}, false},
		{"append_new_columns", "id:long a:string", "b:int id:long", "id:long a:string b:int", []string{"b", "id"}, false},
		{"sync_all_columns", "id:int", "b:string id:int", "id:int b:string", []string{"b", "id"}, false},
		{"sync_all_columns", "id:int a:string", "id:long", "id:long", []string{"id"}, true},
		{"sync_all_columns", "id:int", "id:long", "id:long", []string{"id"}, false},
		{"sync_all_columns", "id:long", "id:string", "id:string", []string{"id"}, true},
		{"fail", "id:long a:string", "a:string id:long", "id:long a:string", []string{"a", "id"}, false},
	} {
		got, err := reconcile(onSchemaChange(c.how), columns(c.have), columns(c.source))
		if err != nil {
			t.Errorf("%s, %s to %s: %v", c.how, c.have, c.source, err)
			continue
		}
		if diff := cmp.Diff(columns(c.schema).Fields, got.schema.Fields); diff != "" {
			t.Errorf("%s, %s to %s: columns %s", c.how, c.have, c.source, diff)
		}
		if diff := cmp.Diff(c.insert, got.insert); diff != "" || got.anew != c.anew {
			t.Errorf("%s, %s to %s: anew is %v, inserted %s", c.how, c.have, c.source, got.anew, diff)
		}
	}
}

func TestOnSchemaChangeFailTellsAllDifferences(t *testing.T) {
	_, err := reconcile(onSchemaChange("fail"), columns("id:int gone:string"), columns("id:long new:string"))
	for _, want := range []string{"new are new string", "gone are gone string", "of another type are id long"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, and does not say %q", err, want)
		}
	}
}

func TestRowsThatLackColumnsAreRefusedWhereTheSchemaStays(t *testing.T) {
	for _, c := range []struct {
		how     string
		refused bool
	}{{"ignore", true}, {"append_new_columns", false}, {"sync_all_columns", false}} {
		s := onSchemaChange(c.how)
		change, err := reconcile(s, columns("id:long a:string"), columns("id:long"))
		if err != nil {
			t.Fatal(err)
		}
		if err := change.checkMissing(s); (err != nil) != c.refused {
			t.Errorf("%s: %v, want refused: %v", c.how, err, c.refused)
		}
	}
}
