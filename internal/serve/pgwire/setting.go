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
	first  map[string]string
	values map[string]*chosen
	zone   *time.Location
	// levels are what was changed: in the transaction, and since each of its
	// savepoints. Each has what there was before, nil where nothing was set.
	levels []map[string]*chosen
}

// chosen is what a setting was set to. One that is local is so for the transaction
// alone, and has its value of then afterwards. What was chosen is not changed, but
// replaced.
type chosen struct {
	value, then string
	local       bool
}

func newSettings(user string) *settings {
	return &settings{user: user, first: map[string]string{}, values: map[string]*chosen{}, zone: time.UTC, levels: []map[string]*chosen{{}}}
}

// get returns a setting; false is one that there is not.
func (s *settings) get(name string) (string, bool) {
	name = ident.Fold(name)
	if v := s.values[name]; v != nil {
		return v.value, true
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

// set sets a setting for the session, or for the transaction alone.
func (s *settings) set(name, value string, local bool) error {
	name = ident.Fold(name)
	k, there := known[name]
	_, isFixed := fixed[name]
	switch {
	case name == "role", name == "session_authorization":
		return s.become(name, value, local)
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
	s.put(name, value, local)
	return nil
}

// become takes the role that the session has anyway.
func (s *settings) become(name, role string, local bool) error {
	own := strings.EqualFold(role, s.user)
	switch {
	case name == "role" && (own || role == "none"):
		s.put(name, role, local)
	case !own:
		return fail("42501", "permission denied to set %s %q", strings.ReplaceAll(name, "_", " "), role).hinted("log in as who the statements are to run for")
	}
	return nil
}

func (s *settings) put(name, value string, local bool) {
	v := &chosen{value: value, local: local}
	if before := s.values[name]; local && before != nil && before.local {
		v.then = before.then
	} else if local {
		v.then, _ = s.get(name)
	}
	s.choose(name, v)
}

// begun makes what was set what RESET goes back to.
func (s *settings) begun() {
	s.commit()
	for name, v := range s.values {
		s.first[name] = v.value
	}
	clear(s.values)
}

// reset takes a setting back to what it was; all is every one but those of the
// transaction.
func (s *settings) reset(name string) error {
	name = ident.Fold(name)
	if name == "all" {
		for _, one := range slices.Collect(maps.Keys(s.values)) {
			if !ofTransaction(one) {
				s.choose(one, nil)
			}
		}
		return nil
	}
	if _, there := s.get(name); !there {
		return fail("42704", "unrecognized configuration parameter %q", name)
	}
	s.choose(name, nil)
	return nil
}

// ofTransaction reports whether a setting is one that each transaction has anew.
func ofTransaction(name string) bool { return strings.HasPrefix(ident.Fold(name), "transaction_") }

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
