package transform

import (
	"context"
	"fmt"
	"strings"

	"github.com/tarn-lake/tarn/internal/write"
)

// actions are the engine's words for the actions of merge_clauses, by action
// and mode; the first of each is the usual one.
var actions = map[string]map[string]write.MergeAction{
	"update": {"": write.UpdateByName, "by_name": write.UpdateByName, "by_position": write.UpdateByPosition, "star": write.UpdateStar, "explicit": write.UpdateSet},
	"insert": {"": write.InsertByName, "by_name": write.InsertByName, "by_position": write.InsertByPosition, "star": write.InsertStar, "explicit": write.InsertValues},
	"delete": {"": write.DeleteRow}, "do_nothing": {"": write.DoNothing}, "error": {"": write.RaiseError},
}

// clause reads one entry of merge_clauses.
func (in *incremental) clause(ctx context.Context, entry any, matched bool, change schemaChange) (write.MergeClause, error) {
	given, ok := entry.(map[string]any)
	if !ok {
		return write.MergeClause{}, in.settings.bad("merge_clauses holds %v, which is no mapping", entry)
	}
	c := write.MergeClause{Matched: matched, BySource: !matched && strings.EqualFold(textOf(given["by"]), "source"), Message: textOf(given["error_message"])}
	action, mode := textOf(given["action"]), textOf(given["mode"])
	words, known := actions[action]
	if !known || (matched || c.BySource) == (action == "insert") {
		return c, in.settings.bad("the action %q does not fit its merge clause", action).
			WithHint("matched rows can be updated or deleted, others inserted; do_nothing and error are for all")
	}
	if c.Action, known = words[mode]; !known {
		return c, in.settings.bad("the mode %q of the merge action %s is not known", mode, action)
	}
	if c.BySource && action == "update" {
		c.Action = write.UpdateSet
	}
	var err error
	if c.Condition, err = in.condition(ctx, given["condition"]); err != nil {
		return c, err
	}
	switch c.Action {
	case write.UpdateSet:
		err = in.explicitUpdate(ctx, &c, given, change)
	case write.InsertValues:
		err = in.explicitInsert(ctx, &c, given)
	}
	return c, err
}

func (in *incremental) explicitUpdate(ctx context.Context, c *write.MergeClause, given map[string]any, change schemaChange) (err error) {
	parts := settings{in.r.Model, given}
	if c.BySource {
		// Nothing came in for these rows: only expressions can change them.
		change.insert = nil
	} else if update, _ := given["update"].(map[string]any); update != nil {
		parts.raw = update
	}
	include, err := parts.texts("include")
	if err != nil {
		return err
	}
	exclude, err := parts.texts("exclude")
	if err != nil {
		return err
	}
	set, err := parts.mapping("set_expressions")
	if err != nil {
		return err
	}
	c.Set, err = in.assignments(ctx, include, exclude, set, change)
	return err
}

func (in *incremental) explicitInsert(ctx context.Context, c *write.MergeClause, given map[string]any) error {
	insert, _ := given["insert"].(map[string]any)
	parts := settings{in.r.Model, insert}
	columns, err := parts.texts("columns")
	if err != nil {
		return err
	}
	for _, name := range columns {
		c.Columns = append(c.Columns, plain(name))
	}
	values, err := parts.texts("values")
	if err != nil {
		return err
	}
	for _, v := range values {
		sql, err := in.gated(ctx, v)
		if err != nil {
			return err
		}
		c.Values = append(c.Values, "("+sql+")")
	}
	return nil
}

func textOf(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
