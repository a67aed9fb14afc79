package nexus.command.environment;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.TreeMap;
import nexus.store.JdbcSessions;
import nexus.store.PostgresUrl;
import nexus.store.SessionSettings;

/** The configuration that results from an environment: its variables, and defaults that depend on the mode. */
public final class Settings {
    /** Non-public targets that embedded mode allows: this machine. */
    static final String LOOPBACK = "127.0.0.0/8,::1/128,localhost";

    private static final String USUAL_PORT = "3000";
    private static final String USUAL_MANAGEMENT_PORT = "9000";

    private Settings() {}

    /**
     * @param isPooled whether the store is reached through a pooler in session mode
     * @param isWithSource whether store and source are in one cluster
     */
    public record StoreSession(boolean isPooled, boolean isWithSource) {
        /** If the source counts Nexus as a synchronous standby, a commit that waits for standbys would wait for Nexus itself. */
        String synchronousCommit() {
            return isWithSource ? "local" : "on";
        }
    }

    /** Checks that need no connection. */
    public static void check(Environment environment) throws StartRefused {
        boolean keys = environment.value(Variable.API_KEYS).isPresent();
        requireTwoPorts(environment);
        if (!environment.embedded()) {
            if (environment.value(Variable.NEXUS_SECRET_KEY).isEmpty()) {
                throw new StartRefused("NEXUS_SECRET_KEY is not set: it encrypts signing secrets in the database;"
                        + " make one and keep it: openssl rand -base64 32");
            }
            requireAddress(host(environment));
            return; // the store is queried for a key later
        }
        String host = host(environment);
        requireAddress(host);
        if (!keys && !loopback(host)) {
            throw new StartRefused("HOST is not a loopback address, and without API_KEYS the API is open:"
                    + " set API_KEYS, or leave HOST at 127.0.0.1");
        }
    }

    /** Two servers on one port would take turns at its connections. */
    private static void requireTwoPorts(Environment environment) throws StartRefused {
        String port = environment.value(Variable.PORT).orElse(USUAL_PORT);
        if (port.equals(environment.value(Variable.MANAGEMENT_PORT).orElse(USUAL_MANAGEMENT_PORT))) {
            throw new StartRefused("PORT and MANAGEMENT_PORT (" + USUAL_MANAGEMENT_PORT
                    + " unless set) must be two ports, and both are " + port);
        }
    }

    private static void requireAddress(String host) throws StartRefused {
        try {
            InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            throw new StartRefused("HOST must be an address or a name of this machine, and has no address: " + host);
        }
    }

    /**
     * @param storeUrl {@code DATABASE_URL} or the embedded database's
     * @param secretKey base64 of 32 bytes
     * @param session how sessions of the store are made
     * @param terminal whether a person reads the output
     * @return keys and values of the configuration; contains secrets and must not be printed
     */
    public static Map<String, String> of(
            Environment environment, String storeUrl, String secretKey, StoreSession session, boolean terminal) {
        Map<String, String> settings = new TreeMap<>();
        for (Variable variable : Variable.values()) {
            variable.key().ifPresent(key -> environment.value(variable).ifPresent(value -> settings.put(key, value)));
        }
        settings.put("nexus.process.embedded", Boolean.toString(environment.embedded()));
        settings.put("nexus.store.url", storeUrl);
        settings.putIfAbsent("nexus.source.url", storeUrl);
        PostgresUrl store = PostgresUrl.parse(storeUrl);
        settings.put("nexus.store.pooled", Boolean.toString(session.isPooled()));
        settings.put("nexus.store.synchronous-commit", session.synchronousCommit());
        settings.putAll(JdbcSessions.poolSettings(
                store,
                SessionSettings.store().with("synchronous_commit", session.synchronousCommit()),
                session.isPooled()));
        settings.put("nexus.secret.key", secretKey);
        settings.put("nexus.demo.enabled", Boolean.toString(demo(environment)));
        settings.putIfAbsent("nexus.inbox.enabled", Boolean.toString(environment.embedded()));
        settings.put("quarkus.http.host", host(environment));
        settings.put("quarkus.management.host", host(environment));
        environment
                .value(Variable.SHUTDOWN_TIMEOUT)
                .ifPresent(timeout -> settings.put("quarkus.shutdown.timeout", timeout));
        if (environment.embedded()) {
            settings.putIfAbsent("nexus.webhook.allow", LOOPBACK);
        }
        settings.put("quarkus.swagger-ui.enabled", Boolean.toString(environment.embedded()));
        settings.put("quarkus.log.console.json.enabled", Boolean.toString(!terminal));
        // named here because a search through all jars takes 10 ms in a native executable
        settings.put("jakarta.json.provider", "org.eclipse.parsson.JsonProviderImpl");
        settings.replaceAll((key, value) -> escaped(value));
        return settings;
    }

    /** Only the embedded database gets the demo table by default, never a database of the user's. */
    public static boolean demo(Environment environment) {
        boolean ownSource = environment.embedded()
                && environment.value(Variable.SOURCE_DATABASE_URL).isEmpty();
        return environment.value(Variable.NEXUS_DEMO).map(Boolean::parseBoolean).orElse(ownSource);
    }

    public static String host(Environment environment) {
        return environment.value(Variable.HOST).orElse(environment.embedded() ? "127.0.0.1" : "0.0.0.0");
    }

    private static boolean loopback(String host) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The configuration replaces <code>${…}</code> and <code>$$</code>; a password must not change. */
    private static String escaped(String value) {
        return value.replace("$", "$$");
    }
}
