package nexus.page;

import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import nexus.access.browser.OwnOrigin;
import nexus.page.PageReply.Notice;

/** The cookies of the page: the session and a message that the next document shows, which no script can read, and the theme. */
final class SessionCookie {
    private static final String SESSION = "nexus_session";
    private static final String NOTICE = "nexus_notice";
    private static final Duration NOTICE_LIFE = Duration.ofSeconds(20);
    private static final int MOST_CHARACTERS = 2_000;

    private SessionCookie() {}

    static Optional<String> session(HttpServerRequest request) {
        return value(request, SESSION);
    }

    /** The colours that were chosen; the page's script writes this cookie. */
    static Optional<String> theme(HttpServerRequest request) {
        return value(request, "nexus_theme").filter(theme -> theme.equals("dark") || theme.equals("light"));
    }

    static void begin(HttpServerRequest request, String value, Duration life) {
        set(request, SESSION, value, life);
    }

    static void end(HttpServerRequest request) {
        set(request, SESSION, "", Duration.ZERO);
    }

    static void leave(HttpServerRequest request, Notice notice) {
        String text = notice.text().length() > MOST_CHARACTERS
                ? notice.text().substring(0, MOST_CHARACTERS) + "…"
                : notice.text();
        byte[] bytes = ((notice.isGood() ? "+" : "-") + text).getBytes(StandardCharsets.UTF_8);
        set(request, NOTICE, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), NOTICE_LIFE);
    }

    /** The message that was left for this document; it is not shown again. */
    static Optional<Notice> pickUp(HttpServerRequest request) {
        Optional<String> value = value(request, NOTICE);
        value.ifPresent(left -> set(request, NOTICE, "", Duration.ZERO));
        return value.flatMap(SessionCookie::notice);
    }

    private static Optional<Notice> notice(String value) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8);
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Notice(text.charAt(0) == '+', text.substring(1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> value(HttpServerRequest request, String name) {
        Cookie cookie = request.getCookie(name);
        return cookie == null
                ? Optional.empty()
                : Optional.of(cookie.getValue()).filter(text -> !text.isEmpty());
    }

    private static void set(HttpServerRequest request, String name, String value, Duration life) {
        HttpServerResponse response = request.response();
        response.addCookie(Cookie.cookie(name, value)
                .setPath("/")
                .setHttpOnly(true)
                .setSameSite(CookieSameSite.STRICT)
                .setSecure(OwnOrigin.isSecure(request))
                .setMaxAge(life.toSeconds()));
    }
}
