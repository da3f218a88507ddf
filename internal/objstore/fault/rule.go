package fault

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

var operations = []string{"*", "open", "read", "create", "write", "commit", "sync", "stat", "delete", "list"}

var failures = map[string]error{
	"ENOSPC": syscall.ENOSPC,
	"EIO":    syscall.EIO,
	"EACCES": syscall.EACCES,
	"ENOENT": syscall.ENOENT,
	"crash":  ErrCrashed,
}

// rule is one parsed rule with its count of matches.
type rule struct {
	op      string
	pattern *regexp.Regexp
	nth     int // 0: every match
	onwards bool
	failure error
	matched int
}

var ruleForm = regexp.MustCompile(`^(\S+) (\S+)(?: (\d+)(?:st|nd|rd|th)(\+?))? -> (\S+)$`)

func parseRule(text string) (*rule, error) {
	parts := ruleForm.FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return nil, fmt.Errorf("rule %q is not <operation> <pattern> [<n>th[+]] -> <error>", text)
	}
	r := &rule{op: parts[1], onwards: parts[4] == "+", failure: failures[parts[5]]}
	known := false
	for _, op := range operations {
		known = known || op == r.op
	}
	if !known || r.failure == nil {
		return nil, fmt.Errorf("rule %q: unknown operation or error", text)
	}
	var err error
	if r.pattern, err = regexp.Compile(parts[2]); err != nil {
		return nil, fmt.Errorf("rule %q: %w", text, err)
	}
	if parts[3] != "" {
		if r.nth, err = strconv.Atoi(parts[3]); err != nil || r.nth == 0 {
			return nil, fmt.Errorf("rule %q: counting starts at 1st", text)
		}
	}
	return r, nil
}

// apply returns the failure when the rule wants this operation to fail.
func (r *rule) apply(op, name string) error {
	if (r.op != "*" && r.op != op) || !r.pattern.MatchString(name) {
		return nil
	}
	r.matched++
	if r.nth == 0 || r.matched == r.nth || (r.onwards && r.matched > r.nth) {
		return r.failure
	}
	return nil
}
