package nexus.command.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    private static final Settings.StoreSession OWN = new Settings.StoreSession(false, true);
    private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static final String URL = "postgresql://u:p@db/shop";

    @TempDir
    Path folder;

    @Test
    void anExternalDatabaseNeedsASecretKeyAndTheLineSaysHowToMakeOne() {
        assertThatThrownBy(() ->
                        Settings.check(environment(Map.of("DATABASE_URL", URL, "API_KEYS", "k-0123456789abcdefghi"))))
                .hasMessageStartingWith("NEXUS_SECRET_KEY is not set")
                .hasMessageEndingWith("openssl rand -base64 32");
    }

    @Test
    void withoutKeysOnlyLoopbackIsBound() {
        assertThatThrownBy(() -> Settings.check(environment(Map.of("HOST", "0.0.0.0"))))
                .hasMessageStartingWith("HOST is not a loopback address");
        for (String host : List.of("127.0.0.1", "localhost", "::1", "127.1.2.3")) {
            assertThatCode(() -> Settings.check(environment(Map.of("HOST", host))))
                    .doesNotThrowAnyException();
        }
        assertThatCode(() ->
                        Settings.check(environment(Map.of("HOST", "0.0.0.0", "API_KEYS", "k-0123456789abcdefghi"))))
                .doesNotThrowAnyException();
    }

    @Test
    void theApiAndTheProbesNeedAPortEach() {
        for (Map<String, String> both : List.of(
                Map.of("PORT", "9000"),
                Map.of("MANAGEMENT_PORT", "3000"),
                Map.of("PORT", "4000", "MANAGEMENT_PORT", "4000"),
                Map.of("PORT", "04000", "MANAGEMENT_PORT", "4000"))) {
            assertThatThrownBy(() -> Settings.check(environment(both)))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("PORT and MANAGEMENT_PORT");
        }
        assertThatCode(() -> Settings.check(environment(Map.of("PORT", "9000", "MANAGEMENT_PORT", "3000"))))
                .doesNotThrowAnyException();
    }

    @Test
    void aHostWithoutAddressIsRefusedByItsName() {
        Map<String, String> external = Map.of("HOST", "nowhere.invalid", "DATABASE_URL", URL, "NEXUS_SECRET_KEY", KEY);
        for (Map<String, String> variables :
                List.of(external, Map.of("HOST", "nowhere.invalid", "API_KEYS", "k-0123456789abcdefghi"))) {
            assertThatThrownBy(() -> Settings.check(environment(variables)))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageStartingWith("HOST ")
                    .hasMessageContaining("nowhere.invalid");
        }
    }

    @Test
    void theEmbeddedModeListensAndSendsOnLoopback() throws StartRefused {
        Map<String, String> settings =
                Settings.of(environment(Map.of()), "postgresql://postgres@127.0.0.1:25432/postgres", KEY, OWN, true);
        assertThat(settings)
                .containsEntry("nexus.process.embedded", "true")
                .containsEntry("quarkus.http.host", "127.0.0.1")
                .containsEntry("quarkus.management.host", "127.0.0.1")
                .containsEntry("nexus.webhook.allow", "127.0.0.0/8,::1/128,localhost")
                .containsEntry("nexus.demo.enabled", "true")
                .containsEntry("nexus.inbox.enabled", "true")
                .containsEntry("nexus.source.url", "postgresql://postgres@127.0.0.1:25432/postgres")
                .containsEntry("quarkus.log.console.json.enabled", "false")
                .doesNotContainKey("nexus.api.keys")
                .doesNotContainKey("quarkus.datasource.password");
    }

    @Test
    void anExternalDatabaseOpensTheHostAndNoTargets() throws StartRefused {
        Map<String, String> settings = Settings.of(
                environment(Map.of(
                        "DATABASE_URL",
                        URL,
                        "API_KEYS",
                        "a-0123456789abcdefghi,b-0123456789abcdefghi",
                        "SHUTDOWN_TIMEOUT",
                        "5s")),
                URL,
                KEY,
                OWN,
                false);
        assertThat(settings)
                .containsEntry("nexus.process.embedded", "false")
                .containsEntry("quarkus.http.host", "0.0.0.0")
                .containsEntry("nexus.demo.enabled", "false")
                .containsEntry("nexus.inbox.enabled", "false")
                .containsEntry("nexus.api.keys", "a-0123456789abcdefghi,b-0123456789abcdefghi")
                .containsEntry("quarkus.swagger-ui.enabled", "false")
                .containsEntry("quarkus.shutdown.timeout", "PT5S")
                .containsEntry("quarkus.log.console.json.enabled", "true")
                .containsEntry("quarkus.datasource.username", "u")
                .doesNotContainKey("nexus.webhook.allow");
    }

    @Test
    void theDemoTableIsNotMadeInAForeignSourceUnasked() throws StartRefused {
        Map<String, String> foreign = Map.of("SOURCE_DATABASE_URL", URL);
        assertThat(Settings.demo(environment(foreign))).isFalse();
        Map<String, String> asked = new HashMap<>(foreign);
        asked.put("NEXUS_DEMO", "true");
        assertThat(Settings.demo(environment(asked))).isTrue();
    }

    @Test
    void aPasswordWithDollarsComesThroughTheConfigurationAsItIs() throws StartRefused {
        for (String url :
                List.of("postgresql://u:a$b@h/d", "postgresql://u:a$$b$@h/d", "postgresql://u:$%7Bport%7D$@h/d")) {
            Map<String, String> settings = Settings.of(environment(Map.of("DATABASE_URL", url)), url, KEY, OWN, false);
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .withSources(new PropertiesConfigSource(settings, "test", 400))
                    .addDefaultInterceptors()
                    .build();
            assertThat(config.getValue("nexus.store.url", String.class)).isEqualTo(url);
            assertThat(config.getValue("quarkus.datasource.password", String.class))
                    .isEqualTo(nexus.store.PostgresUrl.parse(url).password());
        }
    }

    private Environment environment(Map<String, String> variables) throws StartRefused {
        return Environment.read(variables, folder);
    }
}
