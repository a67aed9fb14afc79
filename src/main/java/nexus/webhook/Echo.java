package nexus.webhook;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes the credentials of a request from its answer. Otherwise a receiver that echoes requests would show them to every
 * caller who may read attempts.
 */
final class Echo {
    private static final String HIDDEN = "***";
    private static final String BASIC = "Basic ";
    /** Shorter texts turn up by chance. */
    private static final int SHORTEST = 6;

    private static final int SHORTEST_SEGMENT = 16;
    private static final int SHORTEST_BEGINNING = 3;

    private Echo() {}

    /**
     * The answer without them.
     *
     * @param authorization the header's value; empty when there is none
     */
    static String without(String answer, Outgoing outgoing, String authorization) {
        if (answer.length() < SHORTEST || isPlain(outgoing, authorization)) {
            return answer;
        }
        Set<String> secrets = new HashSet<>(outgoing.headers().values());
        addPartsOf(authorization, secrets);
        addPartsOf(outgoing.endpoint(), shortestSegment(outgoing), secrets);
        secrets.removeIf(secret -> secret.length() < SHORTEST);
        List.copyOf(secrets).forEach(secret -> addInJson(secret, secrets));
        String shown = answer;
        // the longest first: one may be a part of another
        for (String secret : secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList()) {
            shown = withoutBeginning(shown.replace(secret, HIDDEN), secret);
        }
        return shown;
    }

    /** An answer is cut where it is too long, perhaps in the middle of a secret. */
    private static String withoutBeginning(String answer, String secret) {
        for (int length = Math.min(secret.length() - 1, answer.length()); length >= SHORTEST_BEGINNING; length--) {
            if (answer.regionMatches(answer.length() - length, secret, 0, length)) {
                return answer.substring(0, answer.length() - length) + HIDDEN;
            }
        }
        return answer;
    }

    private static boolean isPlain(Outgoing outgoing, String authorization) {
        String path = outgoing.endpoint().getRawPath();
        return outgoing.headers().isEmpty()
                && authorization.isEmpty()
                && outgoing.endpoint().getRawQuery() == null
                && (path == null || path.length() < shortestSegment(outgoing));
    }

    /** A shorter segment is a word, unless all of the URL is a secret. */
    private static int shortestSegment(Outgoing outgoing) {
        return outgoing.isEndpointSecret() ? SHORTEST : SHORTEST_SEGMENT;
    }

    /** The credentials are behind the scheme; those of the scheme Basic are a name and a password in Base64. */
    private static void addPartsOf(String authorization, Set<String> secrets) {
        String credentials = authorization.substring(authorization.indexOf(' ') + 1);
        secrets.add(authorization);
        secrets.add(credentials);
        if (authorization.startsWith(BASIC)) {
            try {
                String pair = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
                secrets.add(pair);
                secrets.add(pair.substring(pair.indexOf(':') + 1));
            } catch (IllegalArgumentException e) {
                // a header of the subscriber, whose value is hidden as it is
            }
        }
    }

    /** A receiver that repeats a request in JSON may write a character as an escape, also a slash. */
    private static void addInJson(String secret, Set<String> secrets) {
        String escaped = secret.replace("\\", "\\\\").replace("\"", "\\\"");
        secrets.add(escaped);
        secrets.add(escaped.replace("/", "\\/"));
    }

    /** A receiver may repeat it decoded. */
    private static void addDecoded(String part, Set<String> secrets) {
        secrets.add(part);
        try {
            secrets.add(URLDecoder.decode(part, StandardCharsets.UTF_8)); // of a parameter: + is a blank
            secrets.add(URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            // nothing can decode it
        }
    }

    /** A token is a long segment of the path, or the value of a parameter. */
    private static void addPartsOf(URI endpoint, int shortestSegment, Set<String> secrets) {
        String path = endpoint.getRawPath();
        for (String segment : (path == null ? "" : path).split("/", -1)) {
            if (segment.length() >= shortestSegment) {
                addDecoded(segment, secrets);
            }
        }
        String query = endpoint.getRawQuery();
        for (String parameter : (query == null ? "" : query).split("&", -1)) {
            String value = parameter.substring(parameter.indexOf('=') + 1);
            if (value.length() >= SHORTEST) {
                addDecoded(value, secrets);
            }
        }
    }
}
