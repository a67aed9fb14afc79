package nexus.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The migrations that this version brings, by their files' names. */
final class PackagedMigrations {
    private static final String FOLDER = "db/migration";
    private static final String FIRST = FOLDER + "/V001__store.sql";

    private PackagedMigrations() {}

    static List<String> scripts() {
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

    private static List<String> namesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .sorted()
                    .toList();
        }
    }
}
