package nexus.doctor.connection;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import nexus.doctor.check.Check;
import nexus.notation.SqlState;
import nexus.replication.source.SqlName;
import nexus.store.PostgresUrl;
import nexus.store.SqlReason;
import org.jspecify.annotations.Nullable;

/** Explains a failed connection in plain words, with its fix. */
public final class ConnectionFailure {
    private ConnectionFailure() {}

    /**
     * @param check the name of the check
     * @param variable the variable with the address; empty for the embedded database
     */
    public static Check check(String check, Optional<String> variable, PostgresUrl url, SQLException failure) {
        String server = url.host() + ":" + url.port();
        String address = variable.orElse("the address");
        String state = SqlState.of(failure);
        String reason = withoutPassword(SqlReason.of(failure), url);
        if (isPooler(failure)) {
            return Pooler.check(check, variable, url, "it answered: " + reason);
        }
        if (has(failure, UnknownHostException.class)) {
            return Check.fail(check, "no host is known as " + url.host(), "Correct the host in " + address + ".");
        }
        if (!state.startsWith("28") && isTls(failure)) {
            return Check.fail(check, "TLS with " + server + " failed: " + reason, tlsFix(reason, address, url));
        }
        if (isSilence(failure)) {
            return Check.fail(
                    check,
                    server + " does not answer within " + ReadOnlyConnections.PATIENCE.toSeconds()
                            + " s: a firewall drops the packets, or the server hangs",
                    "Let this machine through to " + server + ", or correct host and port in " + address + ".");
        }
        if (has(failure, ConnectException.class)) {
            return Check.fail(
                    check,
                    "nothing listens on " + server + " (connection refused)",
                    "Start PostgreSQL there, let it listen on that address (listen_addresses), or correct host and"
                            + " port in " + address + ".");
        }
        return switch (state) {
            case SqlState.INVALID_PASSWORD ->
                Check.fail(
                        check,
                        "the password of role " + url.user() + " is wrong",
                        "Correct user and password in " + address + ", or set the password on the server: \\password "
                                + SqlName.quoted(url.user()));
            case SqlState.INVALID_AUTHORIZATION_SPECIFICATION ->
                Check.fail(check, "turned away: " + reason, turnedAway(reason, address, url));
            case SqlState.INVALID_CATALOG_NAME ->
                Check.fail(
                        check,
                        "there is no database " + url.database() + " on " + server,
                        "CREATE DATABASE " + SqlName.quoted(url.database()) + ";\n-- or correct the database in "
                                + address);
            case SqlState.INSUFFICIENT_PRIVILEGE ->
                Check.fail(
                        check,
                        reason,
                        "GRANT CONNECT ON DATABASE " + SqlName.quoted(url.database()) + " TO "
                                + SqlName.quoted(url.user()) + ";");
            case SqlState.TOO_MANY_CONNECTIONS ->
                Check.fail(
                        check,
                        "no connection is free: " + reason,
                        "End sessions that nobody needs, or raise max_connections.");
            case SqlState.CANNOT_CONNECT_NOW ->
                Check.fail(check, "not ready: " + reason, "Wait until " + server + " has started, or see its log.");
            default -> Check.fail(check, reason, "Correct " + address + ", or see the log of " + server + ".");
        };
    }

    public static boolean isPooler(SQLException failure) {
        return SqlReason.of(failure).toLowerCase(Locale.ROOT).contains("unsupported startup parameter");
    }

    /** The driver wraps the cause in a sentence of its own, several times with a login timeout. */
    private static boolean has(@Nullable Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isSilence(SQLException failure) {
        return has(failure, SocketTimeoutException.class)
                || SqlReason.of(failure).contains("timed out");
    }

    private static boolean isTls(SQLException failure) {
        return has(failure, SSLException.class)
                || has(failure, GeneralSecurityException.class)
                || Stream.of("SSL", "certificate", "hostname could not be verified")
                        .anyMatch(word -> SqlReason.of(failure).contains(word));
    }

    private static String tlsFix(String reason, String address, PostgresUrl url) {
        if (reason.contains("does not support SSL")) {
            return "Turn TLS on at the server (ssl = on), or write sslmode=disable in " + address + ".";
        }
        return "Name the file of the server's root certificate in " + address + ": sslmode=" + url.sslMode()
                + "&sslrootcert=<file>";
    }

    private static String turnedAway(String reason, String address, PostgresUrl url) {
        if (!reason.contains("pg_hba.conf")) {
            return "Correct the user in " + address + ", or as a superuser run:\nCREATE ROLE "
                    + SqlName.quoted(url.user()) + " LOGIN REPLICATION PASSWORD '<password>';";
        }
        return "Add this line to the server's pg_hba.conf and reload it (SELECT pg_reload_conf();):\nhost  "
                + SqlName.quoted(url.database()) + "  " + SqlName.quoted(url.user())
                + "  <address of this machine>/32  scram-sha-256"
                + (url.sslMode().equals("disable") ? "\n-- or write sslmode=require in " + address : "");
    }

    private static String withoutPassword(String text, PostgresUrl url) {
        return url.password().isEmpty() ? text : text.replace(url.password(), "***");
    }
}
