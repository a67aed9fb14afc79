package nexus;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README names is what there is. */
class ReadmeTest {
    private static final String README = read(Path.of("README.md"));
    private static final Pattern ROOM = Pattern.compile("(?m)^\\| `((?!nexus\\.)[a-z.]+)` \\| [^|]+ \\| (.+) \\|$");
    private static final Pattern NAME = Pattern.compile("`([a-z.]+)`");
    private static final Pattern METER = Pattern.compile("(?m)^\\| `(nexus\\.[a-z.]+)` \\|");
    private static final Pattern METER_IN_CODE =
            Pattern.compile("(?:builder|counter|gauge|timer|summary)\\(\\s*\"(nexus\\.[a-z.]+)\"");
    private static final Pattern CLASS = Pattern.compile("`(?:[a-z]+\\.)*([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)?)`");
    private static final Pattern VARIABLE = Pattern.compile("(?m)^#([A-Z_]+)=");

    @Test
    void itsRoomsAreTheRoomsOfTheWalls() {
        Map<String, Set<String>> shown =
                ROOM.matcher(README).results().collect(toMap(row -> row.group(1), row -> names(NAME, row.group(2))));
        assertThat(shown).isEqualTo(RoomsTest.ROOMS);
    }

    @Test
    void itsMetersAreTheMetersOfTheCode() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            Set<String> inCode = sources.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> METER_IN_CODE.matcher(read(file)).results())
                    .map(found -> found.group(1))
                    .collect(toCollection(TreeSet::new));
            assertThat(names(METER, README)).isEqualTo(inCode);
        }
    }

    /** Classes and tests that the guide for contributors names exist. */
    @Test
    void theGuideForContributorsNamesWhatThereIs() throws IOException {
        Set<String> classes = new TreeSet<>();
        for (String root : new String[] {"src/main/java/nexus", "src/test/java/nexus"}) {
            try (Stream<Path> sources = Files.walk(Path.of(root))) {
                sources.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".java"))
                        .map(name -> name.substring(0, name.length() - ".java".length()))
                        .forEach(classes::add);
            }
        }
        assertThat(names(CLASS, read(Path.of("CONTRIBUTING.md"))))
                .hasSizeGreaterThan(20)
                .isSubsetOf(classes);
    }

    @Test
    void itNamesEveryVariableOfTheExampleEnvironment() {
        assertThat(names(VARIABLE, read(Path.of(".env.example"))))
                .isNotEmpty()
                .allSatisfy(variable -> assertThat(README).contains("`" + variable + "`"));
    }

    private static Set<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(ReadmeTest::first).collect(toCollection(TreeSet::new));
    }

    private static String first(MatchResult found) {
        return found.group(1);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
