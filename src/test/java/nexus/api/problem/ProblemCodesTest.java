package nexus.api.problem;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Codes are part of the API: the list of them is what the code gives. */
class ProblemCodesTest {
    private static final Pattern LISTED = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| [0-9x]{3} \\|");
    /** Where a problem or a refusal gets its code: a text, or a constant of the same file. */
    private static final Pattern GIVEN = Pattern.compile(
            "(?:new Problem\\(\\s*(?:\\w+,\\s*)|new (?:Refusal\\.)?Conflict\\(\\s*|super\\(\\s*|this\\(\\s*|new Refusal\\.Invalid\\(\\s*(?=\"[a-z-]+\",\\s*List\\.))"
                    + "(?:\"([a-z-]+)\"|([A-Z_]+))\\s*,");

    @Test
    void everyCodeIsListedAndNoOther() throws IOException {
        Set<String> listed = LISTED.matcher(read(Path.of("docs/problems.md")))
                .results()
                .map(row -> row.group(1))
                .collect(toCollection(TreeSet::new));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            Set<String> given = sources.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(ProblemCodesTest::codes)
                    .collect(toCollection(TreeSet::new));
            assertThat(given).hasSizeGreaterThan(20).isEqualTo(listed);
        }
    }

    private static Stream<String> codes(Path file) {
        String source = read(file);
        return source.contains("Problem(") || source.contains("Refusal")
                ? GIVEN.matcher(source)
                        .results()
                        .map(found -> found.group(1) != null ? found.group(1) : constant(source, found.group(2)))
                : Stream.empty();
    }

    private static String constant(String source, String name) {
        return Pattern.compile("String " + name + " = \"([a-z-]+)\"")
                .matcher(source)
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
