package explaintest

import (
	"time"

	"github.com/tarn-lake/tarn/internal/explain"
)

// shopTests are the 36 tests of the shop, of which one fails and one warns.
func shopTests() []explain.Test {
	tests := []explain.Test{heldDay(), noDescription()}
	pass := func(name string, on ...string) {
		tests = append(tests, explain.Test{
			ID: "test.shop." + name, Name: name, On: on, Severity: "error", State: explain.Pass,
			Duration: time.Duration(8+len(name)%17) * time.Millisecond,
		})
	}
	for _, column := range []string{"InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "Country"} {
		pass("source_not_null_retail_invoices_"+column, source)
	}
	pass("invoices_known_answers", source)
	for _, key := range []string{"customer", "product", "country", "date"} {
		id := "model.shop.dim_" + key
		pass("unique_dim_"+key+"_"+key+"_key", id)
		pass("not_null_dim_"+key+"_"+key+"_key", id)
		pass("relationships_fct_sales_"+key+"_key", id, facts)
	}
	pass("accepted_values_stg_invoices_kind__sale__cancellation__adjustment", staging)
	pass("fct_sales_sum_is_9747747_934", facts)
	pass("fct_sales_has_every_invoice_line", staging, facts)
	pass("unique_daily_sales_sales_date", daily)
	pass("not_null_daily_sales_gross_sales", daily)
	pass("no_trading_on_saturdays", daily)
	pass("unique_weekly_sales_week", weekly)
	pass("weekly_equals_daily", daily, weekly)
	pass("top_products_have_ten_ranks", "model.shop.top_products_by_month")
	pass("cohorts_start_with_everyone", "model.shop.customer_cohorts")
	pass("unique_rfm_customer_key", "model.shop.rfm")
	pass("accepted_values_rfm_segment", "model.shop.rfm")
	pass("cancellations_match_one_order", "model.shop.cancellations")
	pass("unique_cancellations_invoice", "model.shop.cancellations")
	pass("country_codes_are_complete", "seed.shop.country_codes", "model.shop.dim_country")
	for i := range tests {
		if tests[i].Name == "weekly_equals_daily" {
			tests[i].State = explain.Skipped
		}
	}
	return tests
}

func heldDay() explain.Test {
	return explain.Test{
		ID: heldTest, Name: "newest_day_is_plausible", On: []string{daily}, Severity: "error", State: explain.Fail, Failures: 1,
		Description: "The newest trading day's gross sales are at most three times the mean of the seven trading days before.",
		Columns:     []string{"sales_date", "gross_sales", "mean_of_7_days_before", "times_the_mean"},
		Rows:        [][]string{{"2011-12-09", "200920.60", "62553.15", "3.21"}},
		Duration:    14 * time.Millisecond,
		Evidence: &explain.Evidence{
			Name:    "largest_lines_of_the_newest_day",
			Columns: []string{"_tarn_file", "_tarn_line", "InvoiceNo", "InvoiceDate", "Description", "Quantity", "UnitPrice", "amount", "cancelled_at"},
			Rows: [][]string{
				{newestCSV, "146", "581483", "2011-12-09 09:15:00", invoice, "80995", "2.08", "168469.60", "2011-12-09 09:27:00"},
				{newestCSV, "147", "C581484", "2011-12-09 09:27:00", invoice, "-80995", "2.08", "-168469.60", ""},
			},
		},
		SQL: `with days as (
  select sales_date, gross_sales,
    avg(gross_sales) over (order by sales_date rows between 7 preceding and 1 preceding) as mean_of_7_days_before
  from daily_sales
)
select *, round(gross_sales / mean_of_7_days_before, 2) as times_the_mean
from days
where sales_date = (select max(sales_date) from days)
  and gross_sales > 3 * mean_of_7_days_before`,
	}
}

func noDescription() explain.Test {
	return explain.Test{
		ID: "test.shop.not_null_stg_invoices_description", Name: "not_null_stg_invoices_description", On: []string{staging},
		Severity: "warn", State: explain.Warn, Failures: 1454, Duration: 11 * time.Millisecond,
		Columns: []string{"_tarn_file", "_tarn_line", "invoice_no", "stock_code", "description", "quantity"},
		Rows: [][]string{
			{"data/online_retail/2010-12-01.csv", "623", "536414", "22139", "NULL", "56"},
			{"data/online_retail/2010-12-01.csv", "1971", "536545", "21134", "NULL", "1"},
			{"data/online_retail/2010-12-01.csv", "1972", "536546", "22145", "NULL", "1"},
		},
		SQL: "select * from stg_invoices where description is null",
	}
}
