//go:build tools

// Package cli pins the Pulumi CLI and all it is built from; go.sum holds the hashes. Nothing is compiled from this file.
package cli

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
