package template

import (
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/jinja"
	"github.com/tarn-lake/tarn/internal/jinja/python"
	"github.com/tarn-lake/tarn/internal/template/pymodule"
	"github.com/tarn-lake/tarn/internal/template/relation"
)

// Ended is how a resource ended in a run, for the hooks at its end: what dbt's
// `results` hold.
type Ended struct {
	Status, Thread string
	Message        *string
	Failures       *int64
	// Took is in seconds.
	Took     float64
	Response map[string]any
	Timing   []Timing
	// Node describes the resource as the word `model` does.
	Node func() any
	// Schema is where the resource is stored; "" is nowhere.
	Schema string
}

// Timing is when a part of the work was done.
type Timing struct {
	Name     string
	From, To time.Time
}

// endedValue is how dbt shows a result, or a part of one: attributes, which
// to_dict turns into plain values.
type endedValue struct {
	typ    string
	fields *python.Dict
}

// TypeName is that of dbt's object.
func (e endedValue) TypeName() string { return e.typ }

// Attr returns a field, or the function that gives all of them.
func (e endedValue) Attr(name string) (any, bool) {
	if v, ok := e.fields.GetString(name); ok {
		return v, true
	}
	switch name {
	case "to_dict", "to_msg_dict":
		return jinja.NewFunc(name, func(*jinja.Call) (any, error) { return e.plain(), nil }), true
	case "skipped":
		status, _ := e.fields.GetString("status")
		return status == "skipped", e.typ == resultType
	}
	return nil, false
}

// Names lists the fields.
func (e endedValue) Names() []string {
	var out []string
	for i := range e.fields.Len() {
		key, _ := e.fields.Entry(i)
		name, _ := key.(string)
		out = append(out, name)
	}
	return append(out, "to_dict")
}

// plain is the value as dbt writes it down.
func (e endedValue) plain() *python.Dict {
	out := python.NewDict()
	for i := range e.fields.Len() {
		key, v := e.fields.Entry(i)
		name, _ := key.(string)
		out.SetString(name, plainEnded(v))
	}
	return out
}

func plainEnded(v any) any {
	switch v := v.(type) {
	case endedValue:
		return v.plain()
	case *python.List:
		list := python.NewList()
		for _, item := range v.Items {
			list.Items = append(list.Items, plainEnded(item))
		}
		return list
	case pymodule.DateTime:
		return strings.Replace(v.Str(), " ", "T", 1) + "Z"
	}
	return v
}

const resultType = "RunResult"

// value is how hooks see a result.
func (e Ended) value() any {
	f := python.NewDict()
	timing := python.NewList()
	for _, t := range e.Timing {
		one := python.NewDict()
		one.SetString("name", t.Name)
		one.SetString("started_at", pymodule.NewDateTime(t.From.UTC()))
		one.SetString("completed_at", pymodule.NewDateTime(t.To.UTC()))
		timing.Items = append(timing.Items, endedValue{"TimingInfo", one})
	}
	f.SetString("status", e.Status)
	f.SetString("timing", timing)
	f.SetString("thread_id", e.Thread)
	f.SetString("execution_time", e.Took)
	f.SetString("adapter_response", python.From(e.Response))
	f.SetString("message", nil)
	if e.Message != nil {
		f.SetString("message", *e.Message)
	}
	f.SetString("failures", nil)
	if e.Failures != nil {
		f.SetString("failures", *e.Failures)
	}
	node, _ := python.From(e.Node()).(*python.Dict)
	if node == nil {
		node = python.NewDict()
	}
	f.SetString("node", endedValue{"Node", node})
	f.SetString("agate_table", nil)
	f.SetString("batch_results", nil)
	return endedValue{resultType, f}
}

// ended are the words that hooks at the end of a run have besides all others.
func (r *render) ended(name string) (any, bool) {
	out := python.NewList()
	if r.Ended == nil && r.captured == nil {
		return nil, false // nothing has ended
	}
	seen := map[string]bool{}
	for _, e := range r.Ended {
		stored := e.Schema != "" && e.Status != "error" && e.Status != "fail" && e.Status != "skipped" && !seen[e.Schema]
		switch {
		case name == "results":
			out.Items = append(out.Items, e.value())
		case stored && name == "schemas":
			out.Items = append(out.Items, e.Schema)
		case stored:
			out.Items = append(out.Items, python.Tuple{relation.Database, e.Schema})
		}
		seen[e.Schema] = seen[e.Schema] || stored
	}
	return out, true
}
