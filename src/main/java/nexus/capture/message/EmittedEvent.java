package nexus.capture.message;

import com.fasterxml.jackson.core.JsonToken;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import nexus.capture.message.MessageContent.Value;
import nexus.event.EventType;
import nexus.event.Ordering;
import nexus.refusal.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * An event that was published from SQL: {@code {"type","data","metadata"?,"orderingKey"?}}.
 *
 * @param data the text of a JSON object, unchanged
 * @param metadata the text of a JSON object, unchanged
 */
public record EmittedEvent(EventType type, Ordering ordering, String data, String metadata) {
    public static final String PREFIX = "nexus.publish";

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_ORDERING_KEY = 256;
    private static final Set<String> FIELDS = Set.of("type", "data", "metadata", "orderingKey");

    public static EmittedEvent read(ByteBuffer content) throws RefusedMessageException {
        Map<String, Value> fields = MessageContent.members(content, MAX_BYTES);
        if (!FIELDS.containsAll(fields.keySet())) {
            throw new RefusedMessageException("has a field other than type, data, metadata and orderingKey");
        }
        return new EmittedEvent(
                type(fields.get("type")),
                ordering(fields.get("orderingKey")),
                object("data", fields.get("data")),
                isMissing(fields.get("metadata")) ? "{}" : object("metadata", fields.get("metadata")));
    }

    private static EventType type(@Nullable Value value) throws RefusedMessageException {
        if (value == null || value.kind() != JsonToken.VALUE_STRING) {
            throw new RefusedMessageException("type must be a string");
        }
        try {
            return EventType.published(value.text(), "type");
        } catch (Refusal.Invalid e) {
            throw new RefusedMessageException("type " + e.errors().getFirst().detail());
        }
    }

    private static Ordering ordering(@Nullable Value value) throws RefusedMessageException {
        if (value == null || value.isNull()) {
            return Ordering.NONE;
        }
        int characters = value.text().codePointCount(0, value.text().length()); // as PostgreSQL counts them
        if (value.kind() != JsonToken.VALUE_STRING
                || characters < 1
                || characters > MAX_ORDERING_KEY
                || !MessageContent.isStorable(value.text())) {
            throw new RefusedMessageException(
                    "orderingKey must be a string of 1 to " + MAX_ORDERING_KEY + " characters");
        }
        return Ordering.published(value.text());
    }

    private static String object(String field, @Nullable Value value) throws RefusedMessageException {
        if (value == null || value.kind() != JsonToken.START_OBJECT) {
            throw new RefusedMessageException(field + " must be an object");
        }
        return value.json();
    }

    private static boolean isMissing(@Nullable Value value) {
        return value == null || value.isNull();
    }
}
