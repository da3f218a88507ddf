package project

import (
	"strconv"

	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// The modes of ingest: how the rows of a load meet those that the table has.
const (
	ModeAppend       = "append"
	ModeReplace      = "replace"
	ModeMerge        = "merge"
	ModeDeleteInsert = "delete+insert"
	ModeInsertOnly   = "insert-only"
	ModeSCD2         = "scd2"
)

// What becomes of rows whose key the source no longer has.
const (
	DeletesIgnore = "ignore"
	DeletesHard   = "hard"
	DeletesSoft   = "soft"
)

// Which of several duplicates stays.
const (
	KeepLatest = "latest"
	KeepFirst  = "first"
)

// The rules by which the value of a column survives; [RulePrefer] comes with a
// list of sources.
const (
	RuleMostRecent = "most_recent"
	RuleNotNull    = "not_null"
	RuleFirst      = "first"
	RuleLongest    = "longest"
	RuleShortest   = "shortest"
	RuleMax        = "max"
	RuleMin        = "min"
	RulePrefer     = "prefer"
)

// In each list the first is the default.
var (
	ingestModes   = []string{ModeAppend, ModeReplace, ModeMerge, ModeDeleteInsert, ModeInsertOnly, ModeSCD2}
	deletesWords  = []string{DeletesIgnore, DeletesHard, DeletesSoft}
	keepWords     = []string{KeepLatest, KeepFirst}
	survivorRules = []string{RuleMostRecent, RuleNotNull, RuleFirst, RuleLongest, RuleShortest, RuleMax, RuleMin}
)

// Survivor says which of the values that rows of one key have in a column is
// kept.
type Survivor struct {
	Column, Rule string
	// Prefer are sources, the best first, and Source is the column that tells a
	// row's source, "" for where it was loaded from (RulePrefer).
	Prefer []string
	Source string
}

// Deduplicate says which rows are the same thing twice.
type Deduplicate struct {
	// Exact are columns that duplicates have equal values in.
	Exact []string
	Fuzzy *Fuzzy
	// Keep is latest or first.
	Keep string
}

// Fuzzy says that rows with equal values in BlockBy are duplicates where each
// of Columns is similar, from 0 to 1, by Jaro and Winkler.
type Fuzzy struct {
	Columns, BlockBy []string
	Similarity       float64
}

// mode reads how the rows of a load meet those that the table has.
func (f *file) mode(in *Ingest, m *yamldoc.Map) {
	in.Mode = f.oneOf("mode", f.placed(in, m, "mode"), m.Place("mode"), ingestModes)
	in.PrimaryKey = f.columnList(in, m, "primary_key")
	in.Cursor = f.placed(in, m, "cursor")
	in.Track = f.columnList(in, m, "track")
	in.Deletes = f.oneOf("deletes", f.placed(in, m, "deletes"), m.Place("deletes"), deletesWords)
	f.survivorship(in, m)
	if m.Has("deduplicate") {
		in.Places["deduplicate"] = m.Place("deduplicate")
		in.Deduplicate = f.deduplicate(m.Map("deduplicate"))
	}
	f.checkMode(in, m)
}

// columnList reads one column or several.
func (f *file) columnList(in *Ingest, m *yamldoc.Map, key string) []string {
	list := m.Texts(key)
	if !m.Has(key) {
		return nil
	}
	in.Places[key] = m.Place(key)
	seen := map[string]bool{}
	for _, c := range list {
		if c == "" || seen[c] {
			f.problems.Errorf("bad-value", m.Place(key), "`%s` names the column `%s` twice, or none", key, c)
		}
		seen[c] = true
	}
	if len(list) == 0 {
		f.problems.Errorf("bad-value", m.Place(key), "`%s` names no column", key)
	}
	return list
}

// survivorship reads a rule for each column: a word, or a mapping.
func (f *file) survivorship(in *Ingest, m *yamldoc.Map) {
	if m.Has("survivorship") {
		in.Places["survivorship"] = m.Place("survivorship")
	}
	for _, field := range f.entries(m, "survivorship") {
		s := Survivor{Column: field.Key}
		in.Places["survivorship."+field.Key] = field.Place
		switch {
		case field.Value.IsScalar() && field.Value.Text != "":
			s.Rule = f.oneOf(field.Key, field.Value.Text, field.Value.Place, survivorRules)
		default:
			one := f.reader.Map(field.Value, "the survivorship of `"+field.Key+"`")
			s.Prefer, s.Source = one.Texts(RulePrefer), one.Text("source")
			s.Rule = f.oneOf("rule", one.Text("rule"), one.Place("rule"), survivorRules)
			switch {
			case len(s.Prefer) > 0 && one.Has("rule"), len(s.Prefer) == 0 && (one.Has(RulePrefer) || !one.Has("rule")):
				f.problems.Errorf("bad-value", field.Value.Place, "the survivorship of `%s` is a `rule`, or sources to `prefer`, the best first", field.Key)
			case len(s.Prefer) > 0:
				s.Rule = RulePrefer
			case s.Source != "":
				f.problems.Errorf("bad-value", one.Place("source"), "`source` goes with `prefer` only")
			}
			one.Done()
		}
		in.Survivorship = append(in.Survivorship, s)
	}
}

func (f *file) deduplicate(m *yamldoc.Map) *Deduplicate {
	if m == nil {
		return nil
	}
	d := &Deduplicate{Exact: m.Texts("exact"), Keep: f.oneOf("keep", m.Text("keep"), m.Place("keep"), keepWords)}
	if m.Has("fuzzy") {
		d.Fuzzy = f.fuzzy(m.Map("fuzzy"))
	}
	if len(d.Exact) == 0 && !m.Has("fuzzy") {
		f.problems.Errorf("missing-key", m.Here(), "`deduplicate` says neither `exact` nor `fuzzy`").
			WithHint("`exact: [email]` takes rows with the same email for one")
	}
	m.Done()
	return d
}

func (f *file) fuzzy(m *yamldoc.Map) *Fuzzy {
	if m == nil {
		return nil
	}
	z := &Fuzzy{Columns: m.Texts("columns"), BlockBy: m.Texts("block_by")}
	var err error
	if z.Similarity, err = strconv.ParseFloat(m.Text("similarity"), 64); err != nil || z.Similarity <= 0 || z.Similarity > 1 {
		f.problems.Errorf("bad-value", m.Place("similarity"), "`similarity` is a number above 0 and up to 1").
			WithHint("0.92 takes Jon Smith and John Smith for one")
	}
	if len(z.Columns) == 0 {
		f.problems.Errorf("missing-key", m.Here(), "`fuzzy` has no `columns` to compare")
	}
	if len(z.BlockBy) == 0 {
		f.problems.Errorf("missing-key", m.Here(), "`fuzzy` has no `block_by`").
			WithHint("only rows with equal values there are compared, as in `block_by: [zip]`: comparing each with each would not end")
	}
	m.Done()
	return z
}

// checkMode refuses keys that mean nothing in the mode, and misses those that
// it needs.
func (f *file) checkMode(in *Ingest, m *yamldoc.Map) {
	keyed := in.Mode != ModeAppend && in.Mode != ModeReplace
	byDuplicates := in.Mode == ModeMerge && in.Deduplicate != nil
	if keyed && !byDuplicates && !m.Has("primary_key") {
		f.problems.Errorf("missing-key", m.Place("mode"), "the mode `%s` has no `primary_key`", in.Mode).
			WithHint("`primary_key: id` tells which rows are the same thing")
	}
	f.onlyWith(m, "survivorship", in.Mode == ModeMerge, "`mode: merge`")
	f.onlyWith(m, "track", in.Mode == ModeSCD2, "`mode: scd2`")
	f.onlyWith(m, "deduplicate", !keyed || byDuplicates && !m.Has("primary_key"), "the modes append and replace, and with merge in the place of `primary_key`")
	f.onlyWith(m, "deletes", in.Deletes == DeletesIgnore || m.Has("primary_key") && (in.Mode == ModeMerge || in.Mode == ModeSCD2), "`mode: merge` or `mode: scd2` and a `primary_key`")
}

func (f *file) onlyWith(m *yamldoc.Map, key string, right bool, with string) {
	if m.Has(key) && !right {
		f.problems.Errorf("bad-value", m.KeyPlace(key), "`%s` goes with %s only", key, with)
	}
}
