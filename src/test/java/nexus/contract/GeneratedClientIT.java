package nexus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import jakarta.annotation.Nonnull;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nexus.testkit.KeyedNexus;
import nexus.testkit.ScriptedReceiver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client that openapi-generator makes from the document is compiled, and goes through the whole API: the program is
 * {@code src/test/client/Journey.java}, and is no part of the tests' own sources, because it is what a user would write.
 */
@ExtendWith(KeyedNexus.class)
class GeneratedClientIT {
    private static final Path DOCUMENT = Path.of("docs/openapi.yaml");
    private static final Path JOURNEY = Path.of("src/test/client/Journey.java");
    private static final Path LIBRARIES = Path.of("target/openapi-generator");

    @Test
    void aGeneratedClientMakesEveryCallOfTheDocument(@TempDir Path made) throws IOException, InterruptedException {
        run(
                "java",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                LIBRARIES.resolve("openapi-generator-cli.jar").toString(),
                "generate",
                "--input-spec=" + DOCUMENT,
                "--generator-name=java",
                "--library=native",
                "--output=" + made,
                "--global-property=models,apis,supportingFiles,modelTests=false,apiTests=false,modelDocs=false,apiDocs=false",
                "--additional-properties=useJakartaEe=true,containerDefaultToNull=true,"
                        + "invokerPackage=nexus.client,apiPackage=nexus.client.api,modelPackage=nexus.client.model");
        List<String> compiler = new ArrayList<>(
                List.of("javac", "-J-XX:TieredStopAtLevel=1", "-proc:none", "-nowarn", "-d", made + "/classes"));
        compiler.addAll(List.of("-cp", classPath(), JOURNEY.toString()));
        try (Stream<Path> sources = Files.walk(made.resolve("src/main/java"))) {
            sources.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(compiler::add);
        }
        run(compiler.toArray(String[]::new));
        try (ScriptedReceiver receiver = ScriptedReceiver.start()) {
            receiver.always(request -> ScriptedReceiver.status(
                    switch (URI.create(request.pathAndQuery()).getPath()) {
                        case "/ok" -> 200;
                        case "/later" -> 503;
                        default -> 500;
                    }));
            String calls = run(
                    "java",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    made + "/classes" + File.pathSeparator + classPath(),
                    "Journey",
                    KeyedNexus.nexus().uri("").toString(),
                    KeyedNexus.KEY,
                    receiver.uri("").toString());
            assertThat(notCalled(calls)).isEmpty();
        }
    }

    private static Set<String> notCalled(String calls) throws IOException {
        JsonNode paths = new YAMLMapper().readTree(Files.readString(DOCUMENT)).path("paths");
        Set<String> notCalled = new TreeSet<>();
        paths.properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
            String request = method.toUpperCase(Locale.ROOT) + " " + path.getKey();
            Pattern form =
                    Pattern.compile("(?m)^" + Pattern.quote(request).replaceAll("\\{[^}]*}", "\\\\E[^/]+\\\\Q") + "$");
            if (!form.matcher(calls).find()) {
                notCalled.add(request);
            }
        }));
        return notCalled;
    }

    /** What the client is told to depend on. */
    private static String classPath() {
        return Stream.concat(
                        Stream.of(LIBRARIES.resolve("jackson-databind-nullable.jar")),
                        Stream.of(
                                        JsonFactory.class,
                                        JsonProperty.class,
                                        ObjectMapper.class,
                                        JavaTimeModule.class,
                                        Nonnull.class)
                                .map(GeneratedClientIT::jarOf))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Path jarOf(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** @return what it printed */
    private static String run(String... command) throws IOException, InterruptedException {
        command[0] = Path.of(System.getProperty("java.home"), "bin", command[0]).toString();
        Path output = Files.createTempFile("client", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean hasEnded = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        String printed = Files.readString(output);
        Files.delete(output);
        assertThat(hasEnded && process.exitValue() == 0).as(printed).isTrue();
        return printed;
    }
}
