package nexus.webhook.token;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an authorization server says when it is asked for a token. Any bytes are a token or a reason; each field is of
 * the type that is relied on, or counts as wrong.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6749#section-5">RFC 6749, 5</a>
 */
sealed interface TokenAnswer {
    /**
     * A token that can stand in a header.
     *
     * @param authorization the value of the header {@code Authorization}
     * @param life how long it may be used, from zero (once) to an hour
     */
    record Token(String authorization, Duration life) implements TokenAnswer {
        @Override
        public String toString() {
            return "Token[redacted]";
        }
    }

    /** @param why in words that contain nothing from the server */
    record None(String why) implements TokenAnswer {}

    Duration LIFE_UNLESS_SAID = Duration.ofMinutes(5);
    Duration LONGEST_LIFE = Duration.ofHours(1);

    /** Remembers no names: they are a stranger's, and there may be any number. */
    JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{1,16384}");
    Pattern SECONDS = Pattern.compile("[+-]?[0-9]{1,18}(\\.[0-9]{0,18})?");

    /** RFC 6749, 5.2; another one is a stranger's text, which is not shown. */
    Set<String> ERRORS = Set.of(
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope");

    /** @param body in any form, and of any length that fits into memory */
    static TokenAnswer read(int status, byte[] body) {
        Optional<Map<String, Field>> fields = fields(body);
        String error = fields.map(object -> object.get("error"))
                .filter(field -> field.isText() && ERRORS.contains(field.text()))
                .map(field -> " (" + field.text() + ")")
                .orElse("");
        if (status < 200 || status > 299) {
            return new None("it answered " + status + error);
        }
        if (fields.isEmpty()) {
            return new None("its answer is no JSON object");
        }
        if (!error.isEmpty()) {
            return new None("it refused" + error);
        }
        return token(fields.get());
    }

    private static TokenAnswer token(Map<String, Field> fields) {
        Field token = fields.get("access_token");
        if (token == null || !token.isText()) {
            return new None("its answer has no access_token that is a text");
        }
        if (!TOKEN.matcher(token.text()).matches()) {
            return new None("its access_token can't stand in a header");
        }
        Field type = fields.get("token_type");
        if (type != null && !(type.isText() && type.text().strip().equalsIgnoreCase("bearer"))) {
            return new None("its token is of another type than bearer");
        }
        return new Token("Bearer " + token.text(), life(fields.get("expires_in")));
    }

    /** What says nothing usable counts as not said: the receiver refuses a token that is no longer good. */
    private static Duration life(@Nullable Field expiresIn) {
        if (expiresIn == null || !SECONDS.matcher(expiresIn.text()).matches()) {
            return LIFE_UNLESS_SAID;
        }
        long seconds = new BigDecimal(expiresIn.text()).longValue();
        return Duration.ofSeconds(Math.clamp(seconds, 0, LONGEST_LIFE.toSeconds()));
    }

    /**
     * The text of a scalar.
     *
     * @param text empty for a value that is neither text nor number
     */
    record Field(boolean isText, String text) {
        static Field of(JsonParser json) throws IOException {
            return switch (json.currentToken()) {
                case VALUE_STRING -> new Field(true, json.getText());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Field(false, json.getText());
                default -> new Field(false, "");
            };
        }
    }

    /** Those of the outermost object that are not null; of a repeated one the last. Empty when it is no JSON object. */
    private static Optional<Map<String, Field>> fields(byte[] body) {
        Map<String, Field> fields = new HashMap<>();
        try (JsonParser json = JSON.createParser(utf8(body))) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (json.nextToken() == JsonToken.VALUE_NULL) {
                    fields.remove(name);
                } else {
                    fields.put(name, Field.of(json));
                    json.skipChildren();
                }
            }
            return json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null
                    ? Optional.of(fields)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // its message may quote the answer
        }
    }

    private static String utf8(byte[] body) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body))
                .toString();
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }
}
