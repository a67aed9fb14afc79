package nexus.chat;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import nexus.message.Message;
import nexus.message.PlainText;
import nexus.target.SendResult;
import nexus.target.SendResult.Extent;
import nexus.target.TargetType;
import nexus.value.Value;
import nexus.value.ValueWriter;
import nexus.webhook.RefusedAnswer;
import nexus.webhook.WebhookSender;

/**
 * Posts to Microsoft Teams, through a workflow that starts when a webhook request is received. The message is an Adaptive
 * Card. Its texts are text runs, which have no markup.
 *
 * @see <a href="https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using">Messages
 *     for Teams</a>
 */
@Singleton
final class TeamsSender extends ChatSender {
    private static final int MAX_BYTES = 28 * 1024;
    /** A unit of UTF-16 takes up to three bytes. */
    private static final int MAX_TEXT = 8_000;

    @Inject
    TeamsSender(WebhookSender http) {
        super(TargetType.TEAMS, http);
    }

    @Override
    Value body(Message message) {
        Message shown = message;
        Value body = card(shown);
        while (ValueWriter.bytes(body).length > MAX_BYTES && !shown.facts().isEmpty()) {
            shown = shown.withFacts(shown.facts().size() - 1);
            body = card(shown);
        }
        return body;
    }

    private static Value card(Message message) {
        List<Object> blocks = new ArrayList<>();
        blocks.add(block(object("type", "TextRun", "text", message.title(), "weight", "Bolder", "size", "Medium")));
        message.facts()
                .forEach(fact -> blocks.add(block(
                        object("type", "TextRun", "text", fact.name() + ": ", "weight", "Bolder"),
                        object("type", "TextRun", "text", fact.change()))));
        message.remainder().ifPresent(mark -> blocks.add(block(object("type", "TextRun", "text", mark))));
        blocks.add(block(object("type", "TextRun", "text", message.footer(), "isSubtle", true, "size", "Small")));
        return written(blocks);
    }

    @Override
    Value body(String text) {
        return written(List.of(block(object("type", "TextRun", "text", PlainText.cut(text, MAX_TEXT)))));
    }

    private static Value block(Value... runs) {
        return object("type", "RichTextBlock", "inlines", List.of((Object[]) runs));
    }

    private static Value written(List<?> blocks) {
        return object(
                "type",
                "message",
                "attachments",
                List.of(object(
                        "contentType",
                        "application/vnd.microsoft.card.adaptive",
                        "contentUrl",
                        Value.NULL,
                        "content",
                        object(
                                "$schema",
                                "http://adaptivecards.io/schemas/adaptive-card.json",
                                "type",
                                "AdaptiveCard",
                                "version",
                                "1.4",
                                "body",
                                blocks))));
    }

    /** A workflow that was deleted answers 404; one that moved for good 410. */
    @Override
    SendResult refused(RefusedAnswer answer) {
        return switch (answer.status()) {
            case 404, 410 ->
                answer.of(new Extent.AllForGood("Teams answered " + answer.status() + ": the workflow is gone"));
            case 413 -> answer.of(new Extent.ThisDeliveryForGood());
            default -> answer.usual();
        };
    }
}
