//go:build tools

// Package gomodule pins the programs of a control plane and all they are built from; go.sum holds the hashes. Nothing is compiled from this file.
package gomodule

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
