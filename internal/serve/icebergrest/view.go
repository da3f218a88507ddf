package icebergrest

import (
	"context"
	"encoding/json"

	"github.com/tarn-lake/tarn/internal/lake"
)

func (s *Server) createView(ctx context.Context, c *call) (answer, error) {
	var request struct {
		Name       string            `json:"name"`
		Location   string            `json:"location"`
		Schema     json.RawMessage   `json:"schema"`
		Version    json.RawMessage   `json:"view-version"`
		Properties map[string]string `json:"properties"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	name, err := c.named(request.Name)
	if err != nil {
		return answer{}, err
	}
	t, err := s.Writer.CreateView(ctx, lake.NewView{Name: name, Location: request.Location, Schema: request.Schema,
		Version: request.Version, Properties: request.Properties}, c.keptState(ctx))
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, false), nil
}

func (s *Server) loadView(ctx context.Context, c *call) (answer, error) {
	name, err := c.name()
	if err != nil {
		return answer{}, err
	}
	e, err := s.Lake.Pointer(ctx, lake.ViewEntry, name)
	if err != nil {
		return answer{}, err
	}
	t, err := s.Lake.LoadAt(ctx, e.Name, e.Kind, e.Location)
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, false), nil
}

func (s *Server) commitView(ctx context.Context, c *call) (answer, error) {
	u, err := c.update()
	if err != nil {
		return answer{}, err
	}
	t, err := s.Writer.AlterView(ctx, u, c.keptState(ctx))
	if err != nil {
		return answer{}, err
	}
	return loadedAnswer(t, false), nil
}
