package nexus.queue.owed;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import nexus.event.EventType;
import org.jspecify.annotations.Nullable;

/** Builds owed deliveries for tests, of lane 1 if not said otherwise. */
public final class OwedRow {
    private final long seq;
    private int lane = 1;
    private int keySlice;
    private @Nullable Long key;
    private @Nullable Long otherKey;
    private @Nullable Instant due;
    private int attempts;
    private boolean behind;
    private boolean follows;
    private Instant owedSince = Instant.EPOCH;
    private int bodyBytes = 2;
    private boolean barrier;
    private Place place = new Place.OwnRow("(0,1)");

    private OwedRow(long seq) {
        this.seq = seq;
    }

    public static OwedRow row(long seq) {
        return new OwedRow(seq);
    }

    /** With the two bytes that it sends. */
    public static Ready fresh(OwedDelivery delivery) {
        return new Ready(delivery, new OwedBody(new EventType("x"), Buffer.buffer("{}")));
    }

    public OwedRow lane(int value) {
        lane = value;
        return this;
    }

    public OwedRow keySlice(int value) {
        keySlice = value;
        return this;
    }

    public OwedRow key(long value) {
        key = value;
        return this;
    }

    public OwedRow otherKey(long value) {
        otherKey = value;
        return this;
    }

    public OwedRow due(Instant value) {
        due = value;
        return attempts(1);
    }

    public OwedRow attempts(int value) {
        attempts = value;
        return this;
    }

    public OwedRow barrier() {
        barrier = true;
        return this;
    }

    public OwedRow behind() {
        behind = true;
        return this;
    }

    /** Behind earlier ones of its own key alone. */
    public OwedRow follows() {
        follows = true;
        return this;
    }

    public OwedRow owedSince(Instant value) {
        owedSince = value;
        return this;
    }

    public OwedRow bodyBytes(int value) {
        bodyBytes = value;
        return this;
    }

    public OwedRow place(Place value) {
        place = value;
        return this;
    }

    public OwedDelivery build() {
        return new OwedDelivery(
                lane,
                keySlice,
                seq,
                key,
                otherKey,
                barrier,
                due,
                attempts,
                0,
                owedSince,
                LocalDate.EPOCH,
                new UUID(0, seq),
                bodyBytes,
                false,
                place,
                behind,
                follows,
                null);
    }
}
