package pgwire

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/ident"
	"github.com/tarn-lake/tarn/internal/serve/pgwire/pgcatalog"
)

// known are the settings that there are: what they are at first, and what they
// may be; nil is anything. Of most, nothing follows.
var known = map[string]struct {
	value string
	check func(string) (string, bool)
}{
	"application_name": {"", nil}, "client_encoding": {"UTF8", utf8Only}, "client_min_messages": {"notice", nil},
	"bytea_output": {"hex", only("hex")}, "datestyle": {"ISO, MDY", isoDates}, "intervalstyle": {"postgres", only("postgres")},
	"timezone": {"UTC", zone}, "extra_float_digits": {"1", whole}, "standard_conforming_strings": {"on", only("on")},
	"escape_string_warning": {"on", nil}, "search_path": {`main`, nil}, "statement_timeout": {"0", duration},
	"lock_timeout": {"0", duration}, "idle_in_transaction_session_timeout": {"0", duration}, "idle_session_timeout": {"0", duration},
	"default_transaction_isolation": {"repeatable read", nil}, "transaction_isolation": {"repeatable read", nil},
	"default_transaction_read_only": {"off", truthful}, "transaction_read_only": {"off", truthful},
	"default_transaction_deferrable": {"off", nil}, "transaction_deferrable": {"off", nil},
	"row_security": {"on", nil}, "synchronous_commit": {"on", nil}, "jit": {"off", nil}, "lc_messages": {"C", nil},
	"lc_monetary": {"C", nil}, "lc_numeric": {"C", nil}, "lc_time": {"C", nil}, "xmloption": {"content", nil},
	"geqo": {"on", nil}, "check_function_bodies": {"on", nil}, "quote_all_identifiers": {"off", nil}, "role": {"none", nil},
}

// fixed are settings that only the server has.
var fixed = map[string]string{
	"server_version": pgcatalog.Version, "server_version_num": "150000", "server_encoding": "UTF8", "integer_datetimes": "on",
	"is_superuser": "off", "in_hot_standby": "off", "max_identifier_length": "63", "lc_collate": "C", "lc_ctype": "C.UTF-8",
	"block_size": "8192", "ssl": "off", "wal_level": "replica", "max_index_keys": "32", "max_connections": "1000",
	"default_tablespace": "", "default_table_access_method": "iceberg", "password_encryption": "scram-sha-256", "session_authorization": "",
}

// reports are the settings that clients are told of, as PostgreSQL spells them.
var reports = []string{
	"application_name", "client_encoding", "DateStyle", "default_transaction_read_only", "in_hot_standby", "integer_datetimes",
	"IntervalStyle", "is_superuser", "server_encoding", "server_version", "session_authorization", "standard_conforming_strings", "TimeZone",
}

// settings are those of one session.
type settings struct {
	user string
	// first are the values that RESET goes back to, values those that were set.
	first, values map[string]string
	zone          *time.Location
	// local are values to go back to when the transaction ends.
	local map[string]string
}

func newSettings(user string) *settings {
	return &settings{user: user, first: map[string]string{}, values: map[string]string{}, zone: time.UTC, local: map[string]string{}}
}

// get returns a setting; false is one that there is not.
func (s *settings) get(name string) (string, bool) {
	name = ident.Fold(name)
	if v, set := s.values[name]; set {
		return v, true
	}
	return s.initial(name)
}

func (s *settings) initial(name string) (string, bool) {
	if v, given := s.first[name]; given {
		return v, true
	}
	if name == "session_authorization" {
		return s.user, true
	}
	if v, there := fixed[name]; there {
		return v, true
	}
	k, there := known[name]
	return k.value, there
}

// set sets a setting for the session.
func (s *settings) set(name, value string) error {
	name = ident.Fold(name)
	k, there := known[name]
	_, isFixed := fixed[name]
	switch {
	case name == "role", name == "session_authorization":
		return s.become(name, value)
	case isFixed:
		return fail("55P02", "parameter %q cannot be changed", name)
	case !there && !strings.Contains(name, "."):
		return fail("42704", "unrecognized configuration parameter %q", name)
	case k.check != nil:
		checked, ok := k.check(value)
		if !ok {
			return fail("22023", "invalid value for parameter %q: %q", name, value).hinted("this server knows " + strconv.Quote(k.value))
		}
		value = checked
	}
	s.put(name, value)
	return nil
}

// become takes the role that the session has anyway.
func (s *settings) become(name, role string) error {
	own := strings.EqualFold(role, s.user)
	switch {
	case name == "role" && (own || role == "none"):
		s.put(name, role)
	case !own:
		return fail("42501", "permission denied to set %s %q", strings.ReplaceAll(name, "_", " "), role).hinted("log in as who the statements are to run for")
	}
	return nil
}

func (s *settings) put(name, value string) {
	s.values[name] = value
	if name == "timezone" {
		s.zone, _ = location(value) // was checked
	}
}

// setLocal sets a setting for the transaction.
func (s *settings) setLocal(name, value string) error {
	name = ident.Fold(name)
	before, _ := s.get(name)
	if err := s.set(name, value); err != nil {
		return err
	}
	if _, kept := s.local[name]; !kept {
		s.local[name] = before
	}
	return nil
}

// begun makes what was set what RESET goes back to.
func (s *settings) begun() {
	maps.Copy(s.first, s.values)
	clear(s.values)
}

// endTransaction takes back what was set for it alone, and returns what that
// was.
func (s *settings) endTransaction() []string {
	names := slices.Sorted(maps.Keys(s.local))
	for _, name := range names {
		s.put(name, s.local[name])
	}
	clear(s.local)
	return names
}

// reset takes a setting back to what it was; all is every one.
func (s *settings) reset(name string) error {
	name = ident.Fold(name)
	if name == "all" {
		for _, one := range slices.Collect(maps.Keys(s.values)) {
			v, _ := s.initial(one)
			s.put(one, v)
		}
		clear(s.values)
		return nil
	}
	v, there := s.initial(name)
	if !there {
		return fail("42704", "unrecognized configuration parameter %q", name)
	}
	if _, isFixed := fixed[name]; !isFixed {
		s.put(name, v)
	}
	return nil
}

// reported are the settings that a client is told of.
func (s *settings) reported() [][2]string {
	out := make([][2]string, len(reports))
	for i, name := range reports {
		v, _ := s.get(name)
		out[i] = [2]string{name, v}
	}
	return out
}

// all are the names and values of all settings.
func (s *settings) all() [][2]string {
	names := slices.Concat(slices.Collect(maps.Keys(known)), slices.Collect(maps.Keys(fixed)), slices.Collect(maps.Keys(s.values)))
	slices.Sort(names)
	var list [][2]string
	for _, name := range slices.Compact(names) {
		value, _ := s.get(name)
		list = append(list, [2]string{name, value})
	}
	return list
}

func only(value string) func(string) (string, bool) {
	return func(v string) (string, bool) { return value, strings.EqualFold(v, value) }
}

// utf8Only takes UTF8, and SQL_ASCII, by which clients of a machine without a locale
// ask for bytes as they are.
func utf8Only(v string) (string, bool) {
	plain := strings.ToLower(strings.NewReplacer("-", "", "_", "", "'", "").Replace(v))
	return "UTF8", plain == "utf8" || plain == "unicode" || plain == "sqlascii"
}

// isoDates takes every order of day and month: they are written in ISO's.
func isoDates(v string) (string, bool) {
	order := "MDY"
	for _, f := range strings.Split(v, ",") {
		switch word := strings.ToUpper(strings.TrimSpace(f)); word {
		case "ISO", "":
		case "MDY", "DMY", "YMD":
			order = word
		default:
			return "", false
		}
	}
	return "ISO, " + order, true
}

// zone is the name of a time zone as it is written, however the client writes it.
func zone(v string) (string, bool) {
	l, ok := location(v)
	if ok && l.String() != "" { // else a number of hours
		v = l.String()
	}
	return v, ok
}

func location(v string) (*time.Location, bool) {
	if hours, err := strconv.ParseFloat(v, 64); err == nil && hours >= -16 && hours <= 16 {
		return time.FixedZone("", int(hours*3600)), true
	}
	if strings.EqualFold(v, "local") || strings.EqualFold(v, "default") {
		v = "UTC"
	}
	for _, name := range []string{v, strings.ToUpper(v), capitals(v)} {
		if l, err := time.LoadLocation(name); err == nil && name != "" {
			return l, true
		}
	}
	return nil, false
}

// capitals writes the words of a name with a capital each: America/New_York.
func capitals(v string) string {
	b := []byte(strings.ToLower(v))
	for i, c := range b {
		if c >= 'a' && c <= 'z' && (i == 0 || b[i-1] == '/' || b[i-1] == '_') {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func whole(v string) (string, bool) {
	_, err := strconv.Atoi(strings.TrimSpace(v))
	return strings.TrimSpace(v), err == nil
}

var units = map[string]time.Duration{"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour}

func duration(v string) (string, bool) {
	_, ok := length(v)
	return v, ok
}

// length reads how long something may take, as PostgreSQL writes it; 0 is for
// ever.
func length(v string) (time.Duration, bool) {
	v = strings.TrimSpace(v)
	digits := strings.TrimRight(v, "abcdefghijklmnopqrstuvwxyz ")
	n, err := strconv.ParseUint(digits, 10, 31)
	unit, ok := units[strings.TrimSpace(v[len(digits):])]
	return time.Duration(n) * unit, err == nil && ok //nolint:gosec // 31 bits
}

func truthful(v string) (string, bool) {
	on, ok := truth(v)
	if on {
		return "on", ok
	}
	return "off", ok
}

func truth(v string) (value, ok bool) {
	switch strings.ToLower(v) {
	case "on", "true", "yes", "1", "t", "y":
		return true, true
	case "off", "false", "no", "0", "f", "n":
		return false, true
	}
	return false, false
}
