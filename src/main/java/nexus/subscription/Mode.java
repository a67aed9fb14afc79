package nexus.subscription;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a subscription does with the events that it selects. The API calls it {@code state}. */
public enum Mode {
    /** Events are owed and sent. */
    ACTIVE,
    /** Events are owed and held. */
    PAUSED,
    /** Events are not owed, only counted; deliveries that are owed already are held. */
    DISABLED;

    /** As the store and the API name them. */
    public static final List<String> WORDS =
            Arrays.stream(values()).map(Mode::word).toList();

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Mode of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether new events become owed. */
    public boolean owes() {
        return this != DISABLED;
    }

    /** Whether owed deliveries are sent. */
    public boolean sends() {
        return this == ACTIVE;
    }
}
