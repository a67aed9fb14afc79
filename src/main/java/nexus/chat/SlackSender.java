package nexus.chat;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import nexus.message.Message;
import nexus.message.PlainText;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.target.TargetType;
import nexus.value.Value;
import nexus.webhook.RefusedAnswer;
import nexus.webhook.WebhookSender;

/**
 * Posts to Slack.
 *
 * @see <a href="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks">Incoming webhooks</a>
 * @see <a href="https://docs.slack.dev/messaging/formatting-message-text">Formatting text</a>
 */
@Singleton
final class SlackSender extends ChatSender {
    private static final int MAX_TEXT = 40_000;
    /** An escaped character is at most five times as long. */
    private static final int MAX_OWN_TEXT = MAX_TEXT / 5;

    /** The channel, the workspace or the webhook is gone. */
    private static final Set<String> GONE = Set.of(
            "no_service",
            "no_service_id",
            "no_team",
            "no_active_hooks",
            "team_disabled",
            "invalid_token",
            "channel_not_found",
            "channel_is_archived");

    /** The message will never be taken. */
    private static final Set<String> BAD_MESSAGE = Set.of(
            "invalid_payload",
            "no_text",
            "missing_text_or_fallback_or_attachments",
            "invalid_blocks",
            "invalid_blocks_format",
            "too_many_attachments",
            "msg_too_long",
            "msg_blocks_too_long");

    @Inject
    SlackSender(WebhookSender http) {
        super(TargetType.SLACK, http);
    }

    @Override
    Value body(Message message) {
        return written(joined(
                "*" + escaped(message.title()).replace('*', '∗') + "*",
                message.facts().stream()
                        .map(fact -> escaped(fact.name() + ": " + fact.change()))
                        .toList(),
                message.more(),
                escaped(message.footer()),
                MAX_TEXT));
    }

    /** Its parts are no links and mentions, but may be bold and the like. */
    @Override
    Value body(String text) {
        return written(escaped(PlainText.cut(text, MAX_OWN_TEXT)));
    }

    /** Links in it show no preview: they come from outside. */
    private static Value written(String text) {
        return object("text", text, "unfurl_links", false, "unfurl_media", false);
    }

    /** These three characters begin and end mentions, links and entities; Slack shows everything else as it is. */
    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    @Override
    SendResult refused(RefusedAnswer answer) {
        String code = answer.text().strip();
        if (GONE.contains(code) && answer.status() >= 400 && answer.status() < 500) {
            return answer.of(new Extent.AllForGood("Slack answered " + answer.status() + " " + code), code);
        }
        return answer.status() == 400 && BAD_MESSAGE.contains(code)
                ? answer.of(new Extent.ThisDeliveryForGood(), code)
                : answer.usual();
    }
}
