package nexus.webhook;

import java.net.URI;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import nexus.target.WebhookTarget;

/**
 * Removes the credentials of a request from its answer. Otherwise a receiver that echoes requests would show them to every
 * caller who may read attempts.
 */
final class Echo {
    private static final String HIDDEN = "***";
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
    static String without(String answer, WebhookTarget target, String authorization) {
        if (answer.length() < SHORTEST || isPlain(target, authorization)) {
            return answer;
        }
        Set<String> secrets = new HashSet<>(target.headers().values());
        secrets.add(authorization);
        secrets.add(authorization.substring(authorization.indexOf(' ') + 1));
        secrets.removeIf(secret -> secret.length() < SHORTEST);
        addPartsOf(target.endpoint(), secrets);
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

    private static boolean isPlain(WebhookTarget target, String authorization) {
        String path = target.endpoint().getRawPath();
        return target.headers().isEmpty()
                && authorization.isEmpty()
                && target.endpoint().getRawQuery() == null
                && (path == null || path.length() < SHORTEST_SEGMENT);
    }

    /** A token is a long segment of the path, or the value of a parameter. */
    private static void addPartsOf(URI endpoint, Set<String> secrets) {
        String path = endpoint.getRawPath();
        for (String segment : (path == null ? "" : path).split("/", -1)) {
            if (segment.length() >= SHORTEST_SEGMENT) {
                secrets.add(segment);
            }
        }
        String query = endpoint.getRawQuery();
        for (String parameter : (query == null ? "" : query).split("&", -1)) {
            String value = parameter.substring(parameter.indexOf('=') + 1);
            if (value.length() >= SHORTEST) {
                secrets.add(value);
            }
        }
    }
}
