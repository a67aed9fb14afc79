package nexus.subscription.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import nexus.api.json.JsonBody;
import nexus.testkit.FieldErrors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetFieldsTest {
    private static final TargetFields FIELDS = new TargetFields(
            TargetField.required("to", new TargetField.Texts(2, TargetField.Text.any(5)), "Whom."),
            TargetField.required("token", TargetField.Text.any(20), "The token.")
                    .secret(),
            TargetField.optional(
                    "code", TargetField.Text.matching(3, Pattern.compile("[a-z]+"), "lower case"), "The code."),
            TargetField.optional("base", new TargetField.Url(), "Another place."),
            TargetField.optional("hook", new TargetField.Url(), "A place that is a secret.")
                    .secret(),
            TargetField.optional("mode", new TargetField.Choice(List.of("a", "b")), "How."),
            TargetField.optional(
                    "inner",
                    new TargetField.Inner(new TargetFields(
                            TargetField.required("user", TargetField.Text.any(5), "Who."),
                            TargetField.required("password", TargetField.Text.any(9), "What.")
                                    .secret())),
                    "More."));

    private static final JsonObject STORED = new JsonObject()
            .put("to", new JsonArray().add("ann"))
            .put("token", "hush")
            .put("code", "abc")
            .put("base", "https://a.example/x?y=z")
            .put("hook", "https://hush.example/x")
            .put("inner", new JsonObject().put("user", "bob").put("password", "hushhush"));

    @Test
    void allThatIsGivenIsRead() {
        JsonObject read = read(new JsonObject(), """
                {"to":["ann"],"token":"hush","code":"abc","base":"https://a.example/x?y=z",
                 "hook":"https://hush.example/x","inner":{"user":"bob","password":"hushhush"}}""");
        assertThat(read).isEqualTo(STORED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/to                     | `{'token':'x'}`",
                "/token                  | `{'to':['a']}`",
                "/to                     | `{'token':'x','to':[]}`",
                "/to                     | `{'token':'x','to':['a','b','c']}`",
                "/to/1                   | `{'token':'x','to':['a','toolong']}`",
                "/to/0                   | `{'token':'x','to':[1]}`",
                "/to                     | `{'token':'x','to':'a'}`",
                "/to                     | `{'token':'x','to':null}`",
                "/token                  | `{'to':['a'],'token':'***'}`",
                "/token                  | `{'to':['a'],'token':7}`",
                "/code                   | `{'to':['a'],'token':'x','code':'ABC'}`",
                "/code                   | `{'to':['a'],'token':'x','code':'abcd'}`",
                "/base                   | `{'to':['a'],'token':'x','base':'ftp://a'}`",
                "/base                   | `{'to':['a'],'token':'x','base':'***'}`",
                "/hook                   | `{'to':['a'],'token':'x','hook':'***'}`",
                "/mode                   | `{'to':['a'],'token':'x','mode':'c'}`",
                "/inner/password         | `{'to':['a'],'token':'x','inner':{'user':'a'}}`",
                "/inner/password         | `{'to':['a'],'token':'x','inner':{'user':'a','password':'***'}}`",
                "/inner/more             | `{'to':['a'],'token':'x','inner':{'user':'a','password':'a','more':1}}`",
                "/more                   | `{'to':['a'],'token':'x','more':1}`",
            })
    void whatIsWrongIsRefusedWithItsPointer(String pointer, String json) {
        assertThat(FieldErrors.of(() -> read(new JsonObject(), json.replace('\'', '"'))))
                .containsExactly(pointer);
    }

    @Test
    void whatIsAbsentStaysAndNullRemoves() {
        assertThat(read(STORED, "{}")).isEqualTo(STORED);
        assertThat(read(STORED, "{\"code\":null,\"hook\":null,\"inner\":null,\"to\":[\"eve\"]}"))
                .isEqualTo(new JsonObject()
                        .put("to", new JsonArray().add("eve"))
                        .put("token", "hush")
                        .put("base", "https://a.example/x?y=z"));
        assertThat(read(STORED, "{\"inner\":{\"user\":\"eve\"}}").getJsonObject("inner"))
                .isEqualTo(new JsonObject().put("user", "eve").put("password", "hushhush"));
    }

    @Test
    void whatIsShownCanBeSentBack() {
        Map<String, Object> shown = FIELDS.shown(STORED, true);
        assertThat(shown.toString()).doesNotContain("hush");
        assertThat(read(STORED, new JsonObject(shown).encode())).isEqualTo(STORED);
    }

    @Test
    void aCallerWhoMayNotManageSeesOriginsOnly() {
        assertThat(FIELDS.shown(STORED, false)).containsEntry("base", "https://a.example");
    }

    @Test
    void secretsThatAreKeptMustBeSentAgainToAnotherReceiver() {
        KeptSecrets kept = new KeptSecrets();
        JsonBody root = body("{\"target\":{\"token\":\"***\"}}");
        FIELDS.read(root.object("target").orElseThrow(), STORED, List.of("target"), kept);
        kept.checkMoved(root, "the origin of target.base");
        assertThat(FieldErrors.of(root::check))
                .containsExactlyInAnyOrder("/target/token", "/target/hook", "/target/inner/password");
    }

    @Test
    void theSchemaNamesSecrets() {
        assertThat(FIELDS.secrets("/target"))
                .containsExactly("/target/token", "/target/hook", "/target/inner/password");
        assertThat(new JsonObject(FIELDS.schema()).encode())
                .contains("\"token\":{", "\"writeOnly\":true")
                .contains("\"required\":[\"to\",\"token\"]");
    }

    private static JsonObject read(JsonObject before, String json) {
        JsonBody body = body(json);
        Optional<JsonObject> values = FIELDS.read(body, before, List.of(), new KeptSecrets());
        body.check();
        return values.orElseThrow();
    }

    private static JsonBody body(String json) {
        return JsonBody.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
