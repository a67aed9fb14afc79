package nexus.store;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nexus.notation.SqlState;
import org.jspecify.annotations.Nullable;

/**
 * {@code transaction_timeout} of PostgreSQL 17 and newer can end a session in its first transaction: during the start,
 * or while its first statement sets the session's settings. The start-up message therefore has to set it, but an older
 * server refuses a start-up message that contains it. This class remembers by address which servers know the setting.
 */
final class NewerSetting {
    static final String NAME = "transaction_timeout";
    static final String VALUE = "0";

    /** The setting as a part of the start-up parameter {@code options}. */
    static final String OPTION = " -c " + NAME + "=" + VALUE;

    private static final int SINCE_MAJOR = 17;

    /** A positive result expires, because another server, even an older one, may take over the address. */
    private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

    /** One entry for each address in the configuration. */
    private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

    private record Seen(boolean isKnown, long at) {
        boolean isFresh() {
            return !isKnown || System.nanoTime() - at < KNOWN_FOR.toNanos();
        }
    }

    private NewerSetting() {}

    /**
     * Whether the server at an address knows the setting; empty when it has to be tried. A negative result stays until
     * a session shows a newer server, because each trial leaves a line in the server's log.
     */
    static Optional<Boolean> isKnownAt(PostgresUrl url) {
        return Optional.ofNullable(SEEN.get(address(url))).filter(Seen::isFresh).map(Seen::isKnown);
    }

    static void record(PostgresUrl url, boolean isKnown) {
        SEEN.put(address(url), new Seen(isKnown, System.nanoTime()));
    }

    static void forget(PostgresUrl url) {
        SEEN.remove(address(url));
    }

    /** Whether a server of this major version has the setting. */
    static boolean isIn(int majorVersion) {
        return majorVersion >= SINCE_MAJOR;
    }

    /**
     * Whether a session was refused because the server does not know the setting.
     *
     * @param sqlState null if the failure has none
     */
    static boolean isRefused(@Nullable String sqlState) {
        return SqlState.UNDEFINED_OBJECT.equals(sqlState);
    }

    /** Whether the setting ended a session. */
    static boolean ended(SQLException failure) {
        return SqlState.is(failure, SqlState.TRANSACTION_TIMEOUT);
    }

    private static String address(PostgresUrl url) {
        return url.host() + ":" + url.port();
    }
}
