package nexus.subscription.target;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nexus.api.json.JsonBody;
import nexus.subscription.secret.SigningSecret;
import nexus.target.ChatTarget;
import nexus.target.SmsTarget;
import nexus.target.TargetType;
import nexus.testkit.FieldErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetJsonTest {
    private static final SigningSecret GENERATED = new SigningSecret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    private static final String SLACK =
            "{\"targetType\":\"slack\",\"endpointUrl\":\"https://hooks.slack.example/services/T0/B0/hush\"}";
    private static final String SMS = """
            {"targetType":"SMS","target":{"provider":"twilio","accountSid":"AC1","authToken":"hush","from":"+15005550006",
             "to":"+15005550009"}}""";
    private static final String WEBHOOK = "{\"endpointUrl\":\"https://a.example/\"}";

    @Test
    void theUrlOfAChannelIsASecret() {
        TargetSettings slack = create(SLACK);
        assertThat(slack.type()).isEqualTo(TargetType.SLACK);
        assertThat(slack.defaultName()).isEqualTo("hooks.slack.example");
        for (boolean toManager : new boolean[] {true, false}) {
            assertThat(new JsonObject(TargetJson.shown(slack, toManager)).encode())
                    .isEqualTo("{\"targetType\":\"SLACK\",\"endpointUrl\":\"***\"}");
        }
        assertThat(((ChatTarget) slack.at(Instant.EPOCH)).endpoint().toString()).endsWith("hush");
        assertThat(slack.toString()).doesNotContain("hush");
        assertThat(TargetJson.ofStored(TargetJson.stored(slack))).isEqualTo(slack);
    }

    @Test
    void anSmsHidesItsTokenAlone() {
        TargetSettings sms = create(SMS);
        assertThat(new JsonObject(TargetJson.shown(sms, true)).encode())
                .isEqualTo("{\"targetType\":\"SMS\",\"target\":{\"provider\":\"twilio\",\"accountSid\":\"AC1\","
                        + "\"authToken\":\"***\",\"from\":\"+15005550006\",\"to\":\"+15005550009\","
                        + "\"baseUrl\":\"https://api.twilio.com\"}}");
        assertThat(((SmsTarget) sms.at(Instant.EPOCH)).authToken()).isEqualTo("hush");
        assertThat(TargetJson.ofStored(TargetJson.stored(sms))).isEqualTo(sms);
    }

    @Test
    void aWholeAnswerChangesNothing() {
        for (String body : List.of(SLACK, SMS, WEBHOOK)) {
            TargetSettings before = create(body);
            assertThat(change(new JsonObject(TargetJson.shown(before, true)).encode(), before))
                    .isEqualTo(before);
            assertThat(change("{}", before)).isEqualTo(before);
        }
    }

    @Test
    void aTargetOfAnotherTypeKeepsNothing() {
        assertThat(change(SLACK, create(WEBHOOK))).isEqualTo(create(SLACK));
        assertThat(change(SMS, create(SLACK))).isEqualTo(create(SMS));
        assertThat(change("{\"targetType\":\"WEBHOOK\",\"endpointUrl\":\"https://a.example/\"}", create(SMS)))
                .isEqualTo(create(WEBHOOK));
        for (String type : List.of("WEBHOOK", "SLACK", "DISCORD", "TEAMS")) {
            assertThat(FieldErrors.of(() -> change("{\"targetType\":\"" + type + "\"}", create(SMS))))
                    .containsExactly("/endpointUrl");
        }
        assertThat(FieldErrors.of(() -> change("{\"targetType\":\"DISCORD\",\"endpointUrl\":\"***\"}", create(SLACK))))
                .containsExactly("/endpointUrl");
        assertThat(FieldErrors.of(() -> change("{\"targetType\":\"SMS\"}", create(WEBHOOK))))
                .containsExactly("/target");
        assertThat(FieldErrors.of(() -> change("{\"targetType\":null}", create(SLACK))))
                .containsExactly("/endpointUrl");
    }

    @Test
    void aTokenIsNeverSentToAnotherServer() {
        TargetSettings sms = create(SMS);
        for (String token : List.of("", ",\"authToken\":\"***\"")) {
            assertThat(FieldErrors.of(
                            () -> change("{\"target\":{\"baseUrl\":\"https://evil.example\"" + token + "}}", sms)))
                    .containsExactly("/target/authToken");
        }
        assertThat(change("{\"target\":{\"baseUrl\":\"https://other.example\",\"authToken\":\"new\"}}", sms)
                        .place())
                .startsWith("https://other.example ");
        assertThat(change("{\"target\":{\"baseUrl\":\"https://api.twilio.com/v\",\"to\":\"+4915112345678\"}}", sms)
                        .place())
                .isEqualTo("https://api.twilio.com/v AC1 +4915112345678 +15005550006");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/endpointUrl       | {'targetType':'SLACK'}",
                "/endpointUrl       | {'targetType':'SLACK','endpointUrl':null}",
                "/endpointUrl       | {'targetType':'SLACK','endpointUrl':'***'}",
                "/endpointUrl       | {'targetType':'TEAMS','endpointUrl':'ftp://a.example'}",
                "/endpointUrl       | {'targetType':'DISCORD','endpointUrl':7}",
                "/headers           | {'targetType':'SLACK','endpointUrl':'https://a.example','headers':{}}",
                "/secret            | {'targetType':'SLACK','endpointUrl':'https://a.example','secret':'correct horse'}",
                "/target            | {'targetType':'SLACK','endpointUrl':'https://a.example','target':{}}",
                "/target            | {'endpointUrl':'https://a.example','target':{}}",
                "/target            | {'targetType':'SMS'}",
                "/target            | {'targetType':'SMS','target':'x'}",
                "/targetType        | {'targetType':'FAX','target':{},'endpointUrl':7}",
                "/targetType        | {'targetType':7,'target':{}}",
                "/targetType        | {'targetType':'','target':{}}",
            })
    void whatDoesNotBelongToTheTypeIsRefused(String pointer, String body) {
        assertThat(FieldErrors.of(() -> create(body.replace('\'', '"')))).containsExactly(pointer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "provider=vonage",
                "accountSid=AC1/../..",
                "accountSid=AC1:x",
                "accountSid=",
                "authToken=a b",
                "authToken=a\\nb",
                "authToken=***",
                "from=01711234567",
                "from=+0171",
                "from=a name that is too long",
                "from=123456789",
                "from= Nexus",
                "from=Né",
                "to=Nexus",
                "to=+1",
                "to=+012345678",
                "to=+1500555000600000",
                "to=+1500555\\n0006",
                "to=15005550006",
                "baseUrl=ftp://a.example",
                "baseUrl=https://a.example?x=1",
                "baseUrl=https://u:p@a.example",
                "more=1",
            })
    void whatAnSmsCannotHaveIsRefused(String field) {
        String[] parts = field.split("=", 2);
        JsonObject body = new JsonObject(SMS);
        body.getJsonObject("target").put(parts[0], parts[1].replace("\\n", "\n"));
        assertThat(FieldErrors.of(() -> create(body.encode()))).containsExactly("/target/" + parts[0]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+15005550006", "12345", "Nexus", "My Shop 24", "MG0123456789abcdef0123456789abcdef"})
    void everySenderThatAProviderHasIsTaken(String from) {
        JsonObject body = new JsonObject(SMS);
        body.getJsonObject("target").put("from", from);
        assertThat(((SmsSettings) create(body.encode())).from()).isEqualTo(from);
    }

    @Test
    void everyTypeIsInTheCatalogInTheDocumentAndInTheReadme() throws IOException {
        List<String> names =
                Arrays.stream(TargetType.values()).map(TargetType::name).toList();
        assertThat(TargetCatalog.all()).extracting(type -> type.type().name()).containsExactlyElementsOf(names);
        JsonNode schemas = new YAMLMapper()
                .readTree(Files.readString(Path.of("docs/openapi.yaml")))
                .path("components")
                .path("schemas");
        List<String> documented = new ArrayList<>();
        schemas.path("TargetType").path("enum").forEach(name -> documented.add(name.asText()));
        assertThat(documented).containsExactlyElementsOf(names);
        String readme = Files.readString(Path.of("README.md"));
        for (TargetCatalog.Description type : TargetCatalog.all()) {
            String row = readme.lines()
                    .filter(line -> line.startsWith("| `" + type.type() + "` | "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(type + " is not in the README's table"));
            JsonObject schema = new JsonObject(type.schema());
            JsonObject target = schema.getJsonObject("properties").getJsonObject("target");
            (target == null ? schema : target)
                    .getJsonObject("properties")
                    .fieldNames()
                    .forEach(field -> assertThat(row).contains(field));
        }
    }

    private static TargetSettings create(String json) {
        JsonBody body = body(json);
        TargetSettings target = TargetJson.create(body, () -> GENERATED);
        body.check();
        return target;
    }

    private static TargetSettings change(String json, TargetSettings before) {
        JsonBody body = body(json);
        KeptSecrets kept = new KeptSecrets();
        TargetSettings target = TargetJson.change(body, before, kept, () -> GENERATED);
        List.of("publicKey").forEach(field -> body.readOnly(field, text -> true));
        kept.check(body, before, target);
        body.check();
        return target;
    }

    private static JsonBody body(String json) {
        return JsonBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
