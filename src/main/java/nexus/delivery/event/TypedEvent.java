package nexus.delivery.event;

import java.util.UUID;
import nexus.event.EventType;

/** A stored event, as far as its type tells. */
public record TypedEvent(UUID id, EventType type) {}
