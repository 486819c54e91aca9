//go:build tools

// Package yamlhost pins Pulumi's YAML language host and all it is built from; go.sum holds the hashes. Nothing is compiled from this file.
package yamlhost

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
