package nexus.dispatch.outcome;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;

/**
 * What a receiver says about the events of a batch that it answered with 2xx: {@code {"failed": ["event id", ...]}}. Any answer
 * without such a list accepts all of them. A list that is there but cannot be read, also because the answer is longer than what
 * is read of one, rejects all of them: an event that is sent twice does less harm than one that is lost. Pure.
 */
public final class BatchAnswer {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String FAILED = "failed";
    private static final BatchAnswer ACCEPTED = new BatchAnswer(Set.of(), false);
    private static final BatchAnswer REJECTED = new BatchAnswer(Set.of(), true);

    private final Set<String> failed; // in lower case
    private final boolean isRejected;

    private BatchAnswer(Set<String> failed, boolean isRejected) {
        this.failed = failed;
        this.isRejected = isRejected;
    }

    /** Whether this event is to be sent again. */
    public boolean hasFailed(UUID event) {
        return isRejected || (!failed.isEmpty() && failed.contains(event.toString()));
    }

    /** Whether the list of failed events cannot be read. */
    public boolean isRejected() {
        return isRejected;
    }

    /** @param text the beginning of the answer */
    public static BatchAnswer read(String text) {
        boolean isObject = false;
        try (JsonParser parser = JSON.createParser(text)) {
            isObject = parser.nextToken() == JsonToken.START_OBJECT;
            return isObject ? object(parser) : ACCEPTED;
        } catch (IOException | RuntimeException e) {
            return isObject && text.contains("\"" + FAILED + "\"") ? REJECTED : ACCEPTED;
        }
    }

    private static BatchAnswer object(JsonParser parser) throws IOException {
        Set<String> failed = new HashSet<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isList = parser.currentName().equals(FAILED);
            JsonToken value = parser.nextToken();
            if (!isList) {
                parser.skipChildren();
            } else if (value == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    if (parser.currentToken() != JsonToken.VALUE_STRING) {
                        return REJECTED;
                    }
                    failed.add(parser.getText().toLowerCase(Locale.ROOT));
                }
            } else if (!isNothing(parser, value)) {
                return REJECTED;
            }
        }
        return parser.currentToken() == JsonToken.END_OBJECT ? new BatchAnswer(failed, false) : REJECTED;
    }

    /** Receivers also answer with the number of failed events. */
    private static boolean isNothing(JsonParser parser, JsonToken value) throws IOException {
        return value == JsonToken.VALUE_NULL
                || value == JsonToken.VALUE_FALSE
                || (value == JsonToken.VALUE_NUMBER_INT && parser.getText().equals("0"));
    }
}
