package nexus.doctor.connection;

import java.util.Locale;
import java.util.Optional;
import nexus.doctor.check.Check;
import nexus.store.Pooling;
import nexus.store.PostgresUrl;

/**
 * A connection pooler between Nexus and PostgreSQL. Replication does not work through it, and the store needs a session (locks,
 * settings) that lasts as long as its connection.
 */
public final class Pooler {
    private static final int SUPABASE_TRANSACTION_PORT = 6543;
    private static final int PGBOUNCER_PORT = 6432;

    private Pooler() {}

    /** The pooler that the host name identifies; empty when it identifies none. */
    static Optional<String> byName(PostgresUrl url) {
        String host = url.host().toLowerCase(Locale.ROOT);
        return host.endsWith(".pooler.supabase.com") || host.contains("-pooler.")
                ? Optional.of("its name says so")
                : Optional.empty();
    }

    /** @param check {@code store-not-pooled} allows a pooler in session mode */
    public static Check check(String check, Optional<String> variable, PostgresUrl url, Pooling pooling) {
        boolean isStore = check.startsWith("store");
        return switch (pooling) {
            case Pooling.PerTransaction(String because) ->
                check(check, variable, url, "in transaction mode: " + because);
            case Pooling.PerSession _ when isStore -> Check.ok(check, "a connection pooler in session mode answers");
            case Pooling.PerSession(String because) -> check(check, variable, url, because);
            case Pooling.Direct _ ->
                byName(url)
                        .filter(because -> !isStore)
                        .map(because -> check(check, variable, url, because))
                        .orElseGet(() -> Check.ok(check, "PostgreSQL itself answers"));
        };
    }

    public static Check check(String check, Optional<String> variable, PostgresUrl url, String because) {
        return Check.fail(
                check,
                url.host() + ":" + url.port() + " is a connection pooler, not PostgreSQL itself (" + because
                        + "): "
                        + (check.startsWith("store")
                                ? "a session does not last as long as a connection"
                                : "replication does not go through one"),
                "Write the direct address into " + variable.orElse("the URL") + ": " + direct(url));
    }

    private static String direct(PostgresUrl url) {
        String host = url.host().toLowerCase(Locale.ROOT);
        if (host.endsWith(".pooler.supabase.com")) {
            int dot = url.user().indexOf('.');
            String project = dot < 0 ? "<project>" : url.user().substring(dot + 1);
            return "postgresql://postgres:<password>@db." + project + ".supabase.co:5432/" + url.database();
        }
        String port = url.port() == SUPABASE_TRANSACTION_PORT || url.port() == PGBOUNCER_PORT ? "5432" : "<port>";
        return host.contains("-pooler.")
                ? "postgresql://" + url.user() + ":<password>@" + url.host().replaceFirst("(?i)-pooler\\.", ".") + ":"
                        + url.port() + "/" + url.database()
                : "postgresql://" + url.user() + ":<password>@<host of PostgreSQL>:" + port + "/" + url.database();
    }
}
