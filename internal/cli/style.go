package cli

// style colours text, or leaves it plain.
type style struct{ colour bool }

// style is colourful on a terminal unless somebody does not want it.
func (c *command) style() style {
	return style{colour: !c.flags.noColor && terminal(c.program.Err)}
}

func (s style) paint(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(t string) string { return s.paint("1", t) }
func (s style) dim(t string) string  { return s.paint("2", t) }
func (s style) bad(t string) string  { return s.paint("31", t) }
func (s style) good(t string) string { return s.paint("32", t) }
func (s style) wait(t string) string { return s.paint("33", t) }
