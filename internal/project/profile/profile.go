// Package profile is for dbt's profiles.yml, as far as it means something to an
// engine that needs no connection: the name of the target, its schema and its
// threads.
//
// It promises never to read passwords, keys and whatever else connections are
// made of. It leaves to others where the file lies.
package profile

import (
	"strconv"
	"strings"

	"github.com/tarn-lake/tarn/internal/diag"
	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/yamldoc"
)

// File is the name of the file.
const File = "profiles.yml"

// Profile is one target of one profile.
type Profile struct {
	Name, Target string
	// Schema is where models are stored, "" where the target does not say.
	Schema string
	// Threads is 0 where the target does not say.
	Threads int
}

// Read picks the target of the profile with the given name: the one that is
// wanted, or else the profile's default. render replaces templates in a text.
// nil is a profile that there is not, which is no problem: none is needed.
func Read(r *yamldoc.Reader, root *yamldoc.Node, name, wanted string, render func(text string, place diag.Place) string) *Profile {
	profile := root.Get(name)
	if profile == nil || profile.Kind != yamldoc.Mapping {
		return nil
	}
	text := func(n *yamldoc.Node) string {
		if n == nil || !n.IsScalar() {
			return ""
		}
		return strings.TrimSpace(render(n.Text, n.Place))
	}
	p := &Profile{Name: name, Target: wanted}
	if p.Target == "" {
		p.Target = text(profile.Get("target"))
	}
	if p.Target == "" {
		p.Target = "default"
	}
	outputs := profile.Get("outputs")
	output := outputs.Get(p.Target)
	if output == nil {
		var known []string
		for _, f := range outputs.Fields() {
			known = append(known, f.Key)
		}
		found := r.Problems.Warnf("unknown-target", profile.Place, "the profile `%s` has no target `%s`", name, p.Target)
		if near := ident.Near(p.Target, known); len(near) > 0 {
			found.WithHint("did you mean `%s`?", near[0])
		} else {
			found.WithHint("it has %s", strings.Join(known, ", "))
		}
		return p
	}
	if p.Schema = text(output.Get("schema")); p.Schema == "" {
		p.Schema = text(output.Get("dataset"))
	}
	if n, err := strconv.Atoi(text(output.Get("threads"))); err == nil && n > 0 {
		p.Threads = n
	}
	return p
}
