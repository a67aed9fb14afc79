package nexus.store.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** The migrations of this version. They are read once; a native executable reads them when it is built. */
public final class PackagedMigrations {
    private static final String FOLDER = "db/migration";
    private static final String FIRST = FOLDER + "/V001__store.sql";
    private static final Map<String, Integer> CHECKSUMS = read();

    private PackagedMigrations() {}

    /**
     * The migrations in the order of the files' names, with the checksum by which Flyway detects changes: it covers the
     * lines without their line ends.
     */
    public static Map<String, Integer> checksums() {
        return CHECKSUMS;
    }

    private static Map<String, Integer> read() {
        URL first = PackagedMigrations.class.getClassLoader().getResource(FIRST);
        if (first == null) {
            throw new IllegalStateException("the program lacks " + FIRST);
        }
        try {
            URI uri = first.toURI();
            if (uri.getScheme().equals("file")) {
                return checksums(Path.of(uri).resolveSibling(""));
            }
            try (FileSystem archive = FileSystems.newFileSystem(uri, Map.of())) {
                return checksums(archive.getPath("/" + FOLDER));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Integer> checksums(Path folder) throws IOException {
        Map<String, Integer> checksums = new TreeMap<>();
        try (DirectoryStream<Path> scripts = Files.newDirectoryStream(folder, "*.sql")) {
            for (Path script : scripts) {
                checksums.put(script.getFileName().toString(), checksum(script));
            }
        }
        return Collections.unmodifiableMap(checksums);
    }

    private static int checksum(Path script) throws IOException {
        CRC32 checksum = new CRC32();
        for (String line : Files.readAllLines(script)) {
            checksum.update(line.getBytes(StandardCharsets.UTF_8));
        }
        return (int) checksum.getValue();
    }
}
