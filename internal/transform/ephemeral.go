package transform

import (
	"context"
	"strings"

	"github.com/tarn-lake/tarn/internal/project"
	"github.com/tarn-lake/tarn/internal/sqlast"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// ephemerals are the models that are part of the queries which name them, as
// one text meets them: each once, those that another one needs before it.
type ephemerals struct {
	names []string
	sql   map[string]string
}

// add adds one, and says whether it is new.
func (e *ephemerals) add(name, sql string) {
	if _, known := e.sql[name]; known {
		return
	}
	if e.sql == nil {
		e.sql = map[string]string{}
	}
	e.names, e.sql[name] = append(e.names, name), sql
}

// ephemeral compiles an ephemeral model, adds it and those that it needs, and
// returns what stands for it.
func (t *Transformer) ephemeral(ctx context.Context, r *project.Resource, env Env, all *ephemerals) (relation.Relation, error) {
	rel := relation.Ephemeral(r.Relation.Name)
	if _, known := all.sql[rel.CTE]; known {
		return rel, nil
	}
	if r.Language == project.LanguagePython {
		return rel, t.checkPython(r)
	}
	env.Batch = nil // it is no model in batches itself
	sql, err := t.render(ctx, r, env, all)
	if err == nil {
		all.add(rel.CTE, sql)
	}
	return rel, err
}

// prepend puts ephemeral models in front of a query, as dbt does: where it
// begins with WITH they become the first of its common table expressions. The
// text knows which of its parts the query's author wrote.
func (e *ephemerals) prepend(sql string) *sqlast.Text {
	text := &sqlast.Text{Script: sql}
	if len(e.names) == 0 {
		return text.Part(sqlast.Span{End: len(sql)})
	}
	list := make([]string, len(e.names))
	for i, name := range e.names {
		list[i] = " " + name + " as (\n" + e.sql[name] + "\n)"
	}
	ctes := strings.Join(list, ", ")
	start, with := withAt(sql)
	if with > start {
		return text.Part(sqlast.Span{End: with}).Add(ctes + ",").Part(sqlast.Span{Start: with, End: len(sql)})
	}
	return text.Part(sqlast.Span{End: start}).Add("with" + ctes + " ").Part(sqlast.Span{Start: start, End: len(sql)})
}

// withAt returns where a query begins, behind space and comments, and the end of
// its WITH or WITH RECURSIVE; the beginning where it has none.
func withAt(sql string) (start, with int) {
	start = skipSpace(sql, 0)
	end := wordEnd(sql, start)
	if !strings.EqualFold(sql[start:end], "with") {
		return start, start
	}
	next := skipSpace(sql, end)
	if after := wordEnd(sql, next); strings.EqualFold(sql[next:after], "recursive") {
		return start, after
	}
	return start, end
}

// skipSpace returns the next place in SQL that is neither space nor comment.
func skipSpace(sql string, i int) int {
	for i < len(sql) {
		switch {
		case strings.ContainsRune(" \t\r\n\f\v", rune(sql[i])):
			i++
		case strings.HasPrefix(sql[i:], "--"):
			end := strings.IndexByte(sql[i:], '\n')
			if end < 0 {
				return len(sql)
			}
			i += end + 1
		case strings.HasPrefix(sql[i:], "/*"):
			end := strings.Index(sql[i+2:], "*/")
			if end < 0 {
				return len(sql)
			}
			i += end + 4
		default:
			return i
		}
	}
	return i
}

func wordEnd(sql string, i int) int {
	for i < len(sql) && (sql[i] >= 'a' && sql[i] <= 'z' || sql[i] >= 'A' && sql[i] <= 'Z' || sql[i] == '_') {
		i++
	}
	return i
}
