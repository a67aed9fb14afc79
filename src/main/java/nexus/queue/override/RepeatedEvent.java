package nexus.queue.override;

import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A stored event that a replay sends.
 *
 * @param key hash of its ordering key; null: no order
 * @param otherKey the second key of an event that belongs to two
 * @param own whether it is one of Nexus's own events
 * @param deadSeq seq of its DEAD delivery, which is to be sent again; empty: it gets a new delivery
 */
public record RepeatedEvent(
        LocalDate day,
        UUID id,
        @Nullable Long key,
        @Nullable Long otherKey,
        int bodyBytes,
        boolean own,
        OptionalLong deadSeq) {}
