// Package awssm is for secrets in AWS Secrets Manager.
//
// It promises to ask with the credentials and the region that AWS's own tools
// use, found when the first secret is asked for. It leaves to AWS who may see
// what.
package awssm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"

	"github.com/tarn-lake/tarn/internal/secret"
)

// Store reads secrets by name or ARN. The zero value is ready.
type Store struct {
	once   sync.Once
	client *secretsmanager.Client
	err    error
}

// Lookup implements [secret.Store]; name is a secret's name or ARN, and behind
// # the key of one that holds a JSON object.
func (s *Store) Lookup(ctx context.Context, name string) (string, error) {
	s.once.Do(func() {
		var account aws.Config
		if account, s.err = config.LoadDefaultConfig(ctx); s.err == nil {
			s.client = secretsmanager.NewFromConfig(account)
		}
	})
	if s.err != nil {
		return "", fmt.Errorf("the settings for AWS: %w", s.err)
	}
	id, key := secret.SplitKey(name)
	answer, err := s.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id})
	if err != nil {
		return "", explain(err)
	}
	if answer.SecretString == nil {
		return string(answer.SecretBinary), nil
	}
	return pick(*answer.SecretString, key)
}

// pick returns the part of a secret that is meant: all of it where no key is
// named.
func pick(text, key string) (string, error) {
	if key == "" {
		return text, nil
	}
	var values map[string]any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		return "", errors.New("the secret has no keys: it is no JSON object")
	}
	return secret.Pick(values, key)
}

// explain says what a person can do.
func explain(err error) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return fmt.Errorf("ask AWS Secrets Manager: %w", err)
	}
	switch api.ErrorCode() {
	case "ResourceNotFoundException":
		return errors.New("AWS Secrets Manager has no such secret in this account and region")
	case "AccessDeniedException":
		return errors.New("these AWS credentials may not read it: allow secretsmanager:GetSecretValue")
	default:
		return fmt.Errorf("ask AWS Secrets Manager: %s", api.ErrorCode())
	}
}
