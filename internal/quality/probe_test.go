package quality

import "testing"

func TestQuestionsAreAskedTogetherWhereThatIsSooner(t *testing.T) {
	questions := []question{{sql: "not_null"}, {sql: "accepted_values", alone: aloneWithList}, {sql: "relationships", alone: aloneWithTable}}
	for rows, want := range map[int64]string{
		0: "not_null accepted_values relationships ", aloneWithList - 1: "not_null accepted_values relationships ",
		aloneWithList: "not_null relationships ", aloneWithTable - 1: "not_null relationships ",
		aloneWithTable: "not_null ", 5_000_000: "not_null ",
	} {
		got := ""
		for _, q := range together(questions, rows) {
			got += q.sql + " "
		}
		if got != want {
			t.Errorf("%d rows: %s", rows, got)
		}
	}
	if len(questions) != 3 {
		t.Error("the questions were changed")
	}
}
