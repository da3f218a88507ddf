// Package explaintest is for reports to test pages with: the example shop on
// the evening when its last day is held, and a graph as large as one likes.
//
// It promises that the same call gives the same report. It leaves the truth of
// the example's figures to the tests that build it.
package explaintest

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tarn-lake/tarn/internal/explain"
)

// dailySales is the gross sales of each of the shop's trading days.
//
//go:embed daily_sales.csv
var dailySales string

const (
	runID     = "20261121-094107-c41d"
	firstRun  = "20261121-093815-7f3a"
	heldTest  = "test.shop.newest_day_is_plausible"
	daily     = "model.shop.daily_sales"
	weekly    = "model.shop.weekly_sales"
	facts     = "model.shop.fct_sales"
	staging   = "model.shop.stg_invoices"
	source    = "source.shop.retail.invoices"
	invoice   = "PAPER CRAFT , LITTLE BIRDIE"
	newestCSV = "data/online_retail/2011-12-09.csv.gz"
)

var (
	started   = time.Date(2026, 11, 21, 9, 41, 7, 0, time.UTC)
	published = time.Date(2026, 11, 21, 9, 38, 21, 0, time.UTC)
)

// Shop is the report of the run that brings the shop's last day, 2011-12-09.
func Shop() explain.Report {
	nodes := shopNodes()
	return explain.Report{
		Project:     "shop",
		GeneratedAt: started.Add(9 * time.Second),
		TarnVersion: "0.1.0",
		Run: explain.Run{
			ID: runID, Command: "tarn build", Started: started, Finished: started.Add(4280 * time.Millisecond),
			State: explain.Held, Publish: "resource", Principal: "local:ada",
		},
		Nodes:   nodes,
		Loads:   shopLoads(),
		Tests:   shopTests(),
		Charts:  []explain.Chart{shopChart()},
		Steps:   shopSteps(nodes),
		History: shopHistory(),
	}
}

func shopChart() explain.Chart {
	c := explain.Chart{Title: "Revenue by day", Table: "daily_sales", XLabel: "sales_date", YLabel: "gross_sales"}
	for _, line := range strings.Split(strings.TrimSpace(dailySales), "\n")[1:] {
		day, figure, _ := strings.Cut(line, ",")
		y, _ := strconv.ParseFloat(figure, 64)
		c.Points = append(c.Points, explain.Point{X: day, Y: y, Held: day == "2011-12-09"})
	}
	return c
}

func shopLoads() []explain.Load {
	return []explain.Load{
		{
			ID: "01hf-9c1e", Table: "retail.invoices", StartedAt: started.Add(40 * time.Millisecond), Files: 1,
			Read: 1632, Written: 1632, Checksum: "sha256:5d0c2a41f7be93aa",
		},
		{
			ID: "01hf-77b0", Table: "retail.invoices", StartedAt: published.Add(-6 * time.Second), Files: 304,
			Read: 540_277, Written: 540_277, Checksum: "sha256:b8a1f04e6d22c7f9",
		},
		{
			ID: "01hf-61aa", Table: "web.access_log", StartedAt: published.Add(-9 * time.Second), Files: 2,
			Read: 12_400, Written: 9_999, Quarantined: 1, Skipped: 2_400, Checksum: "sha256:0c77e9514be0a213",
			SkippedBy: map[string]int64{"superseded by a newer version": 2_350, "discarded by contract": 50},
		},
	}
}

func shopHistory() []explain.RunSummary {
	return []explain.RunSummary{
		{ID: firstRun, Command: "tarn build --vars 'through: 2011-12-08'", Started: started.Add(-172 * time.Second), Duration: 11_420 * time.Millisecond, State: explain.Success, Published: 13},
		{ID: "20261121-093702-1b90", Command: "tarn build", Started: started.Add(-245 * time.Second), Duration: 3110 * time.Millisecond, State: explain.Failed, Published: 6, Failed: 1, Skipped: 6},
		{ID: "20261121-093610-e2d7", Command: "tarn ingest", Started: started.Add(-297 * time.Second), Duration: 2050 * time.Millisecond, State: explain.Crashed},
	}
}

// Large is a report with a graph of n models in layers, as projects of that
// size look: many sources, staging beside them, fewer marts.
func Large(n int) explain.Report {
	r := Shop()
	r.Project, r.Nodes, r.Tests, r.Charts = "warehouse", nil, nil, nil
	states := []explain.State{explain.Published, explain.Unchanged, explain.Published, explain.Published, explain.Held, explain.Skipped, explain.Published, explain.Failed, explain.NotBuilt}
	for i := range n {
		node := explain.Node{
			ID: fmt.Sprintf("model.%d", i), Kind: "model", Materialized: "table", State: states[i*i%97%len(states)],
			Rows: int64(i*i*37 + 12), Bytes: int64(i * 9000), Duration: time.Duration(i) * 7 * time.Millisecond,
		}
		switch sources := n / 4; {
		case i < sources:
			node.Kind, node.Materialized, node.Name = "source", "", fmt.Sprintf("crm.table_%02d", i)
		case i < 2*sources:
			node.Name = fmt.Sprintf("stg_crm__table_%02d", i-sources)
			node.Parents = []string{fmt.Sprintf("model.%d", i-sources)}
		default:
			node.Name = fmt.Sprintf("%s_%02d_of_everything", []string{"dim", "fct", "int", "mart"}[i%4], i)
			node.Parents = []string{fmt.Sprintf("model.%d", sources+(i*7)%sources), fmt.Sprintf("model.%d", sources+(i*3)%(i-sources))}
		}
		r.Nodes = append(r.Nodes, node)
	}
	return r
}
