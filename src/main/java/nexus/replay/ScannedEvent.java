package nexus.replay;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import nexus.event.EventType;
import nexus.queue.override.RepeatedEvent;
import org.jspecify.annotations.Nullable;

/**
 * A stored event, without its body.
 *
 * @param bodyBytes size of its body; empty when its payload was erased
 * @param hasDelivery whether the subscription has a delivery of it
 * @param deadSeq seq of its delivery, if that is DEAD
 */
record ScannedEvent(
        long seq,
        LocalDate day,
        UUID id,
        EventType type,
        Instant createdAt,
        Instant storedAt,
        @Nullable Long key,
        @Nullable Long otherKey,
        OptionalLong bodyBytes,
        boolean hasDelivery,
        OptionalLong deadSeq) {

    /** Whether it follows all earlier events and precedes all later ones. */
    boolean isBarrier() {
        return key != null && Objects.equals(key, otherKey);
    }

    boolean isErased() {
        return bodyBytes.isEmpty();
    }

    /** Whether it is one of those that the replay wants, as far as its delivery decides. */
    boolean isWanted(Wanted wanted) {
        return switch (wanted) {
            case MISSING -> !hasDelivery;
            case DEAD -> deadSeq.isPresent();
            case ANY -> true;
        };
    }

    boolean isWithin(ReplaySettings settings) {
        Instant at = settings.byStoring() ? storedAt : createdAt;
        return !at.isBefore(settings.since())
                && settings.until().map(at::isBefore).orElse(true);
    }

    RepeatedEvent repeated(Wanted wanted) {
        return new RepeatedEvent(
                day,
                id,
                key,
                isBarrier() ? null : otherKey,
                Math.toIntExact(bodyBytes.orElse(0)),
                type.isOwn(),
                wanted == Wanted.DEAD ? deadSeq : OptionalLong.empty());
    }
}
