package nexus.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Templates are rendered as the server does, with what an outsider may have put into the values. */
class TemplatesTest {
    private static final String HOSTILE = "<script>alert(1)</script>\"'{x}<!--";

    private final Assets assets = new Assets();
    private final Templates templates = new Templates(assets);

    @Test
    void whatCameFromOutsideIsTextAndNothingElse() {
        String html = render("problem", Map.of("title", HOSTILE, "detail", HOSTILE, "status", 404));

        assertThat(html).doesNotContain("<script>alert", "\"'{x}").contains("&lt;script&gt;alert(1)&lt;/script&gt;");
    }

    @Test
    void aFragmentIsRenderedAlone() {
        Map<String, Object> data = Map.of("rates", "{\"x\":\"" + HOSTILE + "\"}", "durations", "{}");

        assertThat(render("now", Optional.of("charts"), data).strip())
                .startsWith("<section id=\"charts\"")
                .doesNotContain("<html", "<script>alert");
        assertThat(render("problem", Optional.of("nothing"), Map.of("title", "a", "detail", "b", "status", 404))
                        .strip())
                .startsWith("<!doctype html>");
    }

    @Test
    void assetsHaveTheirVersionInTheirPath() {
        assertThat(render("sign-in", Map.of("next", "/")))
                .containsPattern("/assets/[0-9a-f]{12}/nexus\\.css")
                .doesNotContain("onclick", "style=", "<style");
    }

    private String render(String name, Map<String, ?> data) {
        return render(name, Optional.empty(), data);
    }

    private String render(String name, Optional<String> part, Map<String, ?> data) {
        Map<String, Object> all = new HashMap<>(data);
        all.putIfAbsent("error", null);
        all.put("assets", assets);
        all.put("version", "0.1.0");
        all.put("theme", null);
        all.put("notice", null);
        all.put("visitor", Map.of("name", HOSTILE, "mayManage", true, "isOpen", false));
        all.put("request", Map.of("url", "/x?" + HOSTILE, "path", "/x"));
        return templates.render(name, part, all).toCompletableFuture().join();
    }
}
