package nexus.page;

import java.util.Map;
import java.util.Optional;

/** What a page answers. */
public sealed interface PageReply {
    /**
     * A document, or the fragment of it that htmx requested.
     *
     * @param template its name, without {@code .html}
     * @param data what the template shows; {@code visitor}, {@code request} and {@code notice} are added
     */
    record View(int status, String template, Map<String, ?> data) implements PageReply {}

    /**
     * Leads to another page (303).
     *
     * @param notice shown there, once
     */
    record Redirect(String path, Optional<Notice> notice) implements PageReply {}

    /** The handler answers by itself, through the request's context. */
    record Answered() implements PageReply {}

    /** A message about an action. */
    record Notice(boolean isGood, String text) {}

    static PageReply of(String template, Map<String, ?> data) {
        return new View(200, template, data);
    }

    static PageReply of(int status, String template, Map<String, ?> data) {
        return new View(status, template, data);
    }

    static PageReply redirect(String path) {
        return new Redirect(path, Optional.empty());
    }

    /** After an action: leads on with a message, or with the reason why the API refused it. */
    static PageReply done(ApiAnswer answer, String message, String path) {
        return new Redirect(
                path, Optional.of(answer.isGood() ? new Notice(true, message) : new Notice(false, answer.refusal())));
    }

    static PageReply refused(String message, String path) {
        return new Redirect(path, Optional.of(new Notice(false, message)));
    }

    static PageReply answered() {
        return new Answered();
    }
}
