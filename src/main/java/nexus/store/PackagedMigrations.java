package nexus.store;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** The migrations that this version brings. */
public final class PackagedMigrations {
    private static final String FOLDER = "db/migration";
    private static final String FIRST = FOLDER + "/V001__store.sql";

    private PackagedMigrations() {}

    /** Their files' names, in order. */
    public static List<String> scripts() {
        URL first = PackagedMigrations.class.getClassLoader().getResource(FIRST);
        if (first == null) {
            throw new IllegalStateException("the program lacks " + FIRST);
        }
        try {
            URI uri = first.toURI();
            if (uri.getScheme().equals("file")) {
                return namesIn(Path.of(uri).resolveSibling(""));
            }
            // of the program's own jar, or of the resources inside a native executable
            URI archive = uri.getScheme().equals("jar") ? uri : URI.create("resource:/");
            try (FileSystem files = FileSystems.newFileSystem(archive, Map.of())) {
                return namesIn(files.getPath("/" + FOLDER));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What Flyway keeps of each script, to notice when it was changed: of its lines, without their ends. */
    static Map<String, Integer> checksums() {
        Map<String, Integer> checksums = new TreeMap<>();
        for (String script : scripts()) {
            checksums.put(script, checksum(script));
        }
        return checksums;
    }

    private static int checksum(String script) {
        CRC32 checksum = new CRC32();
        InputStream file = PackagedMigrations.class.getClassLoader().getResourceAsStream(FOLDER + "/" + script);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(file, script), StandardCharsets.UTF_8))) {
            lines.lines().forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (int) checksum.getValue();
    }

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .sorted()
                    .toList();
        }
    }
}
