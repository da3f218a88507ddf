package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/diag"
)

// setting is one value that tarn.yml, the environment and flags can set. The
// list of settings is the one place that declares them.
type setting struct {
	key string // as in tarn.yml, such as engine.memory; flags use it too
	set func(c *Config, value string) error
}

var settings = append([]setting{
	{"lake.path", func(c *Config, v string) (err error) { c.Lake.Path, err = folder(v); return err }},
	{"catalog.type", func(c *Config, v string) (err error) { c.Catalog.Type, err = catalogType(v); return err }},
	{"catalog.uri", func(c *Config, v string) (err error) { c.Catalog.URI, err = catalogAddress(v); return err }},
	{"catalog.database", func(c *Config, v string) (err error) { c.Catalog.Database, err = address(v); return err }},
	{"catalog.warehouse", func(c *Config, v string) error { c.Catalog.Warehouse = v; return nil }},
	{"catalog.prefix", func(c *Config, v string) error { c.Catalog.Prefix = strings.Trim(v, "/"); return nil }},
	{"catalog.location", func(c *Config, v string) (err error) { c.Catalog.Location, err = tableFolder(v); return err }},
	{"catalog.credential", func(c *Config, v string) error { c.Catalog.Credential = v; return nil }},
	{"catalog.token", func(c *Config, v string) error { c.Catalog.Token = v; return nil }},
	{"catalog.oauth2-server-uri", func(c *Config, v string) (err error) { c.Catalog.TokenURI, err = webAddress(v); return err }},
	{"catalog.scope", func(c *Config, v string) error { c.Catalog.Scope = v; return nil }},
	{"state.uri", func(c *Config, v string) (err error) { c.State.URI, err = address(v); return err }},
	{"engine.memory", func(c *Config, v string) (err error) { c.Engine.Memory, err = memory(v); return err }},
	{"engine.threads", func(c *Config, v string) (err error) { c.Engine.Threads, err = threads(v); return err }},
	{"engine.spill", func(c *Config, v string) (err error) { c.Engine.Spill, err = folder(v); return err }},
	{"python.command", func(c *Config, v string) (err error) { c.Python.Command, err = program(v); return err }},
	{"serve.listen", func(c *Config, v string) (err error) { c.Serve.Listen, err = hostPort(v); return err }},
	{"serve.token", func(c *Config, v string) error { c.Serve.Token = v; return nil }},
	{"serve.postgres", func(c *Config, v string) (err error) { c.Serve.Postgres, err = hostPort(v); return err }},
	{"serve.certificate", func(c *Config, v string) error { c.Serve.Certificate = v; return nil }},
	{"serve.key", func(c *Config, v string) error { c.Serve.Key = v; return nil }},
	{"serve.proxies", func(c *Config, v string) (err error) { c.Serve.Proxies, err = networks(v); return err }},
	{"serve.locations", func(c *Config, v string) (err error) {
		c.Serve.Locations, err = oneOf(v, RefuseLocations, AssignLocations)
		return err
	}},
	{"history.max_snapshot_age", func(c *Config, v string) (err error) { c.History.MaxSnapshotAge, err = age(v); return err }},
	{"history.min_snapshots_to_keep", func(c *Config, v string) (err error) { c.History.MinSnapshotsToKeep, err = count(v); return err }},
	{"history.max_ref_age", func(c *Config, v string) (err error) { c.History.MaxRefAge, err = age(v); return err }},
	{"history.remove_after", func(c *Config, v string) (err error) { c.History.RemoveAfter, err = ParseDuration(v); return err }},
	{"audit.keep", func(c *Config, v string) (err error) { c.Audit.Keep, err = ParseDuration(v); return err }},
	{"audit.on_failure", func(c *Config, v string) (err error) {
		c.Audit.OnFailure, err = oneOf(v, RefuseUnrecorded, RunUnrecorded)
		return err
	}},
	{"audit.file", func(c *Config, v string) (err error) { c.Audit.File, err = folder(v); return err }},
	{"audit.file_size", func(c *Config, v string) (err error) { c.Audit.FileSize, err = ParseBytes(v); return err }},
	{"audit.kafka.brokers", func(c *Config, v string) (err error) { c.Audit.Kafka.Brokers, err = brokers(v); return err }},
	{"audit.kafka.topic", func(c *Config, v string) (err error) { c.Audit.Kafka.Topic, err = topic(v); return err }},
	{"audit.kafka.tls", func(c *Config, v string) (err error) { c.Audit.Kafka.TLS, err = yesNo(v); return err }},
	{"audit.kafka.ca", func(c *Config, v string) error { c.Audit.Kafka.CA = v; return nil }},
	{"audit.kafka.mechanism", func(c *Config, v string) (err error) { c.Audit.Kafka.Mechanism, err = mechanism(v); return err }},
	{"audit.kafka.user", func(c *Config, v string) error { c.Audit.Kafka.User = v; return nil }},
	{"audit.kafka.password", func(c *Config, v string) error { c.Audit.Kafka.Password = v; return nil }},
	{"target", func(c *Config, v string) error { c.Target = v; return nil }},
}, limitsOfAll()...)

// Env returns the environment variable of a setting: TARN_ENGINE_MEMORY for
// engine.memory.
func Env(key string) string {
	return "TARN_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// Keys returns the settings that flags and the environment can set.
func Keys() []string {
	keys := make([]string, len(settings))
	for i, s := range settings {
		keys[i] = s.key
	}
	return keys
}

// apply sets a value and reports where it does not fit.
func (s setting) apply(c *Config, value string, place diag.Place, ps *diag.Problems) {
	if err := s.set(c, value); err != nil {
		ps.Errorf("bad-setting", place, "`%s`: %v", s.key, err)
	}
}

func folder(v string) (string, error) {
	if strings.TrimSpace(v) == "" {
		return "", fmt.Errorf("the folder has no name")
	}
	if scheme, _, ok := strings.Cut(v, "://"); ok {
		return "", fmt.Errorf("%s:// is not there yet: name a folder", scheme)
	}
	return v, nil
}

// address takes that of a Postgres database. It is not repeated in messages: it
// may hold a password.
func address(v string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(v))
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("that is not the address of a Postgres database: write postgres://user@host/database, or leave it out for a file in the lake's folder")
	}
	return strings.TrimSpace(v), nil
}

func program(v string) (string, error) {
	if strings.TrimSpace(v) == "" {
		return "", fmt.Errorf("the program has no name")
	}
	return v, nil
}

func hostPort(v string) (string, error) {
	if _, _, err := net.SplitHostPort(v); err != nil {
		return "", fmt.Errorf("`%s` is not an address: write host:port", v)
	}
	return v, nil
}

// networks takes addresses and networks, parted by commas.
func networks(v string) (list []netip.Prefix, err error) {
	for _, text := range strings.Split(v, ",") {
		text = strings.TrimSpace(text)
		network, err := netip.ParsePrefix(text)
		if ip, ipErr := netip.ParseAddr(text); ipErr == nil {
			network, err = ip.Prefix(ip.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("`%s` is no address and no network: write 10.0.0.7 or 10.0.0.0/8, several with commas", text)
		}
		list = append(list, network.Masked())
	}
	return list, nil
}

func oneOf(v, a, b string) (string, error) {
	if v != a && v != b {
		return "", fmt.Errorf("`%s` is neither %s nor %s", v, a, b)
	}
	return v, nil
}

// ParseDuration takes Go's durations, and days.
func ParseDuration(v string) (time.Duration, error) {
	text := strings.TrimSpace(v)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("`%s` is not a length of time: write 90s, 30m, 12h or 5d", v)
	}
	return d, nil
}

func age(v string) (time.Duration, error) {
	d, err := ParseDuration(v)
	if err == nil && d < time.Millisecond {
		return 0, fmt.Errorf("`%s` is too short: the least is 1ms, with which history.min_snapshots_to_keep alone says how many are kept", v)
	}
	return d, err
}

func count(v string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("`%s` is not a number of snapshots: write 1 or more", v)
	}
	return n, nil
}

func memory(v string) (Bytes, error) {
	const least = 64e6
	b, err := ParseBytes(v)
	if err == nil && b < least {
		return 0, fmt.Errorf("%s is too little for the engine: give it %s or more", v, Bytes(least))
	}
	return b, err
}

func threads(v string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(v))
	if err != nil || n < 1 || n > 1024 {
		return 0, fmt.Errorf("`%s` is not a number of threads: write one from 1 to 1024", v)
	}
	return n, nil
}
