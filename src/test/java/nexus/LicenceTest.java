package nexus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is shipped with Nexus may be shipped with it. Reads the bill of materials, which {@code ./nexus test} makes. */
class LicenceTest {
    private static final Path BILL = Path.of("target", "bom.json");

    /** As the bill spells them: by their SPDX identifier, or by the name in the library's pom when they have none. */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "MIT-0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "Go License", // of re2j: the text of BSD-3-Clause
            "0BSD",
            "CC0-1.0",
            "Public Domain",
            // a choice of two: as unchanged libraries, under this one
            "EPL-2.0");

    @Test
    void everyLibraryHasALicenceThatIsAllowed() throws IOException {
        assertThat(components())
                .as("libraries without a licence of %s", ALLOWED)
                .allMatch(component -> licences(component).stream().anyMatch(ALLOWED::contains));
    }

    @Test
    void theBillNamesTheLibrariesThatAreShippedAndNoOthers() throws IOException {
        List<String> names = components().stream()
                .map(component -> component.path("purl").asText())
                .toList();
        assertThat(names)
                .anyMatch(name -> name.startsWith("pkg:maven/io.quarkus/quarkus-core@"))
                .anyMatch(name -> name.startsWith("pkg:maven/org.postgresql/postgresql@"))
                .noneMatch(name -> name.contains("/junit") || name.contains("/assertj"));
    }

    /** What browsers load is not in the bill. */
    @Test
    void everyScriptOfThePageComesWithItsLicence() throws IOException {
        Path folder = Path.of("src", "main", "resources", "page", "static");
        assertThat(Files.readString(folder.resolve("htmx.LICENSE.txt"))).startsWith("Zero-Clause BSD");
        assertThat(Files.readString(folder.resolve("uPlot.LICENSE.txt"))).startsWith("The MIT License");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(file -> file.startsWith("nexus.")
                            || file.equals("icon.svg")
                            || file.startsWith("htmx.")
                            || file.startsWith("uPlot."));
        }
    }

    private static List<JsonNode> components() throws IOException {
        assumeTrue(Files.exists(BILL), BILL + " is made with -Pbom");
        return new ObjectMapper()
                .readTree(BILL.toFile())
                .path("components")
                .valueStream()
                .toList();
    }

    private static List<String> licences(JsonNode component) {
        return component
                .path("licenses")
                .valueStream()
                .map(choice -> choice.path("license"))
                .map(licence -> licence.path("id").asText(licence.path("name").asText()))
                .toList();
    }
}
