package syslog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/syslog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestContract(t *testing.T) {
	connectortest.Run(t, connectortest.Case{
		Format: syslog.New(),
		Good: []string{
			`<34>1 2003-10-11T22:14:15.003Z host su - ID47 - failed for lonvick`,
			`<34>Oct 11 22:14:15 host su: failed for lonvick`,
			`2024-02-29T00:00:00+01:00 host app[42]: up`,
		},
		Bad: []string{`<192>1 - - - - - - x`, `no message at all`},
	})
}

// written is when the files of the tests were last written.
var written = time.Date(2026, 11, 21, 13, 9, 36, 0, time.UTC)

func load(t *testing.T, text string, options map[string]any) *connectortest.Collected {
	t.Helper()
	in := connectortest.File("a.log", []byte(text))
	in.Modified = written
	req := connector.Request{Options: map[string]connector.Option{}}
	for name, value := range options {
		req.Options[name] = connector.Option{Value: value}
	}
	_, _, got, err := connectortest.Collect(t.Context(), syslog.New(), []connector.Input{in}, req)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const (
	quality = `{"element":"timeQuality","name":"tzKnown","value":"1"},{"element":"timeQuality","name":"isSynced","value":"0"}`
	order   = `{"element":"order@32473","name":"no","value":"17"},{"element":"order@32473","name":"note","value":"say \"hi\" \\ [ok]"}`
)

func TestMessagesOfLogger(t *testing.T) {
	for name, want := range map[string][]string{
		"rfc5424.log": {
			`2026-11-21T13:10:08.631994Z|134|local0|info|vm|checkout|4711|NULL|[` + quality + `]|order 17 placed by anna`,
			`2026-11-21T13:10:08.634851Z|131|local0|err|vm|checkout|4711|PAYMENT|[` + quality + "," + order + `]|payment refused: card «expired»`,
			`2026-11-21T13:10:08.637278Z|36|auth|warning|vm|sshd|NULL|NULL|NULL|two  spaces, and more: a [b] c`,
			`NULL|79|cron|debug|NULL|cron|NULL|NULL|NULL|nothing known`,
		},
		"rfc3164.log": {
			`2026-11-21T13:10:08Z|134|local0|info|vm|checkout|4711|NULL|NULL|order 17 placed by anna`,
			`2026-11-21T13:10:08Z|36|auth|warning|vm|sshd|NULL|NULL|NULL|two  spaces, and more: a [b] c`,
		},
		"local.log": {
			`2026-11-21T13:10:08Z|13|user|notice|NULL|checkout|4711|NULL|NULL|as the daemon of this machine gets it`,
		},
		"counted.log": {
			`2026-11-21T13:10:08.655353Z|13|user|notice|vm|checkout|NULL|NULL|NULL|order 17 placed`,
			`2026-11-21T13:10:08.655457Z|13|user|notice|vm|checkout|NULL|NULL|NULL|order 18 placed`,
			`2026-11-21T13:10:08.65549Z|13|user|notice|vm|checkout|NULL|NULL|NULL|order 19 placed`,
		},
	} {
		got := load(t, read(t, name), nil)
		if diff := cmp.Diff(want, lines(got)); diff != "" {
			t.Errorf("%s: %s %+v", name, diff, got.Rejects)
		}
	}
}

func TestFormsOfDaemons(t *testing.T) {
	for line, want := range map[string]string{
		`Nov 21 13:09:36 db kernel: [    0.000000] Linux`:             `2026-11-21T13:09:36Z|NULL|NULL|NULL|db|kernel|NULL|NULL|NULL|[    0.000000] Linux`,
		`Nov  1 03:04:05.678 db sshd(pam_unix)[7]: at 10:11:12`:       `2026-11-01T03:04:05.678Z|NULL|NULL|NULL|db|sshd(pam_unix)|7|NULL|NULL|at 10:11:12`,
		`Dec 31 23:59:59 db last message repeated 2 times`:            `2025-12-31T23:59:59Z|NULL|NULL|NULL|db|NULL|NULL|NULL|NULL|last message repeated 2 times`,
		`Feb 29 00:00:00 db app: leap`:                                `2024-02-29T00:00:00Z|NULL|NULL|NULL|db|app|NULL|NULL|NULL|leap`,
		`<5>Nov 21 2019 13:09:36 asa : %ASA-5-111008: text`:           `2019-11-21T13:09:36Z|5|kern|notice|asa|NULL|NULL|NULL|NULL|: %ASA-5-111008: text`,
		`<0>2026-11-21T13:09:36.5+02:00 h systemd-logind[1]: fe80::1`: `2026-11-21T11:09:36.5Z|0|kern|emerg|h|systemd-logind|1|NULL|NULL|fe80::1`,
		`<13>1 2026-11-21T13:09:36Z h a p m [x@1][y@2 k=""]`:          `2026-11-21T13:09:36Z|13|user|notice|h|a|p|m|[{"element":"x@1","name":null,"value":null},{"element":"y@2","name":"k","value":""}]|NULL`,
		"<13>1 - h a p m - \xEF\xBB\xBFsu: été":                       `NULL|13|user|notice|h|a|p|m|NULL|su: été`,
		"27 <13>1 - h a p m - one\ntwo\n3\n":                          "NULL|13|user|notice|h|a|p|m|NULL|one\ntwo\n3",
	} {
		if diff := cmp.Diff([]string{want}, lines(load(t, line, nil))); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	}
}

func TestYearAndZoneAreDeclared(t *testing.T) {
	got := load(t, "Dec 31 23:59:59 db app: x\n", map[string]any{"year": 2019, "time_zone": "Europe/Oslo"})
	if want := "2019-12-31T22:59:59Z"; got.Rows[0][0] != want {
		t.Errorf("got %s, want %s", got.Rows[0][0], want)
	}
}

func TestLinesThatDepart(t *testing.T) {
	for line, reason := range map[string]string{
		`<999>Nov 21 13:09:36 h a: x`:        "no priority from <0> to <191> at column 1",
		`<13`:                                "no priority from <0> to <191> at column 1",
		`<13>Nov 31 13:09:36 h a: x`:         "no time such as Oct 11 22:14:15 or 2003-10-11T22:14:15.003Z at column 5",
		`<13>1 2026-11-21T25:09:36Z h`:       "no time such as 2003-10-11T22:14:15.003Z at column 7",
		`<13>1 - h a`:                        "no process id at column 12",
		`<13>1 - h a p m x`:                  "no structured data, nor a dash at column 17",
		`<13>1 - h a p m [x k="v`:            "a quote that is never closed in structured data at column 22",
		`<13>1 - h a p m [x k=v]`:            `no parameter such as name="value" at column 20`,
		`<13>1 - h a p m [x]y`:               "no space behind the structured data at column 20",
		`99 <13>1 - h a p m - cut off`:       "the text ends 74 bytes before its count says",
		"5 <13>1 - h a p m - the count lies": "no time such as Oct 11 22:14:15 or 2003-10-11T22:14:15.003Z at column 1",
	} {
		got := load(t, line+"\n<13>1 - - - - - - next\n", nil)
		if strings.HasPrefix(line, "99") {
			got = load(t, line, nil)
		}
		if len(got.Rejects) != 1 || got.Rejects[0].Violations[0].Reason != reason {
			t.Errorf("%s: %+v", line, got.Rejects)
		}
	}
}

func TestMessagesHaveTemplates(t *testing.T) {
	text := "<13>1 - - - - - - user anna logged in from 10.0.0.1\n<13>1 - - - - - - disk full\n<13>1 - - - - - - user bob logged in from 10.0.0.2\n"
	got := load(t, text, map[string]any{"templates": true})
	var found []string
	for _, row := range got.Rows {
		found = append(found, row[10]+" "+row[12])
	}
	want := []string{`user <*> logged in from <*> ["anna","10.0.0.1"]`, `disk full []`, `user <*> logged in from <*> ["bob","10.0.0.2"]`}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if got.Rows[0][11] != got.Rows[2][11] || got.Rows[0][11] == got.Rows[1][11] {
		t.Error("the ids are not those of the templates")
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func lines(c *connectortest.Collected) (lines []string) {
	for _, row := range c.Rows {
		lines = append(lines, strings.Join(row, "|"))
	}
	return lines
}
