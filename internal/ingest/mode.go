package ingest

import (
	"slices"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/lake"
	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/write"
)

// modeKinds are the modes in which rows meet those of the table by their keys.
var modeKinds = map[string]write.Kind{
	project.ModeMerge: write.Merge, project.ModeDeleteInsert: write.DeleteInsert,
	project.ModeInsertOnly: write.InsertOnly, project.ModeSCD2: write.SCD2,
}

var deletesKinds = map[string]write.Deletes{project.DeletesHard: write.Hard, project.DeletesSoft: write.Soft}

// combines reports whether rows meet those of the table one by one.
func (j *job) combines() bool {
	_, keyed := modeKinds[j.def.Mode]
	return j.meta && (keyed || j.def.Deduplicate != nil)
}

// ordersFiles reports whether it matters which file a row is from, as rows of
// the same key meet: a file that says what an earlier one did may take back what
// files between them said. Nothing is there twice for it.
func (j *job) ordersFiles() bool {
	_, keyed := modeKinds[j.def.Mode]
	return j.meta && keyed
}

// complete reports whether a load of files has to read all of them to tell what
// the table is to be.
func (j *job) complete() bool {
	return j.meta && j.supply == nil && j.replay == nil && (j.def.Mode == project.ModeReplace || j.comparesKeys())
}

// comparesKeys reports whether rows go whose key the source no longer has.
func (j *job) comparesKeys() bool { return deletesKinds[j.def.Deletes] != write.Ignore }

// outdated reports whether what is planned changes anything: then a complete
// load begins anew.
func (j *job) outdated() bool {
	if len(j.toRead) > 0 {
		return true
	}
	planned := map[string]bool{}
	for _, p := range j.plans {
		planned[p.Name] = true
	}
	for path := range j.known {
		if !planned[path] {
			return true
		}
	}
	return false
}

// mode is how the load's rows meet those of the table; renewed is the condition
// for those of files that changed.
func (j *job) mode(renewed string) write.Mode {
	def := j.def
	m := write.Mode{
		Kind: modeKinds[def.Mode], Keys: def.PrimaryKey, Cursor: def.Cursor, LaterWins: j.supply != nil, Joins: j.supply == nil,
		Columns: write.Provenance{File: FileColumn, Line: LineColumn, LoadedAt: LoadedAtColumn},
		Track:   def.Track, Renewed: renewed, Now: j.now(),
	}
	if j.replay == nil {
		m.Deletes = deletesKinds[def.Deletes]
		m.Unsure = j.filesWithRejects
	} else {
		m.Met = j.replay.met()
	}
	if j.hasOrigins() {
		// Each origin has keys of its own.
		m.Columns.Origin = OriginColumn
		if len(m.Keys) > 0 {
			m.Keys = append(m.Keys[:len(m.Keys):len(m.Keys)], OriginColumn)
		}
		names := make([]string, len(def.Origins))
		for i, o := range def.Origins {
			names[i] = ident.Literal(o.Name)
		}
		m.Within = ident.Quote(OriginColumn) + " IN (" + strings.Join(names, ", ") + ")"
	}
	for _, s := range def.Survivorship {
		m.Survivorship = append(m.Survivorship, write.Survivor{Column: s.Column, Rule: s.Rule, Prefer: s.Prefer, Source: s.Source})
	}
	m.Deduplicate = Duplicates(def.Deduplicate)
	return m
}

// filesWithRejects are the files of which not all is in the table: a key that
// they seem to have lost may be in quarantine.
func (j *job) filesWithRejects() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var files []string
	for name, s := range j.states {
		if s.rejected > 0 || s.skipped[SkippedUnfitType] > 0 || s.skipped[SkippedUnknownColumn] > 0 {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return files
}

// Duplicates is what a definition says of duplicates, nil for nothing.
func Duplicates(d *project.Deduplicate) *write.Duplicates {
	if d == nil {
		return nil
	}
	out := &write.Duplicates{Exact: d.Exact, First: d.Keep == project.KeepFirst}
	if z := d.Fuzzy; z != nil {
		out.Fuzzy = &write.Fuzzy{Columns: z.Columns, BlockBy: z.BlockBy, Similarity: z.Similarity}
	}
	return out
}

// meet makes of what a load does to its table what it does where rows meet: no
// row goes because its file changed, except where rows are replaced as such.
func (j *job) meet(r *write.Request) write.Mode {
	renewed := r.Remove
	switch {
	case r.Op == lake.Replace:
	case j.anew:
		r.Op, r.Remove, renewed = lake.Overwrite, "", "true"
	default:
		r.Op = lake.Overwrite
		if m := j.def.Mode; m != project.ModeAppend && m != project.ModeDeleteInsert {
			r.Remove = ""
		}
	}
	return j.mode(renewed)
}

// checkMode refuses columns that the table will not have.
func (j *job) checkMode() error {
	if !j.combines() {
		return nil
	}
	def, schema := j.def, j.schema()
	var problems diag.Problems
	check := func(key string, columns ...string) {
		for _, c := range columns {
			if c == "" || hasColumnNamed(schema, c) {
				continue
			}
			p := problems.Errorf("unknown-column", def.Places[key], "%s: %s has no column %q", key, j.table, c)
			p.Hint = "its columns are " + strings.Join(schema.Names(), ", ")
			if near := ident.Near(c, schema.Names()); len(near) > 0 {
				p.Hint = "did you mean " + near[0] + "?"
			}
		}
	}
	check("primary_key", def.PrimaryKey...)
	check("cursor", def.Cursor)
	check("track", def.Track...)
	for _, s := range def.Survivorship {
		check("survivorship."+s.Column, s.Column, s.Source)
	}
	if d := def.Deduplicate; d != nil {
		check("deduplicate", d.Exact...)
		if d.Fuzzy != nil {
			check("deduplicate", append(d.Fuzzy.Columns, d.Fuzzy.BlockBy...)...)
		}
	}
	if f, has := schema.Column(def.Cursor); has && def.Mode == project.ModeSCD2 && !isTime(f.Type.Kind) {
		problems.Errorf("bad-value", def.Places["cursor"], "cursor: %s is %s, and versions hold from a time on", f.Name, f.Type).
			WithHint("name a date or a timestamp, or leave the cursor out: then versions hold from their load on")
	}
	return problems.Err()
}

func isTime(k lake.Kind) bool {
	return k == lake.Date || k == lake.Timestamp || k == lake.TimestampTZ
}

func hasColumnNamed(s lake.Schema, name string) bool {
	_, has := s.Column(name)
	return has
}
