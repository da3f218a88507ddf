package project

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// decoder reads typed settings from a merged layer. What lies in
// dbt_project.yml applies to many resources: the loader reports each problem
// once.
type decoder struct {
	problems *diag.Problems
	kind     Kind
	layer    layer
}

func (d *decoder) wrong(key, want string) {
	s := d.layer[key]
	d.problems.Errorf("wrong-kind", s.place, "`%s` must be %s, not %s", key, want, describe(s.value))
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case []any:
		return "a list"
	case map[string]any:
		return "a mapping"
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

// text reads a single value as text.
func (d *decoder) text(key string) string {
	switch v := d.layer[key].value.(type) {
	case nil:
		return ""
	case []any, map[string]any:
		d.wrong(key, "text")
		return ""
	default:
		return strings.TrimSpace(plainText(v))
	}
}

// plainText prints a single value as it is printed in a template.
func plainText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return pythonFloat(v)
	default:
		return fmt.Sprint(v)
	}
}

// truth reads a boolean; nil where it is not set.
func (d *decoder) truth(key string) *bool {
	switch v := d.layer[key].value.(type) {
	case nil:
		return nil
	case bool:
		return &v
	case string:
		if b := strings.EqualFold(v, "true"); b || strings.EqualFold(v, "false") {
			return &b
		}
	}
	d.wrong(key, "true or false")
	return nil
}

// texts reads a list of single values; one alone is a list of one.
func (d *decoder) texts(key string) []string {
	var out []string
	for _, v := range asList(d.layer[key].value) {
		switch v.(type) {
		case []any, map[string]any, nil:
			d.wrong(key, "a list of text")
			return nil
		}
		if s := strings.TrimSpace(plainText(v)); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (d *decoder) mapping(key string) map[string]any {
	switch v := d.layer[key].value.(type) {
	case nil:
		return nil
	case map[string]any:
		return v
	}
	d.wrong(key, "a mapping")
	return nil
}

// config reads what every kind of resource has, and reports the settings that
// mean nothing or nothing yet.
func (d *decoder) config() Config {
	c := Config{
		Materialized: d.text("materialized"), Schema: d.text("schema"), Alias: d.text("alias"), Enabled: true,
		Tags: d.texts("tags"), Meta: d.mapping("meta"), Raw: d.layer.values(),
	}
	if on := d.truth("enabled"); on != nil {
		c.Enabled = *on
	}
	if d.kind == KindModel || d.kind == KindSeed {
		c.FullRefresh = d.truth("full_refresh")
		c.OrderBy = d.texts("order_by")
		c.PartitionBy = d.partitions()
		c.Materialized = d.materialized(c.Materialized)
	}
	d.reportKeys(c.Enabled)
	return c
}

func (d *decoder) partitions() []string {
	out := d.texts("partition_by")
	for _, p := range out {
		if _, _, err := ParsePartition(p); err != nil {
			d.problems.Errorf("bad-partition", d.layer["partition_by"].place, "%v", err)
		}
	}
	return out
}

var materializations = []string{
	MaterializedView, MaterializedTable, MaterializedIncremental, MaterializedMaterializedView, MaterializedEphemeral,
}

// laterMaterializations are dbt's others.
var laterMaterializations = []string{"snapshot", "test", "dynamic_table"}

func (d *decoder) materialized(given string) string {
	if d.kind == KindSeed {
		return MaterializedSeed
	}
	place := d.layer["materialized"].place
	switch {
	case given == "":
		return MaterializedView
	case slices.Contains(materializations, given):
	case slices.Contains(laterMaterializations, given):
		d.problems.Errorf("not-there-yet", place, "the materialization `%s` is not there yet", given).
			WithHint("use `table` until it is")
	default:
		d.problems.Errorf("unknown-materialization", place, "unknown materialization `%s`", given).Hint = yamldoc.KeyHint(given, materializations)
	}
	return given
}

// reportKeys names the settings that are unknown or not there yet. Those of a
// disabled resource do no harm.
func (d *decoder) reportKeys(enabled bool) {
	for _, key := range slices.Sorted(maps.Keys(d.layer)) {
		s := d.layer[key]
		use, known := useOf(d.kind, key)
		switch {
		case !known:
			p := d.problems.Warnf("unknown-key", s.place, "unknown key `%s`", key)
			if near := ident.Near(key, knownKeys(d.kind)); len(near) > 0 {
				p.WithHint("did you mean `%s`?", near[0])
			} else {
				p.WithHint("it is no setting of a %s; keep what is your own under `meta`", d.kind)
			}
		case !enabled || isEmpty(s.value):
		case use == later:
			d.problems.Errorf("not-there-yet", s.place, "`%s` is not there yet", key).WithHint("remove it; what it does would be missing")
		case use == laterSoft:
			d.problems.Warnf("not-there-yet", s.place, "`%s` is not there yet: it has no effect", key)
		}
	}
}

// isEmpty reports whether a setting asks for nothing.
func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, inner := range v {
			if !isEmpty(inner) {
				return false
			}
		}
		return true
	}
	return false
}
