package nexus.store;

import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nexus.notation.Authority;

/**
 * The address of a PostgreSQL database, from {@code postgresql://user:pass@host:port/db?sslmode=…}. Only the four
 * parameters of {@link #PARAMETERS} are supported; any other is refused by name, because ignoring a misspelt {@code
 * sslmode} would be worse than not starting.
 *
 * @param password empty when the server requires none
 * @param parameters a subset of {@link #PARAMETERS}
 */
public record PostgresUrl(
        String host, int port, String database, String user, String password, Map<String, String> parameters) {
    public static final Set<String> PARAMETERS =
            Set.of("sslmode", "sslrootcert", "connect_timeout", "application_name");
    public static final Set<String> SSL_MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    public PostgresUrl {
        parameters = Map.copyOf(parameters);
    }

    /**
     * @throws IllegalArgumentException with a message that never contains the URL, because the URL contains a password
     */
    public static PostgresUrl parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            // getReason only: the message and the input carry the password
            throw new IllegalArgumentException(
                    "is not a URL (" + e.getReason() + " at character " + e.getIndex() + ")");
        }
        String scheme = uri.getScheme();
        if (!"postgresql".equals(scheme) && !"postgres".equals(scheme)) {
            throw new IllegalArgumentException("must start with postgresql:// or postgres://");
        }
        Authority authority = authority(uri);
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must not have a #fragment (encode # in a password as %23)");
        }
        String userInfo = authority.userInfo();
        int colon = userInfo.indexOf(':');
        String user = decoded(colon < 0 ? userInfo : userInfo.substring(0, colon));
        if (user.isEmpty()) {
            throw new IllegalArgumentException("must name a user: postgresql://user:pass@host:5432/database");
        }
        String password = colon < 0 ? "" : decoded(userInfo.substring(colon + 1));
        String path = Optional.ofNullable(uri.getRawPath()).orElse("");
        String database = path.length() > 1 ? decoded(path.substring(1)) : user;
        if (database.indexOf('/') >= 0) {
            throw new IllegalArgumentException("must name one database after the host");
        }
        String host = authority.host();
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        int port = authority.port() < 0 ? 5432 : authority.port();
        return new PostgresUrl(host, port, database, user, password, parameters(uri.getRawQuery()));
    }

    private static Authority authority(URI uri) {
        if (uri.getRawAuthority() == null || uri.getRawAuthority().indexOf(',') >= 0) {
            throw new IllegalArgumentException("must name one host: postgresql://user:pass@host:5432/database");
        }
        Authority authority = Authority.of(uri);
        if (authority.port() == 0 || authority.port() > 65_535) {
            throw new IllegalArgumentException("must have a port from 1 to 65535");
        }
        return authority;
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        if (query == null || query.isEmpty()) {
            return parameters;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (!PARAMETERS.contains(name)) {
                throw new IllegalArgumentException("has the unknown parameter \"" + name
                        + "\"; known are sslmode, sslrootcert, connect_timeout and application_name");
            }
            if (parameters.put(name, value) != null) {
                throw new IllegalArgumentException("has the parameter \"" + name + "\" twice");
            }
        }
        String sslMode = parameters.get("sslmode");
        if (sslMode != null && !SSL_MODES.contains(sslMode)) {
            throw new IllegalArgumentException(
                    "has sslmode=" + sslMode + "; known are disable, allow, prefer, require, verify-ca, verify-full");
        }
        String timeout = parameters.get("connect_timeout");
        if (timeout != null && !timeout.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException("has a connect_timeout that is no whole number of seconds");
        }
        return parameters;
    }

    private static String decoded(String raw) {
        // URLDecoder decodes forms, where + is a blank; in a URL it is a plus
        return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    public String sslMode() {
        return parameters.getOrDefault("sslmode", "prefer");
    }

    public Optional<String> sslRootCertificate() {
        return Optional.ofNullable(parameters.get("sslrootcert"));
    }

    public int connectTimeoutSeconds() {
        return Integer.parseInt(parameters.getOrDefault("connect_timeout", "10"));
    }

    public String applicationName() {
        return parameters.getOrDefault("application_name", "nexus");
    }

    /** A copy with another application name. */
    public PostgresUrl named(String applicationName) {
        return with("application_name", applicationName);
    }

    /** A copy with a shorter connect timeout, in whole seconds, at least one. */
    public PostgresUrl connectingWithin(Duration patience) {
        long seconds = Math.max(1, Math.min(patience.toSeconds(), connectTimeoutSeconds()));
        return with("connect_timeout", Long.toString(seconds));
    }

    private PostgresUrl with(String parameter, String value) {
        Map<String, String> all = new TreeMap<>(parameters);
        all.put(parameter, value);
        return new PostgresUrl(host, port, database, user, password, all);
    }

    /** Whether both name the same server; false also when two different names belong to one server. */
    public boolean isOnServerOf(PostgresUrl other) {
        return host.equalsIgnoreCase(other.host) && port == other.port;
    }

    /** The JDBC URL, with the parameters under pgjdbc's names; user and password are passed separately. */
    public String jdbcUrl() {
        String shownHost = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return "jdbc:postgresql://" + shownHost + ":" + port + "/" + encoded(database)
                + "?sslmode=" + sslMode()
                + sslRootCertificate()
                        .map(file -> "&sslrootcert=" + encoded(file))
                        .orElse("")
                + "&connectTimeout=" + connectTimeoutSeconds()
                + "&ApplicationName=" + encoded(applicationName());
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The connect options of the Vert.x client. */
    PgConnectOptions clientOptions() {
        PgConnectOptions options = new PgConnectOptions()
                .setHost(host)
                .setPort(port)
                .setDatabase(database)
                .setUser(user)
                .setPassword(password);
        options.setConnectTimeout(connectTimeoutSeconds() * 1000);
        options.setSslMode(SslMode.of(sslMode()));
        sslRootCertificate().ifPresent(file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file)));
        if (sslRootCertificate().isEmpty()
                && (options.getSslMode() == SslMode.REQUIRE
                        || options.getSslMode() == SslMode.PREFER
                        || options.getSslMode() == SslMode.ALLOW)) {
            options.setTrustAll(true); // as in libpq, these modes encrypt but do not verify
        }
        if (options.getSslMode() == SslMode.VERIFY_FULL) {
            options.setHostnameVerificationAlgorithm("HTTPS");
        }
        return options;
    }

    /** Host, port and database, which contain no secret. */
    @Override
    public String toString() {
        return host + ":" + port + "/" + database;
    }
}
