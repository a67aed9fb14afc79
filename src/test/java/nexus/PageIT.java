package nexus;

import static nexus.testkit.KeyedNexus.api;
import static nexus.testkit.KeyedNexus.nexus;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nexus.testkit.ApiClient;
import nexus.testkit.ApiClient.Answer;
import nexus.testkit.Eventually;
import nexus.testkit.KeyedNexus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The web page without a browser: sessions, rights, origins, and what a document may contain. */
@ExtendWith(KeyedNexus.class)
class PageIT {
    private static final String FORM = "application/x-www-form-urlencoded";

    @ParameterizedTest
    @ValueSource(strings = {"/", "/keys", "/audit", "/types", "/settings", "/no/../keys"})
    void withoutASessionThereIsOnlyTheSignIn(String path) {
        Answer answer = stranger().get(path);
        if (path.contains("..")) {
            assertThat(answer.status()).isIn(401, 404);
        } else {
            assertThat(answer.expect(303).header("Location")).startsWith("/sign-in?next=");
        }
    }

    @Test
    void aSessionIsBoundToItsKey() {
        JsonNode key = makeKey("read");
        ApiClient session = signIn(key.path("key").asText());

        Answer page = session.get("/").expect(200);
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'self'")
                .doesNotContain("unsafe");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.text()).contains("<h1>").doesNotContain("<script>", " style=", " onclick=");
        session.get("/v1/events").expect(401); // the API takes no cookie

        api().delete("/v1/keys/" + key.path("id").asText()).expect(204);
        Eventually.eventually("the session has ended", () -> session.get("/").status() == 303);
    }

    @Test
    void aKeyThatMayNotReadCannotEnterAndOneThatMayOnlyReadCannotAct() {
        assertThat(post(
                                stranger(),
                                "/sign-in",
                                "key=" + makeKey("publish").path("key").asText(),
                                origin())
                        .status())
                .isEqualTo(403);
        assertThat(post(stranger(), "/sign-in", "key=wrong", origin()).status()).isEqualTo(401);

        ApiClient reader = signIn(makeKey("read").path("key").asText());
        assertThat(post(reader, "/keys", "name=a&scopes=read", origin()).status())
                .isEqualTo(403);
        assertThat(reader.get("/keys").expect(200).text()).doesNotContain("Make the key");
    }

    @Test
    void anActionHasToComeFromThisOrigin() {
        ApiClient manager = signIn(makeKey("manage").path("key").asText());

        for (String foreign : new String[] {"https://evil.example", "null", "http://localhost:1", ""}) {
            assertThat(post(manager, "/keys", "name=forged&scopes=read", foreign)
                            .status())
                    .as(foreign)
                    .isEqualTo(403);
            assertThat(post(manager, "/sign-out", "", foreign).status())
                    .as(foreign)
                    .isEqualTo(403);
        }
        Answer made = post(manager, "/keys", "name=%3Cscript%3Ealert(1)%3C%2Fscript%3E&scopes=read", origin());
        assertThat(made.expect(200).text())
                .contains("nxs_", "&lt;script&gt;alert(1)")
                .doesNotContain("<script>alert");
        assertThat(api().get("/v1/keys").text()).doesNotContain("forged");
        assertThat(manager.get("/audit").expect(200).text()).contains("/v1/keys");
    }

    @Test
    void signingOutEndsTheSession() {
        ApiClient session = signIn(makeKey("read").path("key").asText());
        assertThat(post(session, "/sign-out", "", origin()).expect(303).header("Set-Cookie"))
                .contains("Max-Age=0");
        session.get("/").expect(303);
    }

    @Test
    void theSignInLeadsOnlyToPagesOfItsOwn() {
        String key = makeKey("read").path("key").asText();
        for (String next : new String[] {"https://evil.example/", "//evil.example", "/\\evil.example", "/v1/keys"}) {
            Answer answer = post(
                    stranger(),
                    "/sign-in",
                    "key=" + key + "&next=" + URLEncoder.encode(next, StandardCharsets.UTF_8),
                    origin());
            assertThat(answer.expect(303).header("Location")).as(next).isEqualTo("/");
        }
    }

    @Test
    void everyPageIsLightAndItsAssetsAreKept() {
        ApiClient session = signIn(makeKey("manage").path("key").asText());
        String html = session.get("/").expect(200).text();
        Matcher assets = Pattern.compile("\"(/assets/[^\"]+)\"").matcher(html);
        long bytes = html.length();
        int found = 0;
        while (assets.find()) {
            Answer asset = stranger()
                    .with("Accept-Encoding", "gzip")
                    .get(assets.group(1))
                    .expect(200);
            assertThat(asset.header("Cache-Control")).contains("immutable");
            bytes += Long.parseLong(asset.header("Content-Length"));
            found++;
        }
        assertThat(found).isGreaterThan(4);
        assertThat(bytes).isLessThan(150_000);
        stranger().get("/assets/000000000000/nexus.css").expect(404);
    }

    private static ApiClient stranger() {
        return nexus().api();
    }

    private static String origin() {
        URI uri = nexus().uri("/");
        return uri.getScheme() + "://" + uri.getAuthority();
    }

    private static JsonNode makeKey(String scope) {
        return api().post("/v1/keys", "{\"name\":\"page\",\"scopes\":[\"" + scope + "\"]}")
                .expect(201)
                .json();
    }

    private static ApiClient signIn(String key) {
        Answer answer = post(stranger(), "/sign-in", "key=" + key, origin()).expect(303);
        String cookie = answer.header("Set-Cookie");
        assertThat(cookie).containsIgnoringCase("; HttpOnly").contains("SameSite=Strict", "Path=/");
        return stranger().with("Cookie", cookie.substring(0, cookie.indexOf(';')));
    }

    private static Answer post(ApiClient client, String path, String form, String origin) {
        return origin.isEmpty()
                ? client.send("POST", path, FORM, form)
                : client.send("POST", path, FORM, form, "Origin", origin);
    }
}
