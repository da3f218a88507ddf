package explain_test

import (
	"bytes"
	"errors"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/explain"
	"github.com/tarn-lake/tarn/internal/explain/explaintest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func render(t *testing.T, r explain.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := explain.WriteReport(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportIsAsTheGoldenFileHasIt(t *testing.T) {
	const golden = "testdata/report.golden.html"
	page := render(t, small())
	got := page[strings.Index(page, "<main"):strings.Index(page, "</main>")]
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the page differs; if that is meant, run go test -update: %s", diff)
	}
}

func TestTheSameReportGivesTheSameBytes(t *testing.T) {
	first := render(t, explaintest.Shop())
	for range 5 {
		if render(t, explaintest.Shop()) != first {
			t.Fatal("two writes of one report differ")
		}
	}
}

func TestReportTellsTheStory(t *testing.T) {
	text := regexp.MustCompile(`<[^>]*>|\s+`).ReplaceAllString(render(t, explaintest.Shop()), " ")
	text = strings.Join(strings.Fields(text), " ")
	for _, want := range []string{
		"12 of 14 resources are published; 2 are held.",
		"daily_sales is held: newest_day_is_plausible failed. Readers still see 2011-12-08.",
		"Waiting for it: weekly_sales .",
		"data/online_retail/2011-12-09.csv.gz:146",
		"540,277 read = 540,277 written + 0 quarantined + 0 skipped",
		"12,400 read = 9,999 written + 1 quarantined + 2,400 skipped",
		"Skipped: 2,350 superseded by a newer version, 50 discarded by contract.",
		"Held 2011-12-09: 200,920.60",
		"Readers see up to 2011-12-08: 82,495",
		"Failing rows, the first 3 of 1,454",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestALoadThatDoesNotAddUpIsSaidSo(t *testing.T) {
	page := render(t, explain.Report{Loads: []explain.Load{{ID: "l", Table: "a.b", Read: 1000, Written: 990, Quarantined: 3}}})
	if want := "does not add up: 7 unaccounted for"; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q", want)
	}
}

func TestNothingInAProjectBecomesMarkup(t *testing.T) {
	known := markup(t, render(t, explaintest.Shop()))
	hostile := markup(t, render(t, explaintest.Hostile()))
	for _, tag := range slices.Sorted(maps.Keys(hostile)) {
		if !known[tag] {
			t.Errorf("names and data made the tag %s", tag)
		}
	}
	page := render(t, explaintest.Hostile())
	if got := strings.Count(strings.ToLower(page), "<script"); got != 2 {
		t.Errorf("%d scripts, want our own 2", got)
	}
}

// markup returns each tag of the page with the names of its attributes and the
// values of those that lead somewhere.
func markup(t *testing.T, page string) map[string]bool {
	t.Helper()
	assets := regexp.MustCompile(`(?s)(<script>|<style>).*?(</script>|</style>)`)
	page = assets.ReplaceAllString(page, "$1$2")
	attribute := regexp.MustCompile(`([a-zA-Z-]+)(?:="([^"]*)")?`)
	tags := map[string]bool{}
	for _, tag := range regexp.MustCompile(`<[^\s<>"/!]+[^<>]*>|<!`).FindAllString(page, -1) {
		name, rest, _ := strings.Cut(strings.Trim(tag, "</>"), " ")
		shape := name
		for _, a := range attribute.FindAllStringSubmatch(rest, -1) {
			shape += " " + a[1]
			if a[1] == "src" || a[1] == "href" && !strings.HasPrefix(a[2], "#") {
				shape += "=" + a[2]
			}
		}
		tags[shape] = true
	}
	return tags
}

func TestThePageMayRunNothingButItsOwnParts(t *testing.T) {
	page := render(t, explaintest.Shop())
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if policy == nil {
		t.Fatal("no content security policy")
	}
	for _, want := range []string{"default-src &#39;none&#39;", "script-src &#39;sha256-", "style-src &#39;sha256-"} {
		if !strings.Contains(policy[1], want) {
			t.Errorf("policy %q lacks %q", policy[1], want)
		}
	}
	if strings.Contains(policy[1], "unsafe") {
		t.Errorf("policy %q allows what is unsafe", policy[1])
	}
	if found := regexp.MustCompile(` (?:style|on[a-z]+)="`).FindString(page); found != "" {
		t.Errorf("the policy forbids the attribute %s", found)
	}
}

func TestThePageRefersToNothingOutside(t *testing.T) {
	page := strings.ReplaceAll(render(t, explaintest.Shop()), "http://www.w3.org/2000/svg", "")
	if found := regexp.MustCompile(`(https?:)?//[a-z]+\.[^\s"']*|@import|@font-face`).FindString(page); found != "" {
		t.Errorf("the page refers to %s", found)
	}
}

func TestEveryReferenceInsideThePageLeadsSomewhere(t *testing.T) {
	page := render(t, explaintest.Shop())
	ids := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[id[1]] {
			t.Errorf("two parts have the ID %s", id[1])
		}
		ids[id[1]] = true
	}
	for _, to := range regexp.MustCompile(`(?:href="#|aria-labelledby="|url\(#)([^")]*)`).FindAllStringSubmatch(page, -1) {
		if !ids[to[1]] {
			t.Errorf("%s leads nowhere", to[0])
		}
	}
}

func TestAnEmptyReportIsAPage(t *testing.T) {
	if page := render(t, explain.Report{}); !strings.Contains(page, "Nothing has been built yet.") {
		t.Error("the page does not say that nothing has been built")
	}
}

func TestWriteReportTellsThatItCouldNotWrite(t *testing.T) {
	if err := explain.WriteReport(fullDisk{}, explaintest.Shop()); !errors.Is(err, errFull) {
		t.Errorf("error %v, want %v", err, errFull)
	}
}

var errFull = errors.New("no space left on device")

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

// small is a report that shows each part of the page once.
func small() explain.Report {
	at := time.Date(2026, 11, 21, 9, 41, 7, 0, time.UTC)
	return explain.Report{
		Project: "small", GeneratedAt: at, TarnVersion: "0.1.0",
		Run: explain.Run{ID: "r2", Command: "tarn build", Started: at, Finished: at.Add(1500 * time.Millisecond), State: explain.Failed, Publish: "run", Principal: "local:ada"},
		Nodes: []explain.Node{
			{ID: "source.a", Name: "raw.orders", Kind: "source", State: explain.Published, Rows: 1200, Bytes: 4096, Duration: time.Second, Published: &explain.Pointer{SnapshotID: 7, At: at, Run: "r2", Rows: 1200}},
			{ID: "model.b", Name: "orders", Kind: "model", Materialized: "table", State: explain.Held, Reason: "amounts_add_up failed", Parents: []string{"source.a"}, Rows: 1200, Columns: []explain.Column{{Name: "id", Type: "long", Description: "Number of the order."}}},
			{ID: "model.c", Name: "report", Kind: "model", Materialized: "view", State: explain.Skipped, Reason: "it depends on orders, which is held", Parents: []string{"model.b", "model.unknown"}, Rows: -1},
		},
		Loads: []explain.Load{{ID: "l1", Table: "raw.orders", StartedAt: at, Files: 1, Read: 1201, Written: 1200, Quarantined: 1, Checksum: "sha256:00"}},
		Tests: []explain.Test{
			{ID: "test.t", Name: "amounts_add_up", On: []string{"model.b"}, Severity: "error", State: explain.Fail, Failures: 2, Columns: []string{"id"}, Rows: [][]string{{"4"}, {"9"}},
				Evidence: &explain.Evidence{Name: "lines", Columns: []string{"_tarn_file", "_tarn_line", "amount"}, Rows: [][]string{{"orders.csv", "5", "1.50"}}, Total: 3}, SQL: "select 1 where 1 < 2"},
			{ID: "test.u", Name: "unique_orders_id", On: []string{"model.b"}, Severity: "error", State: explain.Pass, Duration: 3 * time.Millisecond},
		},
		Charts:  []explain.Chart{{Title: "Orders", Table: "orders", XLabel: "day", YLabel: "orders", Points: []explain.Point{{X: "2026-11-19", Y: 10}, {X: "2026-11-20", Y: 20.5}, {X: "2026-11-21", Y: 90, Held: true}}}},
		Steps:   []explain.StepTime{{Name: "raw.orders", Kind: "source", Duration: time.Second, State: explain.Published}, {Name: "orders", Kind: "model", Started: time.Second, Duration: 200 * time.Millisecond, State: explain.Held}},
		History: []explain.RunSummary{{ID: "r1", Command: "tarn ingest", Started: at.Add(-time.Hour), Duration: time.Second, State: explain.Success, Published: 1}},
	}
}
