package house

import (
	"context"
	"fmt"

	"hearth/room/group"
)

// Forget makes a device hold nothing any more: no seat, and no organiser's rights.
// Sockets of its seats are closed. The seats stay; a link opens them again.
func (h *House) Forget(ctx context.Context, device [32]byte) error {
	seats, err := h.Store.Forget(ctx, device)
	if err != nil {
		return fmt.Errorf("forget a device: %w", err)
	}
	for _, seat := range seats {
		if err := h.Rooms.Moved(ctx, seat.Session, seat.ID); err != nil {
			return fmt.Errorf("close the sockets of a device that is forgotten: %w", err)
		}
	}
	return nil
}

// IsOrganiser says whether a device is an organiser's.
func (h *House) IsOrganiser(ctx context.Context, device [32]byte) (bool, error) {
	return h.Store.IsOrganiser(ctx, device, h.now())
}

// Devices lists the browsers that are an organiser's.
func (h *House) Devices(ctx context.Context, asking [32]byte) ([]group.Device, error) {
	devices, err := h.Store.OrganiserDevices(ctx, asking, h.now())
	if err != nil {
		return nil, fmt.Errorf("list the organiser's devices: %w", err)
	}
	return devices, nil
}

// VoidDevice makes a browser no organiser's any more.
func (h *House) VoidDevice(ctx context.Context, id string) error {
	if err := h.Store.VoidOrganiser(ctx, id); err != nil {
		return missing(err, "void an organiser's device")
	}
	return nil
}
