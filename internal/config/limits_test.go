package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tarn-lake/tarn/internal/diag"
)

func TestLimitsOfEverybodyUsersAndGroups(t *testing.T) {
	dir := project(t, `serve:
  limits:
    running: 8
    queue: 1000
    user: {running: 4, queue: 100, queue_time: 1m, time: 1h}
    users:
      etl: {running: 8, time: 4h, memory: 1GB}
      "user:anna":
    groups: {analysts: {running: 6, connections: 20, memory: 2GB}}
`)
	got, ps := Load(dir, environment(map[string]string{"TARN_SERVE_LIMITS_QUEUE": "7", "TARN_SERVE_LIMITS_USER_TIME": "2h"}), map[string]string{})
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	want := Limits{Running: 8, Queue: 7, User: Limit{Running: 4, Queue: 100, QueueTime: time.Minute, Time: 2 * time.Hour},
		Users: map[string]Limit{"etl": {Running: 8, Time: 4 * time.Hour, Memory: 1e9}, "user:anna": {}}, Groups: map[string]Limit{"analysts": {Running: 6, Connections: 20, Memory: 2e9}}}
	if diff := cmp.Diff(want, got.Serve.Limits, cmpopts.IgnoreTypes(diag.Place{})); diff != "" {
		t.Error(diff)
	}
	if place := got.Serve.Limits.Groups["analysts"].Place.String(); place != "tarn.yml:9:14" {
		t.Error(place)
	}
}

func TestWrongLimitsHaveTheirPlaces(t *testing.T) {
	_, ps := Load(project(t, `serve:
  limits:
    running: 0
    user: {tme: 1h}
    users: {etl: {time: soon, running: [1]}, eve: {memory: 2KB}}
    groups: {analysts: {memory: 2KB, queue_time: 0s}}
`), environment(nil), map[string]string{})
	want := "tarn.yml:3:14: bad-setting: `serve.limits.running`: `0` is not a number from 1 to 1000000\n" +
		"tarn.yml:4:12: unknown-key: unknown key `tme`\n  hint: did you mean `time`?\n" +
		"tarn.yml:5:25: bad-setting: `serve.limits.users.etl.time`: `soon` is not a length of time: write 90s, 30m, 12h or 5d\n" +
		"tarn.yml:5:40: wrong-kind: `running` must be text, not a list\n" +
		"tarn.yml:5:60: bad-setting: `serve.limits.users.eve.memory`: 2KB is too little for the engine: give it 64MB or more\n" +
		"tarn.yml:6:33: bad-setting: `serve.limits.groups.analysts.memory`: 2KB is too little for the engine: give it 64MB or more\n" +
		"tarn.yml:6:50: bad-setting: `serve.limits.groups.analysts.queue_time`: `0s` is too short: the least is 1ms"
	if err := ps.Err(); err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}
