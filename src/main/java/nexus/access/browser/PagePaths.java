package nexus.access.browser;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths of the web page: {@code /}, and those whose first segment is one of these names. They need no key, because the
 * page checks its session itself.
 */
public final class PagePaths {
    private static final Set<String> NAMES = Set.of(
            "assets",
            "audit",
            "backfills",
            "dead",
            "deliveries",
            "events",
            "find",
            "inbox",
            "inboxes",
            "key",
            "keys",
            "listeners",
            "live",
            "replays",
            "settings",
            "sign-in",
            "sign-out",
            "source",
            "start",
            "subscriptions",
            "troubles",
            "types");

    /** No dot segments and nothing that a router might read as another path. */
    private static final Pattern PLAIN = Pattern.compile("/|(/(?!\\.{1,2}(/|$))(?!%2[eE])[^/\\\\;?#]+)+/?");

    private PagePaths() {}

    public static boolean contain(@Nullable String path) {
        if (path == null || path.isEmpty() || path.charAt(0) != '/') {
            return false;
        }
        if (path.length() == 1) {
            return true;
        }
        int end = path.indexOf('/', 1);
        return NAMES.contains(path.substring(1, end < 0 ? path.length() : end))
                && PLAIN.matcher(path).matches();
    }
}
