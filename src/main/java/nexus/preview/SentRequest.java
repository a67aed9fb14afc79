package nexus.preview;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import nexus.target.Described;

/**
 * The request of one attempt of a delivery, made again from the stored event and its subscription as it is now.
 *
 * @param attempt its number
 * @param body as text, character for character
 * @param signed whether the signatures are shown
 */
@RegisterForReflection
record SentRequest(int attempt, String method, String url, Map<String, String> headers, String body, boolean signed) {
    private static final Set<String> SIGNATURES = Set.of("webhook-signature", "x-signature");
    private static final String HIDDEN = "***";

    /**
     * The answer.
     *
     * @param toManager whether the caller sees the whole URL and the signatures, with which the request could be sent
     */
    static SentRequest of(Described described, int attempt, boolean toManager) {
        Map<String, String> headers = new LinkedHashMap<>();
        boolean isSigned = false;
        for (Map.Entry<String, String> header : described.headers().entrySet()) {
            boolean isSignature = SIGNATURES.contains(header.getKey().toLowerCase(Locale.ROOT));
            isSigned |= isSignature;
            headers.put(header.getKey(), isSignature && !toManager ? HIDDEN : header.getValue());
        }
        return new SentRequest(
                attempt,
                described.method(),
                toManager ? described.url() : origin(described.url()),
                headers,
                described.body().toString(StandardCharsets.UTF_8),
                isSigned && toManager);
    }

    /** Paths and queries may hold tokens. */
    private static String origin(String url) {
        try {
            URI whole = new URI(url);
            return whole.getRawAuthority() == null
                    ? whole.getScheme() + ":" + HIDDEN
                    : whole.getScheme() + "://" + whole.getRawAuthority();
        } catch (URISyntaxException e) {
            return HIDDEN;
        }
    }

    /** Payloads stay out of logs. */
    @Override
    public String toString() {
        return "SentRequest[attempt=" + attempt + "]";
    }
}
