package nexus.subscription;

import java.util.Locale;

/** Under which API a subscription was made; {@code /api/v1/listeners} shows only its own. */
public enum Kind {
    SUBSCRIPTION,
    LISTENER;

    /** As the store names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Kind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
