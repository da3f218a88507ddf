package pgwire

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/tarn-lake/tarn/internal/ident"
)

// showsSetting reports whether SHOW is about a setting; the rest is the gate's.
func (c *conn) showsSetting(w *words) bool {
	if len(w.tokens) < 2 {
		return true
	}
	switch w.tokens[1].Word {
	case "TABLES", "DATABASES", "SCHEMAS", "COLUMNS":
		return false
	case "ALL":
		return len(w.tokens) == 2
	}
	return true
}

// settingName reads the name of a setting, of which some are several words.
func (w *words) settingName() string {
	switch {
	case w.accept("TIME", "ZONE"):
		return "timezone"
	case w.accept("TRANSACTION", "ISOLATION", "LEVEL"):
		return "transaction_isolation"
	case w.accept("SESSION", "AUTHORIZATION"):
		return "session_authorization"
	case w.accept("NAMES"):
		return "client_encoding"
	}
	name := w.next()
	for w.accept(".") {
		name += "." + w.next()
	}
	return name
}

func (c *conn) show(w *words) (*command, error) {
	if w.accept("ALL") {
		return &command{columns: []column{{"name", textKind}, {"setting", textKind}, {"description", textKind}}, run: func(_ context.Context, p *portal) (string, error) {
			for _, s := range c.settings.all() {
				p.textRow(s[0], s[1], "")
			}
			return "SHOW", nil
		}}, nil
	}
	name := w.settingName()
	value, there := c.settings.get(name)
	if !there {
		return nil, fail("42704", "unrecognized configuration parameter %q", name)
	}
	return &command{columns: []column{{ident.Fold(name), textKind}}, run: func(_ context.Context, p *portal) (string, error) {
		p.textRow(value)
		return "SHOW", nil
	}}, nil
}

// textRow sends a row of texts, which are the same in both formats.
func (p *portal) textRow(values ...string) {
	row := &pgproto3.DataRow{}
	for _, v := range values {
		row.Values = append(row.Values, []byte(v))
	}
	p.c.send(row)
}

// set reads SET.
func (c *conn) set(w *words) (*command, error) {
	local := false
	switch {
	case w.accept("SESSION", "CHARACTERISTICS", "AS", "TRANSACTION"):
		return c.characteristics(w, "default_transaction_")
	case w.accept("TRANSACTION"):
		return c.characteristics(w, "transaction_")
	case w.accept("CONSTRAINTS"):
		w.rest()
		return done("SET CONSTRAINTS"), nil
	case w.accept("LOCAL"):
		local = true
	case len(w.tokens) > 1 && w.tokens[1].Word != "AUTHORIZATION":
		w.accept("SESSION")
	}
	spaced := w.peek() == "TIME" || w.peek() == "NAMES" || w.peek() == "SESSION" || w.peek() == "ROLE"
	name := w.settingName()
	if !w.accept("=") && !w.accept("TO") && !spaced {
		return nil, w.unexpected()
	}
	value, standard, err := w.value()
	if err != nil {
		return nil, err
	}
	return doing("SET", func() error {
		if standard {
			return c.settings.reset(name)
		}
		return c.settings.set(name, value, local || ofTransaction(name))
	}), nil
}

// value reads what a setting is set to; standard is DEFAULT.
func (w *words) value() (value string, standard bool, err error) {
	if w.ended() {
		return "", false, w.unexpected()
	}
	if w.accept("DEFAULT") {
		return "", true, nil
	}
	var parts []string
	for {
		sign := ""
		if w.accept("-") {
			sign = "-"
		}
		parts = append(parts, sign+w.next())
		if !w.accept(",") {
			return strings.Join(parts, ", "), false, nil
		}
		if w.ended() {
			return "", false, w.unexpected()
		}
	}
}

// characteristics reads the modes of transactions: every one sees one state of
// the tables, and may not change them.
func (c *conn) characteristics(w *words, prefix string) (*command, error) {
	set, err := c.modes(w, prefix)
	if err != nil {
		return nil, err
	}
	return doing("SET", set), nil
}

// modes reads modes of transactions and returns what sets them.
func (c *conn) modes(w *words, prefix string) (set func() error, err error) {
	values := map[string]string{}
	for !w.ended() {
		switch {
		case w.accept(","):
		case w.accept("ISOLATION", "LEVEL"):
			level := w.next()
			if level == "read" || level == "repeatable" {
				level += " " + w.next()
			}
			values["isolation"] = level
		case w.accept("READ", "ONLY"):
			values["read_only"] = "on"
		case w.accept("READ", "WRITE"):
			values["read_only"] = "off"
		case w.accept("DEFERRABLE"):
			values["deferrable"] = "on"
		case w.accept("NOT", "DEFERRABLE"):
			values["deferrable"] = "off"
		default:
			return nil, w.unexpected()
		}
	}
	return func() error {
		for name, value := range values {
			if err := c.settings.set(prefix+name, value, ofTransaction(prefix)); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (c *conn) reset(w *words) (*command, error) {
	name := w.settingName()
	return doing("RESET", func() error { return c.settings.reset(name) }), nil
}

// report tells the client of the settings that are not what it was told last,
// where clients are told.
func (c *conn) report() {
	now := c.settings.reported()
	for i, s := range now {
		if c.reported == nil || c.reported[i] != s {
			c.send(&pgproto3.ParameterStatus{Name: s[0], Value: s[1]})
		}
	}
	c.reported = now
}
