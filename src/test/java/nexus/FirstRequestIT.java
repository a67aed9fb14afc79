package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import nexus.testkit.PackagedNexus;
import org.junit.jupiter.api.Test;

/** What is made when it is first needed is there for whoever comes first. */
class FirstRequestIT {
    @Test
    void aWrongMethodIsToldBeforeAnybodyHasAskedForTheOpenApiDocument() {
        try (PackagedNexus nexus = PackagedNexus.start(Map.of())) {
            assertThat(nexus.api().delete("/v1/events").expect(405).header("Allow"))
                    .isEqualTo("GET, HEAD, OPTIONS, POST");
        }
    }
}
