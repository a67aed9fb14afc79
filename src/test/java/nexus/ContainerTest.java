package nexus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.bench.Training;
import nexus.store.PostgresUrl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/** The image, what docker compose starts, and what the README says of it fit together. */
class ContainerTest {
    @Test
    void theReadmesFirstWebhookInContainersFindsWhatComposeStarts() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String section = readme.substring(readme.indexOf("### In containers"), readme.indexOf("### With your own"));
        JsonNode services = compose().path("services");

        assertThat(List.of("API_KEYS", "NEXUS_SECRET_KEY"))
                .as("the environment's, and none that everybody knows")
                .allSatisfy(secret -> {
                    assertThat(services.at("/nexus/environment/" + secret).asText())
                            .isEqualTo("${" + secret + ":-}");
                    assertThat(section).containsPattern("(?m)^export .*\\b" + secret + "=\\$\\(openssl rand -");
                });
        assertThat(section).contains("-H \"X-API-Key: $API_KEYS\"");
        Matcher target = matcher("\"target_url\": \"http://([a-z]+):([0-9]+)/hook\"", section);
        assertThat(services.at("/nexus/environment/TARGETS_ALLOW").asText()).isEqualTo(target.group(1));
        assertThat(services.path(target.group(1)).path("command").valueStream().map(JsonNode::asText))
                .containsExactly("listen", "--port", target.group(2));
        Matcher psql = matcher("docker compose exec ([a-z]+) psql -U ([a-z]+) ([a-z]+)", section);
        PostgresUrl url =
                PostgresUrl.parse(services.at("/nexus/environment/DATABASE_URL").asText());
        assertThat(url.host()).isEqualTo(psql.group(1));
        assertThat(url.database()).isEqualTo(psql.group(3));
        JsonNode postgres = services.path(psql.group(1)).path("environment");
        assertThat(postgres.path("POSTGRES_USER").asText()).isEqualTo(psql.group(2));
        assertThat(postgres.path("POSTGRES_DB").asText()).isEqualTo(url.database());
        assertThat(postgres.path("POSTGRES_PASSWORD").asText()).isEqualTo(url.password());
        assertThat(only("docker compose logs ([a-z]+)", section)).isEqualTo(target.group(1));
    }

    @Test
    void composeSetsKnownVariablesAndStopsLaterThanNexusDoes() throws IOException {
        String example = Files.readString(Path.of(".env.example"));
        JsonNode nexus = compose().at("/services/nexus");
        assertThat(nexus.path("environment").fieldNames()).toIterable().allSatisfy(name -> assertThat(example)
                .containsPattern("(?m)^#" + name + "="));
        assertThat(example).contains("#SHUTDOWN_TIMEOUT=20s");
        assertThat(nexus.path("stop_grace_period").asText()).isEqualTo("30s");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Dockerfile.native | "/nexus"
        Dockerfile.jvm    | "/nexus/jre/bin/java", "@/nexus/options"
        """)
    void theImageHasTheVersionOfTheBuildAndNothingRunsAsRoot(String file, String entry) throws IOException {
        String image = Files.readString(Path.of(file));
        String pom = Files.readString(Path.of("pom.xml"));
        assertThat(only("ARG VERSION=(\\S+)", image))
                .isEqualTo(only("<artifactId>nexus</artifactId>\\s*<version>([^<]+)<", pom));
        String last = image.substring(image.lastIndexOf("\nFROM "));
        assertThat(only("\nUSER ([0-9]+):[0-9]+\n", last)).isNotEqualTo("0");
        assertThat(last)
                .contains("\nENTRYPOINT [" + entry + "]\n", "\nCMD [\"serve\"]\n")
                .containsPattern("\nHEALTHCHECK .* CMD " + Pattern.quote("[" + entry + ", \"health\", \"live\"]\n"));
        assertThat(image.lines().filter(line -> line.startsWith("FROM ")))
                .noneMatch(line -> line.contains(":latest") || !line.contains(":"));
    }

    /** The cache is made, used and checked with the same options as that of the script, whose line the build reads. */
    @Test
    void theJvmsImageHasTheOptionsOfTheScript() throws IOException {
        String image = Files.readString(Path.of("Dockerfile.jvm"));
        assertThat(image).contains("sed -n 's/^java_options=\"\\(.*\\)\"$/\\1/p' nexus >/nexus/options");
        assertThat(Files.readString(Path.of("nexus"))).containsPattern("(?m)^java_options=\"-XX:[^\"]+\"$");
        assertThat(image).contains(Training.class.getName());
        assertThat(Files.readAllLines(Path.of(".dockerignore"))).contains("!nexus", "!src/test/java/nexus/bench");
    }

    /** Aliases and merges included. */
    private static JsonNode compose() throws IOException {
        Object loaded = new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
        return new ObjectMapper().valueToTree(loaded);
    }

    private static String only(String pattern, String text) {
        return matcher(pattern, text).group(1);
    }

    private static Matcher matcher(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher;
    }
}
