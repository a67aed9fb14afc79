package nexus.capture.message;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import nexus.notation.StrictJson;

/**
 * The JSON object in a logical message, parsed strictly: UTF-8, unique names in each object, no further text. The limits are
 * those of {@code db/migration/R__publish_from_sql.sql}, so that messages of the functions are never refused here.
 */
final class MessageContent {
    /** The whole content has a limit, and digits are copied. */
    private static final JsonFactory JSON = StrictJson.factory(Integer.MAX_VALUE, Integer.MAX_VALUE);

    private MessageContent() {}

    /** A member's value: objects and arrays as their original text, strings unescaped. */
    record Value(JsonToken kind, String text, String json) {
        boolean isNull() {
            return kind == JsonToken.VALUE_NULL;
        }
    }

    /**
     * The members in their order.
     *
     * @throws RefusedMessageException if it is anything else
     */
    static Map<String, Value> members(ByteBuffer content, int maxBytes) throws RefusedMessageException {
        if (content.remaining() > maxBytes) {
            throw new RefusedMessageException("has more than " + maxBytes + " bytes");
        }
        String text = utf8(content);
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new RefusedMessageException("is no JSON object");
            }
            Map<String, Value> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                members.put(name, value(parser, text));
            }
            if (parser.nextToken() != null) {
                throw new RefusedMessageException("goes on behind its JSON object");
            }
            return members;
        } catch (JsonProcessingException e) { // its message may quote the content
            throw new RefusedMessageException(
                    "is no JSON, has a name twice in one object, or nests deeper than " + StrictJson.MAX_DEPTH);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // from a string
        }
    }

    /** Text that databases and receivers accept: no U+0000, no unpaired surrogates. */
    static boolean isStorable(String text) {
        return text.indexOf('\0') < 0
                && text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static Value value(JsonParser parser, String text) throws IOException {
        JsonToken kind = parser.currentToken();
        int from = (int) parser.currentTokenLocation().getCharOffset();
        String plain = "";
        if (kind.isStructStart()) {
            parser.skipChildren();
        } else {
            plain = parser.getText(); // reads the whole string
        }
        return new Value(
                kind, plain, text.substring(from, (int) parser.currentLocation().getCharOffset()));
    }

    private static String utf8(ByteBuffer content) throws RefusedMessageException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(content.duplicate())
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedMessageException("is not UTF-8");
        }
    }
}
