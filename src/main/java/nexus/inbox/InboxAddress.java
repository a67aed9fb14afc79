package nexus.inbox;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request to an inbox. What follows the name belongs to the same inbox, so that a subscription whose
 * template appends to the path can be tried as well.
 */
public record InboxAddress(String name) {
    public static final String PREFIX = "/inbox/";

    private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}";
    private static final Pattern VALID = Pattern.compile(NAME);
    private static final Pattern PATH = Pattern.compile(PREFIX + "(" + NAME + ")(?:/.*)?", Pattern.DOTALL);

    /** @throws IllegalArgumentException if no inbox can have this name */
    public InboxAddress {
        if (!isName(name)) {
            throw new IllegalArgumentException("no name of an inbox");
        }
    }

    public static boolean isName(String text) {
        return VALID.matcher(text).matches();
    }

    /** The inbox that a path leads to, percent-encoded as it arrived. */
    public static Optional<InboxAddress> ofPath(@Nullable String path) {
        if (path == null || !path.startsWith(PREFIX)) {
            return Optional.empty();
        }
        Matcher matcher = PATH.matcher(path);
        return matcher.matches() ? Optional.of(new InboxAddress(matcher.group(1))) : Optional.empty();
    }

    /** The path that senders use. */
    public String path() {
        return PREFIX + name;
    }
}
