package hub

// Metrics counts what happens in the hub.
type Metrics struct{}
