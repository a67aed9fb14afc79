package nexus.subscription.target;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import nexus.api.json.JsonBody;

/** The headers a subscription sends along: which may be set, and which of them are not shown again. */
public final class TargetHeaders {
    public static final String HIDDEN = "***";

    public static final int MAX_HEADERS = 50;

    private static final int MAX_NAME = 100;
    private static final int MAX_VALUE = 4_096;
    /** RFC 9110, section 5.6.2. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1," + MAX_NAME + "}");

    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?");
    /** Made by Nexus or by HTTP itself, for one connection. */
    private static final Set<String> RESERVED = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect",
            "host",
            "content-length",
            "content-type",
            "content-encoding",
            "user-agent",
            "traceparent",
            "tracestate",
            "x-signature",
            "x-delivery-attempt",
            "x-nexus-replay");

    /** Which body is wanted: their values cannot be credentials. Any other name may carry one. */
    private static final Set<String> HARMLESS = Set.of(
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "cache-control",
            "content-language",
            "pragma",
            "prefer",
            "priority");

    private TargetHeaders() {}

    /**
     * @param stored the stored headers; a hidden value that is sent back as shown is kept
     * @param kept receives the headers whose value is not in the body
     * @return the headers of the body; errors are noted in the body
     */
    public static Map<String, String> read(JsonBody body, Map<String, String> stored, KeptSecrets kept) {
        if (!body.has("headers")) {
            stored.keySet().stream()
                    .filter(TargetHeaders::isHidden)
                    .sorted()
                    .forEach(name -> kept.add("headers", name));
            return stored;
        }
        Map<String, String> before = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        before.putAll(stored);
        Map<String, String> given =
                body.textsByName("headers", MAX_HEADERS, MAX_VALUE).orElse(Map.of());
        Map<String, String> headers = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        given.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            Optional<String> mistake = mistakeIn(name);
            if (mistake.isPresent()) {
                body.error("headers", name, mistake.get());
            } else if (!seen.add(lower)) {
                body.error("headers", name, "is there twice, in another case");
            } else if (!VALUE.matcher(value).matches()) {
                body.error("headers", name, "must be printable ASCII");
            } else if (!value.equals(HIDDEN) || !isHidden(name)) {
                headers.put(name, value);
            } else if (before.containsKey(name)) {
                headers.put(name, before.getOrDefault(name, ""));
                kept.add("headers", name);
            } else {
                body.error("headers", name, "must have a value; *** only keeps one that is there");
            }
        });
        return headers;
    }

    /** Why a header of this name must not be set; empty when it may be. */
    public static Optional<String> mistakeIn(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!TOKEN.matcher(name).matches()) {
            return Optional.of("has a name that is none for a header");
        }
        return RESERVED.contains(lower) || lower.startsWith("webhook-") || lower.startsWith("x-event-")
                ? Optional.of("must not be set: Nexus does")
                : Optional.empty();
    }

    /** As they may be shown, in the order of their names. */
    public static Map<String, String> shown(Map<String, String> headers) {
        Map<String, String> shown = new LinkedHashMap<>();
        headers.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(String.CASE_INSENSITIVE_ORDER))
                .forEach(header -> shown.put(header.getKey(), isHidden(header.getKey()) ? HIDDEN : header.getValue()));
        return shown;
    }

    private static boolean isHidden(String name) {
        return !HARMLESS.contains(name.toLowerCase(Locale.ROOT));
    }
}
