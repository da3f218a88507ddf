package sqlast

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Use is what a text may use of a table that it names.
type Use struct {
	columns map[string]bool // folded, of any table; nil is any
	own     map[string]bool // those that are named as this table's
	most    int             // rows; -1 is any number
}

// All is the use of who may use everything.
func All() Use { return Use{most: -1} }

// Column reports whether the text may use a column.
func (u Use) Column(name string) bool {
	name = strings.ToLower(name)
	return u.columns == nil || u.columns[name] || u.own[name]
}

// Most returns how many rows the text uses at most, whichever they are; known
// is false where it may use any number of them.
func (u Use) Most() (n int, known bool) { return u.most, u.most >= 0 }

// use returns what the text may use of table n. What is not plain is any use.
func (w *rewriter) use(n Node, s *scope) Use {
	if w.spoken == nil {
		w.spoken = &spoken{columns: map[string]bool{}, of: map[string]map[string]bool{}, whole: map[string]bool{}}
		w.listen(w.root)
	}
	u := Use{most: s.most(n)}
	name := text(n, "alias")
	if name == "" {
		name = text(n, "table_name")
	}
	// Columns that are called otherwise, and rows that are taken for one value.
	if !w.spoken.any && len(list(n, "column_name_alias")) == 0 && !w.spoken.whole[strings.ToLower(name)] {
		u.columns, u.own = w.spoken.columns, w.spoken.of[strings.ToLower(name)]
	}
	return u
}

// spoken are the columns that a text names, wherever they are of.
type spoken struct {
	columns map[string]bool
	of      map[string]map[string]bool // by what stands before them, a table or a column
	whole   map[string]bool            // last parts of names, which may be whole rows
	any     bool                       // columns are used that are not named
}

// listen collects what a part of the text names. What took the place of a table
// is no part of the text.
func (w *rewriter) listen(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			w.listen(e)
		}
	case Node:
		if w.placed[identity(v)] {
			return
		}
		w.spoken.add(v)
		ofQueries := w.queriesAlone(child(v, "from_table"))
		for field, e := range v {
			if field == "select_list" && ofQueries {
				e = slices.DeleteFunc(slices.Clone(list(v, field)), plainStar)
			}
			w.listen(e)
		}
	}
}

// queriesAlone reports whether there is nothing after FROM but queries: of all
// their columns, they name each.
func (w *rewriter) queriesAlone(from Node) bool {
	switch Kind(from) {
	case "SUBQUERY":
		return !w.placed[identity(from)]
	case "JOIN":
		return w.queriesAlone(child(from, "left")) && w.queriesAlone(child(from, "right"))
	}
	return false
}

// plainStar reports whether a column of a query is all of those after FROM.
func plainStar(v any) bool {
	n, _ := v.(Node)
	columns, _ := n["columns"].(bool)
	return text(n, "class") == "STAR" && !columns && n["expr"] == nil && len(list(n, "replace_list")) == 0
}

func (t *spoken) add(n Node) {
	switch class, kind := text(n, "class"), Kind(n); {
	case class == "STAR", class == "POSITIONAL_REFERENCE", kind == "PIVOT", kind == "SHOW_REF":
		t.any = true
	case class == "COLUMN_REF":
		names := texts(n, "column_names")
		t.whole[strings.ToLower(names[len(names)-1])] = true
		if len(names) == 2 {
			of := strings.ToLower(names[0])
			if t.of[of] == nil {
				t.of[of] = map[string]bool{}
			}
			t.of[of][strings.ToLower(names[1])] = true
			names = names[:1]
		}
		for _, name := range names {
			t.columns[strings.ToLower(name)] = true
		}
	case kind == "JOIN":
		t.any = t.any || text(n, "ref_type") == "NATURAL"
		for _, name := range texts(n, "using_columns") {
			t.columns[strings.ToLower(name)] = true
		}
	}
}

func identity(n Node) uintptr { return reflect.ValueOf(n).Pointer() }

// most returns how many rows of table n the SELECT uses that this scope is of,
// where it has a LIMIT and each row gives one; -1 is that it may be any number.
func (s *scope) most(n Node) int {
	if s == nil || s.query == nil || Kind(s.query) != "SELECT_NODE" || !sameNode(child(s.query, "from_table"), n) || n["sample"] != nil {
		return -1
	}
	for _, field := range []string{"where_clause", "having", "qualify", "sample"} {
		if s.query[field] != nil {
			return -1
		}
	}
	if len(list(s.query, "group_expressions"))+len(list(s.query, "group_sets")) > 0 || text(s.query, "aggregate_handling") != "STANDARD_HANDLING" {
		return -1
	}
	modifiers := nodes(list(s.query, "modifiers"))
	if len(modifiers) != 1 || Kind(modifiers[0]) != "LIMIT_MODIFIER" || slices.ContainsFunc(nodes(list(s.query, "select_list")), notOneEach) {
		return -1
	}
	limit, offset := whole(modifiers[0]["limit"]), whole(modifiers[0]["offset"])
	if modifiers[0]["offset"] == nil {
		offset = 0
	}
	if limit < 0 || offset < 0 {
		return -1
	}
	return limit + offset
}

// notOneEach reports whether an expression may be more than a value of each row:
// one of all of them, or several of one.
func notOneEach(n Node) bool {
	switch text(n, "class") {
	case "COLUMN_REF", "CONSTANT":
		return false
	case "STAR":
		return n["expr"] != nil || len(list(n, "replace_list")) > 0
	default:
		return true
	}
}

// whole reads a constant number of rows; -1 is that it is none, or very large.
func whole(v any) int {
	n, _ := v.(Node)
	if text(n, "class") != "CONSTANT" {
		return -1
	}
	number, _ := child(n, "value")["value"].(json.Number)
	rows, err := strconv.ParseInt(number.String(), 10, 32)
	if err != nil || rows < 0 {
		return -1
	}
	return int(rows)
}
