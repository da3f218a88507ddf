package serve

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests, for /metrics.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	underWay prometheus.Gauge
}

// NewMetrics returns metrics that start at nothing. Version is the program's.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tarn_requests_total", Help: "Requests that were answered, by endpoint and status."}, []string{"endpoint", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tarn_request_seconds", Help: "How long requests took, by endpoint.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"endpoint"}),
		underWay: prometheus.NewGauge(prometheus.GaugeOpts{Name: "tarn_requests_under_way", Help: "Requests that are not answered yet."}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "tarn_build_info", Help: "1, with the version of Tarn.",
		ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(m.requests, m.seconds, m.underWay, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts one request that was answered.
func (m *Metrics) Observe(endpoint string, status int, took time.Duration) {
	m.requests.WithLabelValues(endpoint, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(endpoint).Observe(took.Seconds())
}

// Watch shows a number that is asked for whenever the metrics are, with the value
// of a label; an error shows none.
func (m *Metrics) Watch(name, help, label string, ask func(context.Context) (map[string]float64, error)) {
	m.watch(prometheus.GaugeValue, name, help, label, ask)
}

// WatchCount shows a number that only grows.
func (m *Metrics) WatchCount(name, help, label string, ask func(context.Context) (map[string]float64, error)) {
	m.watch(prometheus.CounterValue, name, help, label, ask)
}

func (m *Metrics) watch(kind prometheus.ValueType, name, help, label string, ask func(context.Context) (map[string]float64, error)) {
	m.registry.MustRegister(&watched{prometheus.NewDesc(name, help, []string{label}, nil), kind, ask})
}

// watched is a number that is asked for.
type watched struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	ask  func(context.Context) (map[string]float64, error)
}

// Describe implements [prometheus.Collector].
func (w *watched) Describe(ch chan<- *prometheus.Desc) { ch <- w.desc }

// Collect implements [prometheus.Collector].
func (w *watched) Collect(ch chan<- prometheus.Metric) {
	ctx, stop := context.WithTimeout(context.Background(), readyWithin)
	defer stop()
	values, err := w.ask(ctx)
	if err != nil {
		return // the others are told all the same
	}
	for label, value := range values {
		ch <- prometheus.MustNewConstMetric(w.desc, w.kind, value, label)
	}
}

func (m *Metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *Metrics) counting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.underWay.Inc()
		defer m.underWay.Dec()
		next.ServeHTTP(w, r)
	})
}
