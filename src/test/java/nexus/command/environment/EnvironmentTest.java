package nexus.command.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PORT                          | 8080                         | 8080
            HOST                          | ::1                          | ::1
            DATABASE_URL                  | postgres://u:p@h/db          | postgres://u:p@h/db
            SOURCE_DATABASE_URL           | postgresql://u:p@my_db/db    | postgresql://u:p@my_db/db
            HTTPS_PROXY                   | http://me:p@my_proxy:3128    | http://me:p@my_proxy:3128
            TARGETS_ALLOW                 | 'my_service,a.example.,::1'  | my_service,a.example.,::1
            NO_PROXY                      | '*.a_b.example, *'           | *.a_b.example,*
            NEXUS_ROLES                   | ' capture , api,capture'     | capture,api
            NEXUS_SLOT                    | nexus_2                      | nexus_2
            NEXUS_DEMO                    | TRUE                         | true
            NEXUS_INBOX                   | False                        | false
            API_KEYS                      | 'one-0123456789abcdef, two-0123456789abcdef,' | one-0123456789abcdef,two-0123456789abcdef
            TARGETS_ALLOW                 | '10.0.0.0/8, hooks.internal' | 10.0.0.0/8,hooks.internal
            CORS_ORIGINS                  | 'https://App.example:443, http://localhost:5173,http://a:80' | https://app.example,http://localhost:5173,http://a
            CORS_ORIGINS                  | 'http://[::1]:80,https://a:80' | http://[::1],https://a:80
            DELIVERY_MAX_ATTEMPTS         | 1                            | 1
            DELIVERY_BACKOFF_BASE_SECONDS | 5                            | PT5S
            HTTPS_PROXY                   | http://me:p%40ss@proxy:3128  | http://me:p%40ss@proxy:3128
            NO_PROXY                      | '.a.example, 10.0.0.0/8,*'   | .a.example,10.0.0.0/8,*
            DELIVERY_BACKOFF_CAP          | 10h                          | PT10H
            DELIVERY_MAX_AGE              | 10m                          | PT10M
            DELIVERY_TIMEOUT              | 250ms                        | PT0.25S
            RETENTION                     | 30d                          | PT720H
            EVENT_MAX_BYTES               | 16MiB                        | 16777216
            EVENT_MAX_BYTES               | 64KiB                        | 65536
            EVENT_MAX_BYTES               | 1GiB                         | 1073741824
            EVENT_MAX_BYTES               | 1000                         | 1000
            """)
    void aVariableBecomesWhatTheConfigurationReads(Variable variable, String text, String value) throws StartRefused {
        assertThat(read(Map.of(variable.name(), text)).value(variable)).contains(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PORT                          | 0
            PORT                          | 65536
            PORT                          | http
            HOST                          | 'a b'
            MANAGEMENT_PORT               | -1
            DATABASE_URL                  | mysql://u:hush@h/db
            DATABASE_URL                  | postgresql://u:hush@h/db?sslmod=require
            SOURCE_DATABASE_URL           | postgresql://u:hu sh@h/db
            NEXUS_ROLES                   | api,hush
            NEXUS_ROLES                   | ','
            NEXUS_SLOT                    | Hush
            NEXUS_PUBLICATION             | a-hush
            NEXUS_DEMO                    | yes
            NEXUS_INBOX                   | on
            HTTPS_PROXY                   | https://me:hush@proxy:3128
            HTTPS_PROXY                   | me:hush@proxy:3128
            HTTPS_PROXY                   | http://me:hu sh@proxy:3128
            HTTPS_PROXY                   | http://me:hush@proxy:99999
            HTTPS_PROXY                   | http://me:hush@proxy/path
            NO_PROXY                      | 'a b'
            NO_PROXY                      | 10.0.0.1/8
            TARGETS_ALLOW                 | 10.0.0.1/8
            TARGETS_ALLOW                 | 10.0.0.0/33
            API_KEYS                      | 'one-0123456789abcdef,t wo-0123456789abcdef'
            API_KEYS                      | hush
            API_KEYS                      | hush-0123456789abcd
            API_KEYS                      | 'one-0123456789abcdef,hush-0123456789'
            NEXUS_SECRET_KEY              | hush
            NEXUS_SECRET_KEY              | aHVzaA==
            TARGETS_ALLOW                 | http://hush
            TARGETS_ALLOW                 | '*.hush'
            TARGETS_ALLOW                 | *
            TARGETS_ALLOW                 | hush..example
            DATABASE_URL                  | postgresql://u:hush@a..b/db
            OTEL_EXPORTER_OTLP_ENDPOINT   | http://hush_collector:4318
            CORS_ORIGINS                  | *
            CORS_ORIGINS                  | null
            CORS_ORIGINS                  | https://hush.example/
            CORS_ORIGINS                  | https://*.hush.example
            CORS_ORIGINS                  | https://hush.example:70000
            CORS_ORIGINS                  | https://hush.example:0
            DELIVERY_MAX_ATTEMPTS         | 0
            DELIVERY_MAX_ATTEMPTS         | 101
            DELIVERY_BACKOFF_BASE_SECONDS | 5s
            DELIVERY_BACKOFF_CAP          | 10
            DELIVERY_BACKOFF_CAP          | 0s
            DELIVERY_MAX_AGE              | 1.5h
            DELIVERY_TIMEOUT              | 15 s
            DELIVERY_CONCURRENCY          | 5000
            EVENT_MAX_BYTES               | 16MB
            EVENT_MAX_BYTES               | 2GiB
            EVENT_MAX_BYTES               | 0
            RETENTION                     | 999999999999d
            SHUTDOWN_TIMEOUT              | soon
            """)
    void aValueThatDoesNotParseIsRefusedByItsNameAndNotShown(Variable variable, String text) {
        assertThatThrownBy(() -> read(Map.of(variable.name(), text)))
                .isInstanceOf(StartRefused.class)
                .hasMessageStartingWith(variable.name() + " ")
                .hasMessageNotContaining("hush")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DATABASE_URL  | postgresql://u:hush@bücher.example/db
            HTTPS_PROXY   | http://me:hush@bücher.example:3128
            TARGETS_ALLOW | 'hush,bücher.example'
            NO_PROXY      | 'hush,bücher.example'
            """)
    void aHostInOtherLettersIsRefusedWithTheFormToUse(Variable variable, String text) {
        assertThatThrownBy(() -> read(Map.of(variable.name(), text)))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("xn--bcher-kva.example")
                .hasMessageNotContaining("hush");
    }

    @Test
    void aVariableOfTheProcessWinsOverTheFile() throws Exception {
        dotEnv("""
                # a comment
                PORT=4000
                export HOST="127.0.0.1"   # quoted
                RETENTION=10d # bare
                API_KEYS='a-0123456789abcdefghi#b'
                NEXUS_SLOT=
                """.replace("#b", ""));
        Environment environment = read(Map.of("PORT", "5000", "HOST", ""));
        assertThat(environment.value(Variable.PORT)).contains("5000");
        assertThat(environment.value(Variable.HOST)).contains("127.0.0.1");
        assertThat(environment.value(Variable.RETENTION)).contains("PT240H");
        assertThat(environment.value(Variable.API_KEYS)).contains("a-0123456789abcdefghi");
        assertThat(environment.value(Variable.NEXUS_SLOT)).isEmpty();
    }

    @Test
    void aByteOrderMarkIsNotPartOfTheFirstName() throws Exception {
        dotEnv("\ufeffPORT=4000\r\nNEXUS_SLOT=one\r\n");
        Environment environment = read(Map.of());
        assertThat(environment.value(Variable.PORT)).contains("4000");
        assertThat(environment.value(Variable.NEXUS_SLOT)).contains("one");
    }

    @Test
    void aHashInsideAPasswordIsNoComment() throws Exception {
        dotEnv("DATABASE_URL=postgresql://u:a%23b@h/db#\n");
        assertThatThrownBy(() -> read(Map.of())).hasMessageContaining("#fragment");
    }

    @Test
    void aLineThatIsNoVariableIsRefusedByItsNumber() throws Exception {
        dotEnv("PORT=1\nhush hush\n");
        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOf(StartRefused.class)
                .hasMessage("line 2 of .env is not NAME=value");
    }

    @Test
    void aSecretMayStandInAFile() throws Exception {
        Files.writeString(folder.resolve("keys"), "  one-0123456789abcdef,two-0123456789abcdef\n\n");
        assertThat(read(Map.of("API_KEYS_FILE", "keys")).value(Variable.API_KEYS))
                .contains("one-0123456789abcdef,two-0123456789abcdef");
    }

    @Test
    void anEmptySecretFileIsTheSameAsNone() throws Exception {
        Files.writeString(folder.resolve("url"), "\n");
        assertThat(read(Map.of("DATABASE_URL_FILE", "url")).embedded()).isTrue();
    }

    @Test
    void aSecretBothWaysIsRefused() {
        assertThatThrownBy(() -> read(Map.of("API_KEYS_FILE", "keys", "API_KEYS", "one")))
                .hasMessage("API_KEYS and API_KEYS_FILE are both set: keep one of them");
    }

    @Test
    void aSecretFileThatIsMissingIsNamed() {
        assertThatThrownBy(() -> read(Map.of("API_KEYS_FILE", "nowhere")))
                .hasMessage("API_KEYS_FILE names a file that can't be read: nowhere");
    }

    @Test
    void onlySecretsAreReadFromFiles() throws StartRefused {
        assertThat(read(Map.of("PORT_FILE", "nowhere")).value(Variable.PORT)).isEmpty();
    }

    @Test
    void anAgeAboveTheRetentionIsRefused() {
        assertThatThrownBy(() -> read(Map.of("DELIVERY_MAX_AGE", "31d")))
                .hasMessage("DELIVERY_MAX_AGE must be at most RETENTION");
        assertThatThrownBy(() -> read(Map.of("RETENTION", "2d"))).hasMessageStartingWith("RETENTION must be at least");
    }

    @Test
    void aVariableThatNobodyReadsIsMentioned() throws StartRefused {
        assertThat(read(Map.of(
                                "NEXUS_ROLE",
                                "api",
                                "NEXUS_SECRET_KEY_FILE",
                                "",
                                "PATH",
                                "/bin",
                                "NEXUS_JAVA_OPTS",
                                "-Xmx1g"))
                        .warnings())
                .containsExactly("NEXUS_ROLE is not a variable of this version and does nothing");
    }

    @Test
    void theExampleNamesEveryVariableAndSetsNone() throws Exception {
        String example = Files.readString(Path.of(".env.example"));
        for (Variable variable : Variable.values()) {
            assertThat(example).containsPattern("(?m)^#" + variable.name() + "=");
        }
        dotEnv(example);
        assertThat(read(Map.of())).hasToString("Environment[]");
    }

    @Test
    void theDefaultsOfTheExampleParse() throws Exception {
        dotEnv(Files.readString(Path.of(".env.example")).replaceAll("(?m)^#([A-Z_]+=)", "$1"));
        assertThat(read(Map.of()).value(Variable.PORT)).contains("3000");
    }

    private void dotEnv(String content) throws IOException {
        Files.writeString(folder.resolve(".env"), content);
    }

    private Environment read(Map<String, String> variables) throws StartRefused {
        return Environment.read(variables, folder);
    }
}
