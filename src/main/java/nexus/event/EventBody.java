package nexus.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Assembles an event in the default format: the bytes that are stored, signed and sent. */
public final class EventBody {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** The bytes between data and metadata. */
    public static final String METADATA = ",\"metadata\":";
    /** The bytes after the metadata. */
    public static final String END = "}}";

    private static final String ID = "{\"id\":\"";
    private static final String PAYLOAD = "\",\"payload\":";

    /** The last time that was formatted, because events of a transaction share theirs. */
    private static volatile Written last = new Written(Instant.EPOCH, MILLIS.format(Instant.EPOCH));

    private record Written(Instant instant, String text) {}

    private EventBody() {}

    /**
     * @param data a JSON object in UTF-8, copied unchanged
     * @param metadata a JSON object in UTF-8, copied unchanged
     */
    public static byte[] of(EventId id, EventType type, Instant createdAt, byte[] data, byte[] metadata) {
        byte[] head = head(id, type, createdAt).getBytes(StandardCharsets.US_ASCII);
        byte[] between = METADATA.getBytes(StandardCharsets.US_ASCII);
        byte[] end = END.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(head.length + data.length + between.length + metadata.length + end.length)
                .put(head)
                .put(data)
                .put(between)
                .put(metadata)
                .put(end)
                .array();
    }

    /** The bytes before the data, in ASCII, for callers that write data and metadata into the body themselves. */
    public static String head(EventId id, EventType type, Instant createdAt) {
        return ID + id + "\",\"type\":\"" + type + "\",\"createdAt\":\"" + timestamp(createdAt) + PAYLOAD
                + "{\"data\":";
    }

    /**
     * The same body under another id.
     *
     * @param body as {@link #of} or {@link #head} began it
     */
    static byte[] withId(byte[] body, EventId id) {
        byte[] changed = body.clone();
        byte[] text = id.toString().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, changed, ID.length(), text.length);
        return changed;
    }

    /** ISO 8601 in UTC with exactly three decimals. */
    public static String timestamp(Instant instant) {
        Written known = last;
        if (!known.instant.equals(instant)) {
            known = new Written(instant, MILLIS.format(instant));
            last = known;
        }
        return known.text;
    }

    /**
     * The JSON object {@code payload} out of a body that {@link #of} made, digit for digit.
     *
     * @throws IllegalArgumentException for other bytes
     */
    public static String payload(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        int start = text.indexOf(PAYLOAD); // nothing in front of it can hold a quote
        if (start < 0 || !text.endsWith(END)) {
            throw new IllegalArgumentException("not a body in the default format");
        }
        return text.substring(start + PAYLOAD.length(), text.length() - 1);
    }
}
