package explaintest

import (
	"time"

	"github.com/tarn-lake/tarn/internal/explain"
)

func shopNodes() []explain.Node {
	was := func(snapshot, rows int64, through string) *explain.Pointer {
		return &explain.Pointer{SnapshotID: snapshot, At: published, Run: firstRun, Rows: rows, Through: through}
	}
	now := func(snapshot, rows int64, after time.Duration) *explain.Pointer {
		return &explain.Pointer{SnapshotID: snapshot, At: started.Add(after), Run: runID, Rows: rows, Through: "2011-12-09"}
	}
	nodes := []explain.Node{
		{ID: source, Name: "retail.invoices", Kind: "source", State: explain.Published, Rows: 541_909, Bytes: 9_412_008, Duration: 412 * time.Millisecond,
			Description: "Every line of every invoice, as the shop's till wrote it; one file for each trading day.",
			Columns:     invoiceColumns, Published: now(4417086512230551, 541_909, 460*time.Millisecond)},
		{ID: "seed.shop.country_codes", Name: "country_codes", Kind: "seed", Materialized: "table", State: explain.Unchanged, Rows: 38, Bytes: 2_110,
			Description: "ISO codes of the countries that the shop sells to.", Published: was(1190455220918374, 38, "")},
		{ID: staging, Name: "stg_invoices", Kind: "model", Materialized: "view", State: explain.Published, Parents: []string{source}, Rows: 541_909, Duration: 38 * time.Millisecond,
			Description: "Invoice lines with types and names as the warehouse uses them.", Published: now(2290771186340912, 541_909, 610*time.Millisecond)},
	}
	model := func(name string, rows, bytes int64, took time.Duration, description string, parents ...string) {
		ids := make([]string, len(parents))
		copy(ids, parents)
		nodes = append(nodes, explain.Node{
			ID: "model.shop." + name, Name: name, Kind: "model", Materialized: "table", State: explain.Published, Parents: ids,
			Rows: rows, Bytes: bytes, Duration: took, Description: description,
			Published: now(7000000000000000+rows*31+bytes, rows, time.Second+took),
		})
	}
	model("dim_customer", 4373, 88_412, 221*time.Millisecond, "One row for each customer; one for sales without a customer.", staging)
	model("dim_product", 4070, 140_220, 236*time.Millisecond, "One row for each stock code, with its most recent description.", staging)
	model("dim_country", 38, 3_114, 120*time.Millisecond, "One row for each country.", staging, "seed.shop.country_codes")
	model("dim_date", 374, 9_802, 96*time.Millisecond, "One row for each day from the first sale to the last.", staging)
	model("fct_sales", 541_909, 7_204_118, 734*time.Millisecond, "One row for each invoice line, with keys to the dimensions.",
		staging, "model.shop.dim_customer", "model.shop.dim_product", "model.shop.dim_country", "model.shop.dim_date")
	model("daily_sales", 305, 12_440, 118*time.Millisecond, "Gross and net sales of each trading day, with the mean of seven trading days.", facts)
	model("weekly_sales", 53, 4_102, 84*time.Millisecond, "Daily sales by ISO week.", daily)
	model("top_products_by_month", 130, 6_880, 166*time.Millisecond, "The ten products that sold best in each month: rank, dense_rank and row_number side by side.", facts, "model.shop.dim_product")
	model("customer_cohorts", 91, 4_910, 202*time.Millisecond, "How many customers of each first month came back later.", facts, "model.shop.dim_customer")
	model("rfm", 4338, 61_007, 188*time.Millisecond, "Recency, frequency and money of each customer.", facts, "model.shop.dim_customer")
	model("cancellations", 7622, 121_940, 240*time.Millisecond, "Cancellations matched to the orders that they cancel.", facts)
	for i := range nodes {
		switch nodes[i].ID {
		case daily:
			nodes[i].State, nodes[i].Published = explain.Held, was(6021184937710023, 304, "2011-12-08")
			nodes[i].Reason = "newest_day_is_plausible failed"
			nodes[i].Columns = dailyColumns
		case weekly:
			nodes[i].State, nodes[i].Published = explain.Held, was(6021184937710988, 53, "2011-12-08")
			nodes[i].Reason = "it depends on daily_sales, which is held"
		}
	}
	return nodes
}

var invoiceColumns = []explain.Column{
	{Name: "InvoiceNo", Type: "string", Description: "Number of the invoice; those of cancellations start with C."},
	{Name: "StockCode", Type: "string", Description: "Code of the product."},
	{Name: "Description", Type: "string", Description: "Name of the product as the till printed it."},
	{Name: "Quantity", Type: "long", Description: "Pieces; negative where they came back."},
	{Name: "InvoiceDate", Type: "timestamp", Description: "When the invoice was written."},
	{Name: "UnitPrice", Type: "decimal(18,3)", Description: "Price of one piece in pounds."},
	{Name: "CustomerID", Type: "string", Description: "Who bought; empty where nobody asked."},
	{Name: "Country", Type: "string", Description: "Where the customer lives."},
}

var dailyColumns = []explain.Column{
	{Name: "sales_date", Type: "date", Description: "The trading day."},
	{Name: "gross_sales", Type: "decimal(38,3)", Description: "Sum of quantity × price over lines with quantity > 0."},
	{Name: "net_sales", Type: "decimal(38,3)", Description: "The same over all lines."},
	{Name: "mean_of_7_days", Type: "double", Description: "Rolling mean of gross sales over seven trading days."},
}

func shopSteps(nodes []explain.Node) []explain.StepTime {
	at := map[string]time.Duration{
		source: 40, "seed.shop.country_codes": 42, staging: 520, "model.shop.dim_customer": 640, "model.shop.dim_product": 655,
		"model.shop.dim_country": 880, "model.shop.dim_date": 905, facts: 1120, daily: 1980, "model.shop.top_products_by_month": 1990,
		"model.shop.customer_cohorts": 2190, "model.shop.rfm": 2230, "model.shop.cancellations": 2440, weekly: 2510,
	}
	var steps []explain.StepTime
	for _, n := range nodes {
		steps = append(steps, explain.StepTime{Name: n.Name, Kind: n.Kind, Started: at[n.ID] * time.Millisecond, Duration: n.Duration, State: n.State})
	}
	for i, t := range shopTests() {
		begin := time.Duration(460+i*95) * time.Millisecond
		steps = append(steps, explain.StepTime{Name: t.Name, Kind: "test", Started: begin, Duration: t.Duration, State: t.State})
	}
	return steps
}
