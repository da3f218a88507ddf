package csvfile_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tarn-lake/tarn/internal/ingest/connector"
	"github.com/tarn-lake/tarn/internal/ingest/connector/connectortest"
	"github.com/tarn-lake/tarn/internal/ingest/connector/csvfile"
)

// Two days of a real shop: numbers that are texts, a time, a compressed file.
func TestShop(t *testing.T) {
	var inputs []connector.Input
	for _, name := range []string{"2010-12-05.csv", "2011-02-06.csv.gz"} {
		content, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, connectortest.File(name, content))
	}
	layout, counts, got, err := connectortest.Collect(t.Context(), csvfile.Format{}, inputs, connector.Request{})
	if err != nil {
		t.Fatal(err)
	}
	types := map[string]string{}
	for _, c := range layout.Columns {
		types[c.Name] = c.Type.String()
	}
	want := map[string]string{
		"InvoiceNo": "string", "StockCode": "string", "Description": "string", "Quantity": "long",
		"InvoiceDate": "timestamp", "UnitPrice": "double", "CustomerID": "double", "Country": "string",
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Error(diff)
	}
	if counts[0].Written != 2725 || counts[1].Written != 279 || len(got.Rejects) > 0 {
		t.Errorf("counts %+v, %d rejects", counts, len(got.Rejects))
	}
	first := []string{"537037", "22114", "HOT WATER BOTTLE TEA AND SYMPATHY", "8", "2010-12-05T10:03:00", "3.95", "17243", "United Kingdom"}
	if diff := cmp.Diff(first, got.Rows[0]); diff != "" || got.Lines[0] != 2 {
		t.Errorf("line %d: %s", got.Lines[0], diff)
	}
}
