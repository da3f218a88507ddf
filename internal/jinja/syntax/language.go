package syntax

// Language is what a host adds to the grammar.
type Language struct {
	// Tags are its own block tags, by name.
	Tags map[string]Tag
	// Filter and Test return what is wrong with the name of a filter or a test
	// that stands at an offset, nil for one that there is.
	Filter, Test func(pos int, name string) error
}

// Tag says how a block tag of the host's reads: `{% kind name … %}…{% endkind %}`
// defines something that the host takes out of the file with
// [Scan]. In a template that is rendered such a block does nothing.
type Tag struct {
	// Signature lets parameters follow the name, as those of a macro.
	Signature bool
	// Options lets `, word` and `, word=value` follow the name.
	Options bool
	// Raw makes what stands between the tags text, whatever it looks like.
	Raw bool
}

// Param is one parameter of a definition.
type Param struct {
	Name string
	// Type is its annotation as written, as in `name: list[str]`; mostly empty.
	Type string
	// Default is its default as written; HasDefault tells an empty one from none.
	Default    string
	HasDefault bool
}
