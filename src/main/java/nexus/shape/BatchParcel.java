package nexus.shape;

import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import nexus.event.EventId;
import nexus.event.EventType;
import nexus.notation.Sha256;
import nexus.template.RequestParts;

/** Puts the contents of several events into one body: {@code {"batch":[content, ...]}}. */
public final class BatchParcel {
    /** A body is never larger, unless it contains one event alone. */
    public static final int MAX_BYTES = 8 << 20;

    private static final CharSequence JSON = AsciiString.cached("application/json");
    private static final EventType TYPE = new EventType("nexus.batch");
    private static final byte[] BEGIN = "{\"batch\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);
    private static final byte SEPARATOR = ',';
    private static final int VERSION_8 = 0x8000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private BatchParcel() {}

    /** The size of the body of a batch with this many events and bytes of contents. */
    public static long size(int events, long bytes) {
        return BEGIN.length + bytes + Math.max(0, events - 1) + END.length;
    }

    /**
     * Joins contents, each of which must be one JSON value. The batch's id is derived from the ids of the events, so a batch
     * with the same events has the same id on every attempt and in every process.
     */
    public static Parcel of(List<Parcel> contents) {
        long bytes = 0;
        for (Parcel content : contents) {
            bytes += content.body().length();
        }
        Buffer body = Buffer.buffer(Math.toIntExact(size(contents.size(), bytes)));
        body.appendBytes(BEGIN);
        for (int i = 0; i < contents.size(); i++) {
            if (i > 0) {
                body.appendByte(SEPARATOR);
            }
            body.appendBuffer(contents.get(i).body());
        }
        body.appendBytes(END);
        return new Parcel(new EventId(id(contents)), TYPE, JSON, body, RequestParts.DEFAULT, contents.size());
    }

    /** A UUID of version 8 (RFC 9562), which is the version for ids of an own kind. */
    private static UUID id(List<Parcel> contents) {
        ByteBuffer names = ByteBuffer.allocate(contents.size() * 2 * Long.BYTES);
        for (Parcel content : contents) {
            put(names, content.eventId().value());
        }
        ByteBuffer hash = ByteBuffer.wrap(Sha256.of(names.array()));
        long most = (hash.getLong() & ~0xf000L) | VERSION_8;
        long least = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | VARIANT;
        return new UUID(most, least);
    }

    private static void put(ByteBuffer names, UUID id) {
        names.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
}
