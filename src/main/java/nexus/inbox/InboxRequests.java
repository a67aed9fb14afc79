package nexus.inbox;

import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import nexus.inbox.InboxRequest.Header;

/** Makes the kept form of a received request. */
final class InboxRequests {
    static final String HIDDEN = "***";

    /** Their values are credentials by definition. An inbox shows that they came, and never what they are. */
    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "proxy-authorization", "cookie", "x-api-key");

    private InboxRequests() {}

    static InboxRequest of(
            long number, Instant at, HttpServerRequest request, ArrivingBody body, Instant now, Reply reply) {
        List<Header> headers = new ArrayList<>();
        request.headers().forEach((name, value) -> headers.add(new Header(name, shown(name, value))));
        return new InboxRequest(
                number,
                at,
                request.method().name(),
                request.uri(),
                headers,
                body.kept(),
                body.length(),
                body.signature(now),
                reply);
    }

    /** The scheme of an authorization is no secret. */
    static String shown(String name, String value) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!CREDENTIALS.contains(lower)) {
            return value;
        }
        int space = value.indexOf(' ');
        return lower.endsWith("authorization")
                        && space > 0
                        && value.substring(0, space).matches("[A-Za-z][A-Za-z0-9-]{0,20}")
                ? value.substring(0, space) + ' ' + HIDDEN
                : HIDDEN;
    }
}
