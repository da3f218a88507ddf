package sql

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// terminal asks by `tarn query`.
type terminal struct{ *lake }

func commandLine(_ *testing.T, l *lake) road { return terminal{l} }

// complaint is a problem as the command line prints it: place, code, message.
var complaint = regexp.MustCompile(`(?m)^(?:(?:sql|stdin)(?::\d+)*: )?[a-z-]+: (.*)$`)

func (x terminal) ask(t *testing.T, sql string) answer {
	t.Helper()
	cmd := x.command(t.Context(), "query", "--output", "json", "--file", "-")
	var out, problem bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(sql), &out, &problem
	var exit *exec.ExitError
	if err := cmd.Run(); errors.As(err, &exit) {
		if found := complaint.FindSubmatch(problem.Bytes()); found != nil {
			return answer{problem: string(found[1])}
		}
		return unexpected(t, sql, errors.New(problem.String()))
	} else if err != nil {
		return unexpected(t, sql, err)
	}
	a, err := decoded(&out)
	if err != nil {
		return unexpected(t, sql, err)
	}
	return a
}

// decoded reads a list of objects whose members are in the order of the columns.
func decoded(out *bytes.Buffer) (a answer, err error) {
	d := json.NewDecoder(out)
	d.UseNumber()
	if _, err := d.Token(); err != nil {
		return a, err
	}
	for d.More() {
		names, row, err := member(d)
		if err != nil {
			return a, err
		}
		a.names, a.rows = names, append(a.rows, row)
	}
	_, err = d.Token()
	return a, err
}

func member(d *json.Decoder) (names, row []string, err error) {
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, nil, err
		}
		text, err := jsonText(value)
		if err != nil {
			return nil, nil, err
		}
		names, row = append(names, name.(string)), append(row, text)
	}
	_, err = d.Token()
	return names, row, err
}

// jsonText is how a value is compared.
func jsonText(value json.RawMessage) (string, error) {
	switch value[0] {
	case '"':
		var s string
		err := json.Unmarshal(value, &s)
		return s, err
	case 'n':
		return "NULL", nil
	case '{', '[', 't', 'f':
		var b bytes.Buffer
		err := json.Compact(&b, value)
		return b.String(), err
	}
	return number(string(value)), nil
}
