package nexus.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.embedded.PgBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * The programs of one PostgreSQL version: the newest from the class path as in the application, the others from the
 * jars that the build puts into {@code target/postgres}.
 */
public final class PostgresPrograms {
    private static final int ON_CLASS_PATH = 18;

    private PostgresPrograms() {}

    /** A server of this version, not started yet. */
    public static EmbeddedPostgres.Builder server(int version) {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
        if (version != ON_CLASS_PATH) {
            Path jar = Path.of("target", "postgres", version + ".jar");
            PgBinaryResolver resolver = (system, machine) -> archive(jar);
            builder.setPgBinaryResolver(resolver);
        }
        return builder;
    }

    /** Each jar is of one system alone, this one, and has one archive. */
    private static InputStream archive(Path jar) throws IOException {
        if (!Files.exists(jar)) {
            throw new FileNotFoundException(jar + ": made by the build; for 15, 16 and 17 with -Pall-postgres");
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            JarEntry archive = file.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new FileNotFoundException(jar + " has no programs"));
            try (InputStream content = file.getInputStream(archive)) {
                return new ByteArrayInputStream(content.readAllBytes());
            }
        }
    }
}
