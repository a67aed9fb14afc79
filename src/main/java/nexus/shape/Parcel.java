package nexus.shape;

import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.BiConsumer;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.template.RequestParts;
import org.jspecify.annotations.Nullable;

/** The content that is sent of one event or of a batch, independent of the target: content type, headers and bytes. */
public final class Parcel implements Shaped {
    // ASCII strings are written without being encoded.
    private static final CharSequence EVENT_ID = AsciiString.cached("X-Event-Id");
    private static final CharSequence EVENT_TYPE = AsciiString.cached("X-Event-Type");
    private static final CharSequence EVENT_VERSION = AsciiString.cached("X-Event-Version");
    private static final CharSequence BATCH_SIZE = AsciiString.cached("X-Batch-Size");
    private static final CharSequence REPLAY = AsciiString.cached("X-Nexus-Replay");
    private static final CharSequence VERSION_1 = AsciiString.cached("1");

    private final EventId eventId;
    private final String idText;
    private final EventType eventType;
    private final CharSequence contentType;
    private final Buffer body;
    private final RequestParts request;
    private final int batchSize; // 0: one event, in no batch
    private final @Nullable Long orderingKey; // hash; null: no order
    private final @Nullable String replay; // id; null: the event is not sent by a replay or backfill

    Parcel(EventId eventId, EventType eventType, CharSequence contentType, Buffer body) {
        this(eventId, eventType, contentType, body, RequestParts.DEFAULT);
    }

    Parcel(EventId eventId, EventType eventType, CharSequence contentType, Buffer body, RequestParts request) {
        this(eventId, eventType, contentType, body, request, 0);
    }

    Parcel(
            EventId eventId,
            EventType eventType,
            CharSequence contentType,
            Buffer body,
            RequestParts request,
            int batchSize) {
        this(eventId, eventType, contentType, body, request, batchSize, null, null);
    }

    private Parcel(
            EventId eventId,
            EventType eventType,
            CharSequence contentType,
            Buffer body,
            RequestParts request,
            int batchSize,
            @Nullable Long orderingKey,
            @Nullable String replay) {
        this.eventId = eventId;
        this.idText = eventId.toString();
        this.eventType = eventType;
        this.contentType = contentType;
        this.body = body;
        this.request = request;
        this.batchSize = batchSize;
        this.orderingKey = orderingKey;
        this.replay = replay;
    }

    /** The same, for a target that has an order of its own and keeps it by key. */
    public Parcel orderedBy(long keyHash) {
        return new Parcel(eventId, eventType, contentType, body, request, batchSize, keyHash, replay);
    }

    /** The same, sent by a replay or backfill, or with several events of which at least one is. */
    public Parcel replayedBy(String ids) {
        return new Parcel(eventId, eventType, contentType, body, request, batchSize, orderingKey, ids);
    }

    /** Equal for events that are delivered in order, as text; empty when the event has no order. */
    public Optional<String> orderingKey() {
        return Optional.ofNullable(orderingKey).map(HexFormat.of()::toHexDigits);
    }

    /** The event's id; for a batch, the batch's. */
    public EventId eventId() {
        return eventId;
    }

    /** The id as text. It is the same on every attempt. */
    public String idText() {
        return idText;
    }

    public EventType eventType() {
        return eventType;
    }

    public CharSequence contentType() {
        return contentType;
    }

    /** The bytes that are sent; none when the request has no body. */
    public Buffer body() {
        return body;
    }

    /** What the subscription's template says about the request. Only HTTP endpoints have one. */
    public RequestParts request() {
        return request;
    }

    /** Passes on each header that describes the content: its name and its value. */
    public void forEachHeader(BiConsumer<CharSequence, CharSequence> action) {
        if (batchSize == 0) {
            action.accept(EVENT_ID, idText);
            action.accept(EVENT_TYPE, eventType.value());
        } else {
            action.accept(BATCH_SIZE, Integer.toString(batchSize));
        }
        action.accept(EVENT_VERSION, VERSION_1);
        if (replay != null) {
            action.accept(REPLAY, replay);
        }
    }

    /** The body stays out of logs. */
    @Override
    public String toString() {
        return "Parcel[eventId=" + idText + "]";
    }
}
