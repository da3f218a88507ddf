package drain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tarn-lake/tarn/internal/ingest/connector/drain"
)

// found returns the template of each message and its parameters.
func found(config drain.Config, messages ...string) (all []string) {
	tree := drain.New(config)
	for _, m := range messages {
		tree.Learn([]byte(m))
	}
	for _, m := range messages {
		var values []string
		t := tree.Match([]byte(m), func(value []byte) { values = append(values, string(value)) })
		if t == nil {
			all = append(all, "none")
			continue
		}
		all = append(all, fmt.Sprintf("%s %q", t.Text(), values))
	}
	return all
}

func TestMessagesOfOneKindHaveOneTemplate(t *testing.T) {
	got := found(drain.Config{},
		"Receiving block blk_1 src: /10.0.0.1:5 dest: /10.0.0.2:6",
		"PacketResponder alice for block done",
		"Receiving block blk_22 src: /10.0.0.3:5 dest: /10.0.0.4:6",
		"PacketResponder bob for block done",
		"shutting down",
	)
	want := []string{
		`Receiving block <*> src: <*> dest: <*> ["blk_1" "/10.0.0.1:5" "/10.0.0.2:6"]`,
		`PacketResponder <*> for block done ["alice"]`,
		`Receiving block <*> src: <*> dest: <*> ["blk_22" "/10.0.0.3:5" "/10.0.0.4:6"]`,
		`PacketResponder <*> for block done ["bob"]`,
		`shutting down []`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSimilarityDecidesWhatIsOneKind(t *testing.T) {
	messages := []string{"job a failed with reason x", "job b ended with result y"}
	if got := found(drain.Config{Similarity: 0.3}, messages...); !strings.HasPrefix(got[0], "job <*> <*> with <*> <*> ") {
		t.Errorf("similar enough, but %q", got)
	}
	if got := found(drain.Config{Similarity: 0.9}, messages...); got[0] != "job a failed with reason x []" {
		t.Errorf("not similar enough, but %q", got)
	}
}

func TestTemplatesAreBounded(t *testing.T) {
	got := found(drain.Config{Templates: 1}, "one", "two")
	if want := []string{"one []", "none"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	words := strings.Repeat("w ", 1000)
	if got := found(drain.Config{}, words); len(got[0]) > len(words)+200 {
		t.Errorf("%d bytes", len(got[0]))
	}
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("word%c%c same", 'a'+i/26%26, 'a'+i%26))
	}
	if got := found(drain.Config{Children: 2}, many...); got[900] != `<*> same ["`+strings.Fields(many[900])[0]+`"]` {
		t.Errorf("behind a full node: %s", got[900])
	}
}

func TestIDsFollowFromTheText(t *testing.T) {
	id := func(messages ...string) string {
		tree := drain.New(drain.Config{})
		for _, m := range messages {
			tree.Learn([]byte(m))
		}
		return tree.Match([]byte(messages[0]), func([]byte) {}).ID()
	}
	if a, b := id("took 5 ms"), id("took 7 ms", "something else"); a != b || len(a) != 16 {
		t.Errorf("%s, %s", a, b)
	}
}

// Every message that was learnt has a template, unless there are too many, and
// template and parameters give its words again.
func TestNoWordIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "user", "7", "10.0.0.1", "<*>", "x1y", "done"})
		messages := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " ")
		}), 1, 40).Draw(t, "messages")
		tree := drain.New(drain.Config{Children: 2, Depth: rapid.IntRange(3, 6).Draw(t, "depth")})
		for _, m := range messages {
			tree.Learn([]byte(m))
		}
		for _, m := range messages {
			var values []string
			template := tree.Match([]byte(m), func(value []byte) { values = append(values, string(value)) })
			if template == nil {
				t.Fatalf("%q has no template", m)
			}
			var words []string
			for _, w := range strings.Fields(template.Text()) {
				if w == drain.Wildcard {
					w, values = values[0], values[1:]
				}
				words = append(words, w)
			}
			if got := strings.Join(words, " "); got != m || len(values) > 0 {
				t.Fatalf("%q became %q", m, got)
			}
		}
	})
}
