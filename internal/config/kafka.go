package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// brokers takes addresses, parted by commas.
func brokers(v string) (list []string, err error) {
	for _, one := range strings.Split(v, ",") {
		one, err = hostPort(strings.TrimSpace(one))
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, nil
}

// topicName is what Kafka takes as a topic's name.
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

func topic(v string) (string, error) {
	if !topicName.MatchString(v) {
		return "", fmt.Errorf("`%s` is not the name of a topic: letters, digits, dots, - and _", v)
	}
	return v, nil
}

// mechanisms are the ways to log in that there are.
var mechanisms = []string{"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}

func mechanism(v string) (string, error) {
	if !slices.Contains(mechanisms, strings.ToUpper(v)) {
		return "", fmt.Errorf("`%s` is none of %s", v, strings.Join(mechanisms, ", "))
	}
	return strings.ToUpper(v), nil
}

func yesNo(v string) (bool, error) {
	switch strings.ToLower(v) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("`%s` is neither true nor false", v)
}
