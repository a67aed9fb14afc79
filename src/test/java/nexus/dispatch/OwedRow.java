package nexus.dispatch;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import nexus.event.EventType;
import nexus.queue.notify.FreshDelivery;
import nexus.queue.owed.OwedBody;
import nexus.queue.owed.OwedDelivery;
import nexus.queue.owed.Place;
import org.jspecify.annotations.Nullable;

/** Builds owed deliveries for tests, of lane 1 if not said otherwise. */
final class OwedRow {
    private final long seq;
    private int lane = 1;
    private int stripe;
    private @Nullable Long key;
    private @Nullable Long otherKey;
    private @Nullable Instant due;
    private int attempts;
    private boolean behind;
    private boolean barrier;

    private OwedRow(long seq) {
        this.seq = seq;
    }

    static OwedRow row(long seq) {
        return new OwedRow(seq);
    }

    /** With the two bytes that it sends. */
    static FreshDelivery fresh(OwedDelivery delivery) {
        return new FreshDelivery(delivery, new OwedBody(new EventType("x"), Buffer.buffer("{}")));
    }

    OwedRow lane(int value) {
        lane = value;
        return this;
    }

    OwedRow stripe(int value) {
        stripe = value;
        return this;
    }

    OwedRow key(long value) {
        key = value;
        return this;
    }

    OwedRow otherKey(long value) {
        otherKey = value;
        return this;
    }

    OwedRow due(Instant value) {
        due = value;
        return attempts(1);
    }

    OwedRow attempts(int value) {
        attempts = value;
        return this;
    }

    OwedRow barrier() {
        barrier = true;
        return this;
    }

    OwedRow behind() {
        behind = true;
        return this;
    }

    OwedDelivery build() {
        return new OwedDelivery(
                lane,
                stripe,
                seq,
                key,
                otherKey,
                barrier,
                due,
                attempts,
                0,
                Instant.EPOCH,
                LocalDate.EPOCH,
                new UUID(0, seq),
                2,
                false,
                new Place.OwnRow("(0,1)"),
                behind);
    }
}
