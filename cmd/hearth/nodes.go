package main

import (
	"crypto/rand"
	"encoding/hex"

	"github.com/prometheus/client_golang/prometheus"

	"hearth/hub"
	"hearth/hub/cluster"
)

// newNode gives this start of hearth an id of its own.
func newNode(c config) cluster.Node {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails (crypto/rand)
	return cluster.Node{ID: c.node + "-" + hex.EncodeToString(id), Relay: c.redis != ""}
}

// membership is this node's place among those that share its store.
func (h *hearth) membership(self cluster.Node, metrics *hub.Metrics) *cluster.Membership {
	return cluster.New(cluster.Config{
		Self: self, Store: h.store, Leases: h.wires.leases, Log: h.log,
		Up: func(nodes int) { metrics.NodesUp.Set(float64(nodes)) },
	})
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "hearth", Name: name, Help: help}, value)
}
