package nexus;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static nexus.testkit.ScriptedReceiver.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.fasterxml.jackson.databind.node.TextNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Locator.FilterOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.EmulateMediaOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import nexus.testkit.ApiClient;
import nexus.testkit.PackagedNexus;
import nexus.testkit.ScriptedReceiver;
import nexus.testkit.TestBrowser;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page as people use it, in a real browser, under its own Content-Security-Policy. */
class BrowserIT {
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>'\"{x}\u202e";
    /** With this property, a folder, a picture of each page is written. */
    private static final String PICTURES = System.getProperty("nexus.test.pictures", "");

    private static TestBrowser browser;
    private static PackagedNexus nexus;
    private static ScriptedReceiver receiver;
    private static ApiClient api;
    private static String subscription;
    private static String event;
    private static String delivery;

    private Page page;

    @BeforeAll
    static void start() {
        browser = TestBrowser.start();
        PlaywrightAssertions.setDefaultAssertionTimeout(TestBrowser.PATIENCE_MILLIS);
        receiver = ScriptedReceiver.start();
        receiver.always(request ->
                request.pathAndQuery().startsWith("/fails") ? status(500).body(HOSTILE) : status(200));
        nexus = PackagedNexus.start(Map.of());
        api = nexus.api();
        subscription = api.post(
                        "/v1/subscriptions",
                        "{\"name\":" + quoted(HOSTILE + "-".repeat(150)) + ",\"endpointUrl\":\""
                                + receiver.uri("/fails") + "\",\"eventTypes\":[\"hostile.*\"],\"deadOn\":[500]}")
                .expect(201)
                .json()
                .path("id")
                .asText();
        event = api.publish(
                "hostile.payload",
                "{\"note\":" + quoted(HOSTILE) + ",\"big\":9007199254740993,\"long\":\"" + "x".repeat(3_000) + "\"}");
        delivery = api.awaitDelivery(event, "DEAD").path("id").asText();
        nexus.awaitStreaming();
    }

    @AfterAll
    static void stop() {
        if (nexus != null) {
            nexus.close();
            receiver.close();
        }
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void open() {
        page = browser.page(nexus.uri("/").toString(), 1280, 900);
    }

    @AfterEach
    void nothingWasBlocked() {
        page.context().close();
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aFirstWebhookArrivesVerifiedAndARetryIsSeen() {
        page.navigate("/start");
        page.selectOption("select[name=what]", "public.users");
        page.click("text=Use this table");
        page.click("text=Change a row");
        assertThat(arrivals("✓ signature verified")).hasCount(1);
        page.click("button:has-text('Make it fail')");
        assertThat(arrivals("attempt 2")).hasCount(1);
        assertThat(arrivals("answered 500")).hasCount(1);
        assertThat(page.locator(".steps li.reached")).hasCount(3);
    }

    private Locator arrivals(String text) {
        return page.locator(".arrival").filter(new FilterOptions().setHasText(text));
    }

    @Test
    void aDeadLetterIsRetriedAndShownWithoutReloading() {
        String id = api.post("/v1/subscriptions", """
                        {"name":"to be mended","eventTypes":["mended.*"],"deadOn":[500],"endpointUrl":"%s"}""".formatted(receiver.uri("/fails/mended")))
                .expect(201)
                .json()
                .path("id")
                .asText();
        String lost = api.publish("mended.later", "{}");
        String dead = api.awaitDelivery(lost, "DEAD").path("id").asText();
        api.patch("/v1/subscriptions/" + id, "{\"endpointUrl\":\"" + receiver.uri("/works") + "\"}")
                .expect(200);

        page.navigate("/dead?subscriptionId=" + id);
        page.click("a:has-text('Retry 1')");
        page.click("main button.primary");
        api.awaitDelivery(lost, "SENT");

        page.navigate("/deliveries/" + dead);
        assertThat(page.locator("main")).containsText("SENT");
    }

    @Test
    void theListRefreshesItselfAndFollowsTheKeyboard() {
        String type = "live.update";
        page.navigate("/deliveries?type=" + type + "&live=on");
        assertThat(page.locator("main")).containsText("No delivery matches");
        page.evaluate("window.isTheSame = true");
        api.subscribe(receiver.uri("/live"), type);
        api.publish(type, "{}");
        api.publish(type, "{}");

        assertThat(page.locator("#list .item")).hasCount(2);
        assertThat(page.evaluate("window.isTheSame")).isEqualTo(true);

        page.keyboard().press("j");
        page.keyboard().press("j");
        assertThat(page.locator("#list .item:nth-child(2).chosen")).hasCount(1);
        page.keyboard().press("k");
        page.keyboard().press("Enter");
        assertThat(page.locator("#detail")).containsText(type);
        assertThat(page).hasURL(Pattern.compile(".*/deliveries/dlv_.*"));

        page.keyboard().press("?");
        assertThat(page.locator("#help")).isVisible();
        page.keyboard().press("Escape");
        page.keyboard().press("/");
        assertThat(page.locator("input:focus")).hasCount(1);
    }

    @Test
    void aFilterIsBuiltBesideItsJsonAndCountedAtOnce() {
        api.publish("filter.paid", "{\"status\":\"paid\",\"total\":9007199254740993}");
        api.publish("filter.paid", "{\"status\":\"open\",\"total\":9007199254740992}");
        page.navigate("/subscriptions/new");
        page.fill("textarea[name='/eventTypes']", "filter.*");
        page.fill("input[name='/endpointUrl']", receiver.uri("/filtered").toString());
        page.locator("input[name=rowPath]").first().fill("data.total");
        page.locator("select[name=rowOperator]").first().selectOption("$gt");
        page.locator("input[name=rowValue]").first().fill("9007199254740992");
        page.click("text=Use these conditions");
        Locator json = page.locator("textarea[name='/filter']");
        assertThat(json).hasValue(Pattern.compile("\"\\$gt\"\\s*:\\s*9007199254740992\\b"));
        assertThat(page.locator(".counted")).containsText("1 match");
        json.fill("{\"data\":{\"status\":\"op");
        assertThat(page.locator("#outcome .notice").first()).isVisible();
        json.fill("{\"data\":{\"status\":\"nobody\"}}");
        assertThat(page.locator(".counted")).containsText("0 match");
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void everyPageCanBeReadByEverybody(ColorScheme scheme) {
        List<String> findings = new ArrayList<>();
        page.emulateMedia(new EmulateMediaOptions().setColorScheme(scheme));
        for (Map.Entry<String, String> shown : pages().entrySet()) {
            page.setViewportSize(1280, 900);
            page.navigate(shown.getValue());
            picture(shown.getKey() + "-" + scheme);
            new AxeBuilder(page)
                    .setLegacyMode(true)
                    .analyze()
                    .getViolations()
                    .forEach(rule -> findings.add(shown.getValue() + ": " + rule.getImpact() + " " + rule.getId() + " "
                            + rule.getNodes().getFirst().getHtml()));
            for (int width : new int[] {360, 2560}) {
                page.setViewportSize(width, 900);
                int needed = (int) page.evaluate("document.documentElement.scrollWidth");
                if (needed > width) {
                    findings.add(shown.getValue() + ": is " + needed + " wide in a window of " + width);
                }
                picture(shown.getKey() + "-" + scheme + "-" + width);
            }
        }
        assertThat(findings).isEmpty();
    }

    @Test
    void theThemeIsSwitchedByHand() {
        page.navigate("/");
        Object before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
        page.click("[data-action=theme]");
        Object after = page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
        assertThat(after).isNotEqualTo(before);
        page.reload();
        assertThat(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
                .isEqualTo(after);
    }

    private static Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("now", "/");
        pages.put("deliveries", "/deliveries");
        pages.put("none", "/deliveries?type=nothing.like.this");
        pages.put("delivery", "/deliveries/" + delivery);
        pages.put("dead", "/dead");
        pages.put("events", "/events");
        pages.put("event", "/events/" + event);
        pages.put("row", "/key/public.users:none");
        pages.put("types", "/types");
        pages.put("subscriptions", "/subscriptions");
        pages.put("subscription", "/subscriptions/" + subscription);
        pages.put("form", "/subscriptions/new");
        pages.put("edit", "/subscriptions/" + subscription + "/edit");
        pages.put("source", "/source");
        pages.put("inboxes", "/inbox");
        pages.put("inbox", "/inbox/first");
        pages.put("start", "/start");
        pages.put("keys", "/keys");
        pages.put("audit", "/audit");
        pages.put("settings", "/settings");
        return pages;
    }

    private void picture(String name) {
        if (!PICTURES.isEmpty()) {
            page.screenshot(new ScreenshotOptions().setPath(Path.of(PICTURES, name + ".png")));
        }
    }

    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
