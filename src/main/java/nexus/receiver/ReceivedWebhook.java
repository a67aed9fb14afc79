package nexus.receiver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import nexus.terminal.Printable;
import nexus.webhook.WebhookSigner;

/** Formats one received request for a terminal. */
final class ReceivedWebhook {
    /** A longer body is cut, so that the block stays readable. */
    private static final int MAX_SHOWN_CHARACTERS = 4000;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    /** Keeps every digit of a number. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private final LocalTime at;
    private final String method;
    private final Headers headers;
    private final byte[] body;

    ReceivedWebhook(LocalTime at, String method, Headers headers, byte[] body) {
        this.at = at;
        this.method = method;
        this.headers = headers;
        this.body = body;
    }

    /**
     * A block of lines with an empty line at its end.
     *
     * @param key to verify the signature with, if there is one
     * @param status the status of the response
     */
    String describe(Optional<byte[]> key, int status) {
        String what = method.equals("POST")
                ? header("X-Event-Type", "(no X-Event-Type)")
                : Printable.line(method) + " is no webhook";
        return TIME.format(at) + "  " + what + "  attempt " + header("X-Delivery-Attempt", "?") + "  "
                + verdict(key) + "  answered " + status + System.lineSeparator()
                + "  id " + header("webhook-id", "(no webhook-id)") + System.lineSeparator()
                + shown().indent(2)
                + System.lineSeparator();
    }

    private String verdict(Optional<byte[]> key) {
        if (key.isEmpty()) {
            return "signature not checked (no --secret)";
        }
        boolean isOk = new WebhookSigner()
                .verifies(
                        key.get(),
                        header("webhook-id", ""),
                        header("webhook-timestamp", ""),
                        body,
                        header("webhook-signature", ""));
        return isOk ? "signature ok" : "signature WRONG";
    }

    private String shown() {
        String text = Printable.lines(pretty(new String(body, StandardCharsets.UTF_8)));
        return text.length() <= MAX_SHOWN_CHARACTERS
                ? text
                : text.substring(0, MAX_SHOWN_CHARACTERS) + "\n… cut; the body has " + body.length + " bytes";
    }

    private static String pretty(String text) {
        try {
            return JSON.readTree(text).toPrettyString();
        } catch (JsonProcessingException notJson) {
            return text;
        }
    }

    private String header(String name, String otherwise) {
        return Printable.line(Objects.requireNonNullElse(headers.getFirst(name), otherwise));
    }
}
