package nexus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.maven.artifact.versioning.ComparableVersion;
import org.junit.jupiter.api.Test;

/**
 * No library with a known hole is shipped. Compares the bill of materials, which {@code ./nexus test} makes, with the
 * advisories in {@code src/test/resources/advisories.json}, which has the OSV schema.
 */
class AdvisoriesTest {
    private static final Path BILL = Path.of("target", "bom.json");
    private static final Path ADVISORIES = Path.of("src", "test", "resources", "advisories.json");

    private record Library(String name, String version) {}

    @Test
    void noLibraryHasAKnownHole() throws IOException {
        assumeTrue(Files.exists(BILL), BILL + " is made with -Pbom");
        JsonNode list = new ObjectMapper().readTree(ADVISORIES.toFile());
        assertThat(holes(libraries(new ObjectMapper().readTree(BILL.toFile())), list))
                .isEmpty();
    }

    @Test
    void aVersionBelowTheFixIsFoundAndTheFixedOneIsNot() throws IOException {
        JsonNode list = new ObjectMapper().readTree(ADVISORIES.toFile());
        assertThat(holes(List.of(new Library("io.netty:netty-codec-http", "4.1.130.Final")), list))
                .anyMatch(hole -> hole.contains("CVE-2026-59903"));
        assertThat(holes(List.of(new Library("io.netty:netty-codec-http", "4.1.138.Final")), list))
                .isEmpty();
        assertThat(holes(List.of(new Library("io.vertx:vertx-core", "4.2.0")), list))
                .as("before the version that introduced one")
                .noneMatch(hole -> hole.contains("CVE-2026-6860"));
    }

    @Test
    void everyAcceptedAdvisoryIsListedAndHasAReason() throws IOException {
        JsonNode list = new ObjectMapper().readTree(ADVISORIES.toFile());
        Set<String> known = list.path("vulns")
                .valueStream()
                .map(vuln -> vuln.path("id").asText())
                .collect(Collectors.toSet());
        assertThat(list.path("accepted").valueStream().toList())
                .allMatch(accepted -> known.contains(accepted.path("id").asText()))
                .allMatch(accepted -> accepted.path("reason").asText().length() > 40);
    }

    private static List<Library> libraries(JsonNode bill) {
        return bill.path("components")
                .valueStream()
                .map(component -> new Library(
                        component.path("group").asText() + ":"
                                + component.path("name").asText(),
                        component.path("version").asText()))
                .toList();
    }

    private static List<String> holes(List<Library> libraries, JsonNode list) {
        Set<String> accepted = list.path("accepted")
                .valueStream()
                .map(one -> one.path("id").asText())
                .collect(Collectors.toSet());
        return list.path("vulns")
                .valueStream()
                .filter(vuln -> !accepted.contains(vuln.path("id").asText()))
                .flatMap(vuln -> libraries.stream()
                        .filter(library -> isAffected(library, vuln))
                        .map(library -> library + ": " + vuln.path("id").asText() + " " + vuln.path("aliases") + " "
                                + vuln.path("summary").asText()))
                .toList();
    }

    private static boolean isAffected(Library library, JsonNode vuln) {
        ComparableVersion version = new ComparableVersion(library.version());
        return vuln.path("affected")
                .valueStream()
                .filter(affected ->
                        affected.path("package").path("name").asText().equals(library.name()))
                .flatMap(affected -> affected.path("ranges").valueStream())
                .anyMatch(range -> event(range, "introduced")
                                .filter(introduced -> introduced.compareTo(version) <= 0)
                                .isPresent()
                        && event(range, "fixed")
                                .filter(fixed -> version.compareTo(fixed) >= 0)
                                .isEmpty());
    }

    private static Optional<ComparableVersion> event(JsonNode range, String name) {
        return range.path("events")
                .valueStream()
                .filter(event -> event.has(name))
                .map(event -> new ComparableVersion(event.path(name).asText()))
                .findFirst();
    }
}
