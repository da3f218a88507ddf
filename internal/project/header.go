package project

import "strings"

// header reads the SQL that stands before the statement which makes a model.
func (d *decoder) header() Hook {
	return Hook{SQL: d.text("sql_header"), Transaction: true, Place: d.layer["sql_header"].place}
}

// locateHeader finds where the header stands, if that is in the model's own
// text: in the text's config, or in a block of set_sql_header.
func (r *Resource) locateHeader() {
	h := &r.Config.SQLHeader
	at := strings.Index(r.SQL, h.SQL)
	if h.SQL == "" || at < 0 || h.Place.File != r.Path || r.SQLPlace.Line > 0 {
		return
	}
	h.Place = placeIn(r.Path, r.SQL, at)
}

// warnGrants tells, once, that grants give nobody anything.
func (l *loader) warnGrants(d *decoder, r *Resource) {
	if l.toldGrants || len(r.Config.Grants) == 0 || !r.Config.Enabled {
		return
	}
	l.toldGrants = true
	l.problems.Warnf("not-there-yet", d.layer["grants"].place, "`grants` have no effect: they are kept in the manifest, and who may read what comes with policies").
		WithHint("until then whoever may read the lake's files may read all of it")
}
