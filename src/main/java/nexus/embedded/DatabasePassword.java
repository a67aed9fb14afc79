package nexus.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/**
 * The password of the embedded server's only role, in the file {@code password} that only the owner of the folder may read,
 * and the rules by which the server asks for it. A server whose rules let everyone in gets both.
 */
final class DatabasePassword {
    static final String ROLE = "postgres";

    private static final int RANDOM_BYTES = 24;
    private static final Pattern WRITTEN = Pattern.compile("[A-Za-z0-9_-]{16,200}");
    private static final List<String> ASKING = List.of("scram-sha-256", "reject", "cert");

    private static final String RULES = """
            # written by nexus serve: the password is in the file of that name, two folders up
            local all         all                scram-sha-256
            local replication all                scram-sha-256
            host  all         all   127.0.0.1/32 scram-sha-256
            host  all         all   ::1/128      scram-sha-256
            host  replication all   127.0.0.1/32 scram-sha-256
            host  replication all   ::1/128      scram-sha-256
            """;

    /** Ends the sessions that were opened without a password. */
    private static final String END_OTHERS = """
            SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
            WHERE backend_type IN ('client backend', 'walsender')
              AND pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()""";

    private static final String RELOAD = "SELECT pg_catalog.pg_reload_conf()";

    private final Path file;
    private final Path rules;
    private final String text;

    private DatabasePassword(Path file, Path rules, String text) {
        this.file = file;
        this.rules = rules;
        this.text = text;
    }

    /** The password of this folder, generated when there is none. */
    static DatabasePassword of(Path home, Path data) throws IOException, EmbeddedDatabaseException {
        Path file = file(home);
        Path rules = data.resolve("pg_hba.conf");
        Optional<String> written = read(home);
        if (written.isPresent()) {
            return new DatabasePassword(file, rules, written.get());
        }
        if (Files.exists(data.resolve("postmaster.opts")) && asksEverybody(rules)) {
            throw new EmbeddedDatabaseException("the embedded database's password is not in " + file
                    + ": put it back; or write trust for scram-sha-256 in " + rules
                    + ", and this gives it another one at the next start");
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        String made = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        write(file, made + "\n");
        return new DatabasePassword(file, rules, made);
    }

    /** The password in the folder, if this user may read it. */
    static Optional<String> read(Path home) {
        try {
            return Optional.of(Files.readString(file(home)).strip())
                    .filter(text -> WRITTEN.matcher(text).matches());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Path file() {
        return file;
    }

    String text() {
        return text;
    }

    /** Makes the server require the password from everyone. */
    void secure(Connection connection) throws SQLException, IOException {
        if (!asksEverybody(rules)) {
            connection
                    .unwrap(PGConnection.class)
                    .alterUserPassword(ROLE, text.toCharArray(), "scram-sha-256"); // hashed before it is sent
            write(rules, RULES);
            reload(connection);
            run(connection, END_OTHERS);
        } else {
            reload(connection); // a killed process may have written the rules without reloading them
        }
    }

    private static void reload(Connection connection) throws SQLException {
        run(connection, RELOAD);
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Whether every rule requires authentication. */
    private static boolean asksEverybody(Path rules) throws IOException {
        if (!Files.exists(rules)) {
            return false;
        }
        return Files.readAllLines(rules, StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .allMatch(line -> List.of(line.split("\\s+", -1)).stream().anyMatch(ASKING::contains)
                        && !List.of(line.split("\\s+", -1)).contains("trust"));
    }

    private static Path file(Path home) {
        return home.resolve("password");
    }

    /** Atomic, and never readable by others in between. */
    private static void write(Path file, String content) throws IOException {
        Path fresh = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                file.getFileName().toString(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, content);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
